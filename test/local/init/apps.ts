import * as path from 'node:path';
import { CHOICES, newProject, withDefaults } from '../../../local/init';
import { write } from './projects';
import { REPOSITORIES, wrapped } from './repositories';

interface App {
  readonly name: string;
  readonly directory: string;
}

/** Writes the app in TypeScript of each kind of project. */
export function appsOfAllKinds(parent: string): App[] {
  const created = CHOICES.serving.flatMap((serving) =>
    CHOICES.layout.map((layout) => {
      const directory = path.join(parent, `${serving}-${layout}`);
      write(directory, newProject('churn', withDefaults({ serving, layout })));
      return { name: `a new project with ${layout} images for ${serving}`, directory };
    }),
  );
  const added = Object.keys(REPOSITORIES).map((name) => {
    const { directory } = wrapped(parent, name, 'typescript');
    return { name: `an existing algorithm (${name})`, directory: path.join(directory, 'deployment') };
  });
  return [...created, ...added];
}
