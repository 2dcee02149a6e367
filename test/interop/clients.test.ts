import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { ROOT, python, scratch } from './project';

const BYOA = path.join(ROOT, 'dist', 'bin', 'byoa.js');
const IMAGE = 'cdk-sagemaker-algorithm-echo:test';

const state = path.join(scratch(), 'state');
let service: ChildProcess;

beforeAll(async () => {
  const program = path.join(__dirname, 'fixtures', 'echo');
  execFileSync('docker', ['build', '--quiet', '--tag', IMAGE, program], { stdio: 'pipe' });
  service = spawn(process.execPath, [BYOA, 'local', 'up', '--directory', state, '--port', '0'], { stdio: 'ignore' });
  while (!existsSync(path.join(state, 'running.json'))) await new Promise((resolve) => setTimeout(resolve, 50));
}, 120_000);
afterAll(async () => {
  const over = new Promise((resolve) => service.once('close', resolve));
  service.kill('SIGINT');
  await over;
  execFileSync('docker', ['image', 'rm', IMAGE], { stdio: 'pipe' });
});

/** A command with what `byoa local env` says, as a user's shell would run it. */
function inShell(program: string, ...args: string[]): string {
  const byoa = [BYOA, 'local', 'run', '--directory', state, '--', program, ...args];
  return execFileSync(process.execPath, byoa, { encoding: 'utf8', stdio: 'pipe' });
}

test('boto3 goes through the life of an algorithm, parses every answer, and its waiters end', () => {
  const { url } = JSON.parse(readFileSync(path.join(state, 'running.json'), 'utf8')) as { url: string };
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  const seen = JSON.parse(inShell(python('python'), path.join(__dirname, 'clients.py'), IMAGE, '1,2')) as object;
  expect(seen).toEqual({
    objects: ['train/a.csv'],
    algorithm: ['Completed', [{ Key: 'team', Value: 'fraud' }]],
    algorithms: ['Interop'],
    job: ['Completed', { way: 'makes-model', depth: '3' }, { loss: 0.25 }],
    taken: 'ResourceInUse',
    hyperparameter: 'ValidationException',
    failing: ['Failed', 'AlgorithmError: the data is bad\n'],
    stopped: 'Stopped',
    jobs: ['stopped', 'failing', 'good'],
    model: expect.arrayContaining(['data/train/a.csv']) as string[],
    package: [1, 'Approved'],
    packages: 1,
    'full group': 'ConflictException',
    answer: ['1,2', 'a'],
    target: 'b',
    'no endpoint': 'ValidationError',
    transform: ['Completed', '1,2\n3,4\n5,6\n'],
    filters: 'ValidationException',
    gone: [[], [], []],
    logs: ['loss=0.25'],
  });
});

test('The AWS CLI describes what boto3 has left, and waits', () => {
  const aws = (...args: string[]): unknown => JSON.parse(inShell(python('aws'), '--output', 'json', ...args));
  expect(aws('sagemaker', 'describe-training-job', '--training-job-name', 'good')).toMatchObject({
    TrainingJobStatus: 'Completed',
  });
  expect(aws('sts', 'get-caller-identity')).toMatchObject({ Account: '000000000000' });
  expect(aws('s3api', 'list-objects-v2', '--bucket', 'interop', '--prefix', 'out/good/')).toMatchObject({
    Contents: [{ Key: 'out/good/output/model.tar.gz' }, { Key: 'out/good/output/output.tar.gz' }],
  });
});
