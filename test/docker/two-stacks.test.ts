import { ListTrainingJobsCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import * as path from 'node:path';
import { LocalMachine, outputOf } from './local-machine';

const machine = new LocalMachine(path.join(__dirname, 'fixtures', 'two-stacks', 'app.ts'));

beforeAll(() => machine.up());
afterAll(() => machine.remove());

async function invoke(EndpointName: string, body: string): Promise<string> {
  const { Body } = await machine
    .client(SageMakerRuntimeClient)
    .send(new InvokeEndpointCommand({ EndpointName, Body: body }));
  return Buffer.from(Body).toString().trim();
}

async function jobCount(): Promise<number> {
  return (
    (await machine.client(SageMakerClient).send(new ListTrainingJobsCommand({}))).TrainingJobSummaries?.length ?? 0
  );
}

test('A stack hosts the last model of another stack as soon as it is deployed again', async () => {
  const first = await machine.cdk('deploy', {}, 'Trainer');
  const host = await machine.cdk('deploy', {}, 'Host');
  expect([first.code, host.code]).toEqual([0, 0]);
  const endpoint = outputOf(host, 'Host', 'EndpointName');
  expect([await invoke(endpoint, 'note'), await jobCount()]).toEqual(['first', 1]);

  const second = await machine.cdk('deploy', { note: 'second' }, 'Trainer');
  expect([second.code, await invoke(endpoint, 'note'), await jobCount()]).toEqual([0, 'first', 2]);
  const again = await machine.cdk('deploy', {}, 'Host');
  expect([again.code, await invoke(endpoint, 'note')]).toEqual([0, 'second']);
});

test('A change of the inference image alone starts no training job', async () => {
  const before = await jobCount();
  const host = await machine.cdk('deploy', { mark: 'other', note: 'second' }, 'Host');
  const trainer = await machine.cdk('deploy', { mark: 'other', note: 'second' }, 'Trainer');
  const endpoint = outputOf(host, 'Host', 'EndpointName');
  expect([host.code, trainer.code, await invoke(endpoint, 'mark'), await jobCount()]).toEqual([0, 0, 'other', before]);
});
