import { rmSync } from 'node:fs';
import * as path from 'node:path';
import { directoryWithPackages } from '../local/init/projects';
import { byoa } from '../local/cli/byoa';
import { LocalMachine, containers, succeeded } from './local-machine';
import { run } from '../interop/project';

const parent = directoryWithPackages();
const project = path.join(parent, 'churn');
const machine = new LocalMachine('bin/app.ts', project);

afterAll(async () => {
  await machine.remove();
  rmSync(parent, { recursive: true, force: true });
});

test('A new project has no findings, and is deployed, invoked and destroyed with its own commands', async () => {
  expect((await byoa(['init', 'churn', '--yes'], { cwd: parent })).code).toBe(0);
  expect(run(project, 'npm', 'run', 'check')).toContain('algorithm: no findings;');

  await machine.up();
  const release = await machine.byoa('run', '--', 'npm', 'run', 'release');
  succeeded(release);
  expect(release.output).toContain('The predictions are as expected.');
  succeeded(await machine.byoa('run', '--', 'npx', 'cdk', 'destroy', '--force'));
  await machine.remove();
  expect(containers()).toEqual([]);
});
