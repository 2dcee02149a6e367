import { LifecycleApp } from '../docker/lifecycle-app';
import { succeeded, until } from '../docker/local-machine';
import { python } from './project';

const lifecycle = new LifecycleApp();
const { machine } = lifecycle;

beforeAll(async () => {
  await machine.up();
  await lifecycle.deployTraining();
  await lifecycle.deployHosting();
});
afterAll(() => machine.remove());

/** Decides about a version as a person does, with the AWS CLI. */
async function decide(version: string, status: string): Promise<void> {
  const options = ['--model-package-arn', version, '--model-approval-status', status];
  succeeded(await machine.byoa('run', '--', python('aws'), 'sagemaker', 'update-model-package', ...options));
}

const hasReleased = (version: string) => async (): Promise<boolean> => (await lifecycle.released()) === version;

test('An approval by the AWS CLI releases a version, and a rejection the one before it', async () => {
  const first = await lifecycle.register({ PREFIX: 'first ' });
  await decide(first, 'Approved');
  await until(hasReleased('1'));
  const second = await lifecycle.register({ PREFIX: 'second ' });
  await decide(second, 'Approved');
  await until(hasReleased('2'));
  expect(await lifecycle.predict()).toBe('second ?');
  await decide(second, 'Rejected');
  await until(hasReleased('1'));
  expect(await lifecycle.predict()).toBe('first ?');
});
