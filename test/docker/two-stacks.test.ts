import { ListTrainingJobsCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import * as path from 'node:path';
import { LocalMachine, outputOf } from './local-machine';

const machine = new LocalMachine(path.join(__dirname, 'fixtures', 'two-stacks', 'app.ts'));

beforeAll(() => machine.up());
afterAll(() => machine.remove());

async function ask(EndpointName: string, question: string): Promise<string> {
  const { Body } = await machine
    .client(SageMakerRuntimeClient)
    .send(new InvokeEndpointCommand({ EndpointName, Body: question }));
  return Buffer.from(Body).toString().trim();
}

async function jobs(): Promise<number> {
  return (
    (await machine.client(SageMakerClient).send(new ListTrainingJobsCommand({}))).TrainingJobSummaries?.length ?? 0
  );
}

test('What one stack has trained last is what the other one hosts when it is deployed again', async () => {
  const first = await machine.cdk('deploy', {}, 'Trainer');
  const host = await machine.cdk('deploy', {}, 'Host');
  expect([first.code, host.code]).toEqual([0, 0]);
  const endpoint = outputOf(host, 'Host', 'EndpointName');
  expect([await ask(endpoint, 'note'), await jobs()]).toEqual(['first', 1]);

  const second = await machine.cdk('deploy', { note: 'second' }, 'Trainer');
  expect([second.code, await ask(endpoint, 'note'), await jobs()]).toEqual([0, 'first', 2]);
  const again = await machine.cdk('deploy', {}, 'Host');
  expect([again.code, await ask(endpoint, 'note')]).toEqual([0, 'second']);
});

test('Another inference image alone starts no job', async () => {
  const before = await jobs();
  const host = await machine.cdk('deploy', { mark: 'other', note: 'second' }, 'Host');
  const trainer = await machine.cdk('deploy', { mark: 'other', note: 'second' }, 'Trainer');
  const endpoint = outputOf(host, 'Host', 'EndpointName');
  expect([host.code, trainer.code, await ask(endpoint, 'mark'), await jobs()]).toEqual([0, 0, 'other', before]);
});
