import { rmSync } from 'node:fs';
import * as path from 'node:path';
import { CHOICES, type Given } from '../../local/init';
import { LocalMachine, containers, succeeded } from '../docker/local-machine';
import { python, run } from '../interop/project';
import { byoa } from '../local/cli/byoa';
import { directoryWithPackages } from '../local/init/projects';

const algorithms: Given[] = CHOICES.language.flatMap((language) =>
  (language === 'python' ? CHOICES.framework : [undefined]).flatMap((framework) =>
    CHOICES.layout.map((layout) => ({ language, ...(framework && { framework }), layout })),
  ),
);
const servings: Given[] = CHOICES.serving.flatMap((serving) =>
  CHOICES.app.slice(0, 2).map((app) => ({ serving, app })),
);

const parent = directoryWithPackages();

// The app of a project in Python runs in the virtual environment with the wheel of this library.
process.env.PATH = [path.dirname(python('python')), process.env.PATH].join(path.delimiter);
afterAll(() => rmSync(parent, { recursive: true, force: true }));

test.each([...algorithms, ...servings].map((given) => [Object.values(given).join(' '), given] as const))(
  'A new project with %s has no findings, and is deployed, invoked and destroyed with its own commands',
  async (title, given) => {
    const name = title.replaceAll(' ', '-');
    const options = Object.entries(given).flatMap(([choice, value]) => [`--${choice}`, value]);
    expect((await byoa(['init', name, ...options], { cwd: parent })).code).toBe(0);
    const project = path.join(parent, name);
    expect(run(project, 'npm', 'run', 'check')).toContain('algorithm: no findings;');

    const machine = new LocalMachine('bin/app.ts', project);
    try {
      await machine.up();
      const release = await machine.byoa('run', '--', 'npm', 'run', 'release');
      succeeded(release);
      expect(release.output).toContain('The predictions are as expected.');
      succeeded(await machine.byoa('run', '--', 'npx', 'cdk', 'destroy', '--force'));
    } finally {
      await machine.remove();
    }
    expect(containers()).toEqual([]);
  },
);
