import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { ROOT, LocalMachine } from './local-machine';

const machine = new LocalMachine('');

beforeAll(() => machine.up());
afterAll(() => machine.remove());

function node(args: string[], env: NodeJS.ProcessEnv = {}): { code: number | null; output: string } {
  const options = { cwd: ROOT, encoding: 'utf8' as const, env: { ...process.env, ...env } };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, options);
  return { code: status, output: stdout + stderr };
}

const INTEG = ['--import', 'tsx', path.join('scripts', 'integ.ts')];

test('The acceptance test deploys the templates of its snapshot', () => {
  const app = `${process.execPath} --import tsx {filePath}`;
  const runner = path.join('node_modules', '.bin', 'integ-runner');
  const { code, output } = node([runner, '--language', 'typescript', '--app', app, '--directory', 'test/integ']);
  expect([code, code === 0 ? '' : output]).toEqual([0, '']);
});

test('The acceptance test that users can run in AWS passes against the local service', async () => {
  const { code, output } = await machine.byoa('run', '--', process.execPath, ...INTEG);
  expect([code, code === 0 ? '' : output]).toEqual([0, '']);
  expect(output.match(/^passed: [^(\n]*/gm)).toEqual([
    'passed: A deployment without a change starts no job and does not update the endpoint ',
    'passed: An update of the endpoint loses no request and starts no job ',
    'passed: A container that does not start is rolled back, and the previous one responds to all requests ',
  ]);
});

test.each([
  ['without a region', { AWS_REGION: '' }, 'Set AWS_REGION to the region of the test.'],
  ['without a confirmation', { AWS_REGION: 'eu-west-1' }, 'The test costs money: confirm it with --yes.'],
])('The acceptance test does not start in AWS %s', (_, env, message) => {
  const { code, output } = node(INTEG, { AWS_ENDPOINT_URL: undefined, ...env });
  expect(code).toBe(1);
  expect(output).toContain(message);
});
