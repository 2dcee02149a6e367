import * as path from 'node:path';
import { name as packageName } from '../../package.json';
import {
  type Choice,
  type Existing,
  FOLDER,
  type Given,
  type Value,
  addFiles,
  additionOf,
  describe,
  nameError,
  withDefaults,
  wrappedProject,
} from '../init';
import { type Conditions, INSTALL } from './init-new';
import { promptForChoices, promptForConfirmation } from './init-prompts';
import { UsageError } from './options';
import { note } from './session';
import { INTERRUPTED } from './signals';

interface WrapConditions extends Conditions {
  /** Whether files with other content are replaced. */
  readonly overwrites: boolean;
}

/** Adds a CDK app to a directory that has an algorithm. Returns the exit code. */
export async function wrap(
  directory: string,
  given: string | undefined,
  options: Given,
  { isInteractive, signal, overwrites }: WrapConditions,
): Promise<number> {
  const name = given ?? nameOf(directory);
  const existing = describe(directory);
  requireAlgorithm(existing, directory);
  const prompts: Choice[] = existing.hasServe ? ['app', 'serving'] : ['app'];
  const answers = isInteractive ? await promptForChoices(options, prompts, signal) : options;
  if (answers === undefined) return INTERRUPTED;
  const choices = withDefaults(answers);
  const { files, notes, checkOptions } = wrappedProject(directory, existing, { ...choices, name });
  const { added, replaced, obstacles } = await additionOf(directory, files);
  if (obstacles.length > 0) {
    note('error: nothing was written. A file has the name of a directory to write, or the reverse. Rename or move it:');
    obstacles.forEach((name) => note(`  ${name}`));
    return 1;
  }
  if (replaced.length > 0 && !overwrites) {
    note('error: nothing was written. These files exist with other content; --force replaces them:');
    replaced.forEach((file) => note(`  ${file}`));
    return 1;
  }
  const lines = [...added.map((file) => `add      ${file}`), ...replaced.map((file) => `replace  ${file}`)];
  process.stdout.write([`Found: ${descriptionOf(existing)}. It stays as it is.`, ...lines, ''].join('\n'));
  if (isInteractive && lines.length > 0 && !(await promptForConfirmation('Write these files?', signal)))
    return INTERRUPTED;
  const changed = new Set([...added, ...replaced]);
  await addFiles(directory, new Map([...files].filter(([file]) => changed.has(file))), signal);
  notes.forEach((text) => note(`note: ${text}`));
  process.stdout.write(nextSteps(choices.app, checkOptions));
  return 0;
}

/** The name of the directory, as far as it is a valid name. */
function nameOf(directory: string): string {
  const name = path
    .basename(directory)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-$/g, '');
  const error = nameError(name);
  if (error !== undefined) throw new UsageError([`${error}. Pass it before the options`]);
  return name;
}

function requireAlgorithm({ dockerfile, hasScript }: Existing, directory: string): void {
  if (dockerfile !== undefined || hasScript) return;
  throw new UsageError([
    `--here requires a Dockerfile or a train.py in the current directory, got: ${directory}. Use \`byoa init NAME\` for a new project`,
  ]);
}

/** The algorithm that exists, with the facts that decide the new files. */
function descriptionOf({ dockerfile, hasTrain, hasServe, hasRequirements }: Existing): string {
  if (dockerfile === undefined) return `train.py${hasRequirements ? ' and requirements.txt' : ''}`;
  const { baseImages, stages, ports, entrypoint, command } = dockerfile;
  const facts = [
    ...baseImages.map((image) => `FROM ${image}`),
    ...stages.map((stage) => `stage ${stage}`),
    ...ports.map((port) => `EXPOSE ${port}`),
    ...(entrypoint === undefined ? [] : [`ENTRYPOINT ${entrypoint}`]),
    ...(command === undefined ? [] : [`CMD ${command}`]),
    ...(hasTrain ? ['train'] : []),
    ...(hasServe ? ['serve'] : []),
  ];
  return `a Dockerfile (${facts.join(', ')})`;
}

/** The commands that show what would fail on SageMaker. */
function nextSteps(app: Value<'app'>, checkOptions: string): string {
  if (app === 'none') return `\nNext:\n  npx -p ${packageName} byoa check . ${checkOptions}\n`;
  return `\nNext, as in ${FOLDER}/README.md:\n  cd ${FOLDER}\n  ${INSTALL[app]}\n  npm run check\n`;
}
