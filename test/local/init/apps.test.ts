import * as path from 'node:path';
import { CHOICES, newProject, withDefaults } from '../../../local/init';
import { directoryWithPackages, runStackTests, typeErrors, write } from './projects';
import { REPOSITORIES, wrapped } from './repositories';

const parent = directoryWithPackages();

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

const apps = [...created, ...added];

test('The apps of all kinds of projects compile', () => {
  expect(typeErrors(apps.map(({ directory }) => directory))).toEqual([]);
});

describe.each(apps)('The app of $name passes its tests', ({ directory }) => {
  runStackTests(directory);
});
