/** The files that `byoa init` writes: a new project, or a CDK app around an existing algorithm. */
export { CHOICES, type Choice, type Given, type Value, choiceErrors, nameError, withDefaults } from './choices';
export { type Existing, describe } from './existing';
export type { Files } from './files';
export { newProject } from './new-project';
export { FOLDER, wrappedProject } from './wrapped-project';
export { addFiles, additionOf, writeDirectory } from './write';
