import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import * as path from 'node:path';
import { LocalMachine, outputOf, succeeded } from './local-machine';

const machine = new LocalMachine(path.join(__dirname, 'fixtures', 'smoke-test-app', 'app.ts'));

beforeAll(() => machine.up());
afterAll(() => machine.remove());

async function invoke(EndpointName: string): Promise<string> {
  const command = new InvokeEndpointCommand({ EndpointName, Body: '?' });
  const { Body } = await machine.client(SageMakerRuntimeClient).send(command);
  return Buffer.from(Body).toString();
}

async function typesOf(StackName: string): Promise<string[]> {
  const { StackResources = [] } = await machine
    .client(CloudFormationClient)
    .send(new DescribeStackResourcesCommand({ StackName }));
  return StackResources.filter(({ ResourceStatus }) => ResourceStatus !== 'DELETE_COMPLETE').map(
    ({ ResourceType = '' }) => ResourceType,
  );
}

async function statusOf(StackName: string): Promise<string | undefined> {
  const { Stacks = [] } = await machine.client(CloudFormationClient).send(new DescribeStacksCommand({ StackName }));
  return Stacks[0]?.StackStatus;
}

test('An update whose response does not meet the expectations is rolled back, and the rollback is not tested', async () => {
  const first = await machine.cdk('deploy', { version: 'good ' }, 'Tested');
  succeeded(first);
  const name = outputOf(first, 'Tested', 'EndpointName');
  const second = await machine.cdk('deploy', { version: 'bad ' }, 'Tested');
  expect(second.code).toBe(1);
  expect(second.output).toContain(
    `Smoke test failed: endpoint ${name} responded with status 200 and "bad from a file". Expected a body that contains "good"`,
  );
  expect(await statusOf('Tested')).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await invoke(name)).toBe('good ?');
  const third = await machine.cdk('deploy', { version: 'good too ' }, 'Tested');
  succeeded(third);
  expect(await invoke(name)).toBe('good too ?');
});

test('The endpoint of a released version does not exist before the first release, and a bad version is rolled back', async () => {
  succeeded(await machine.cdk('deploy', { version: 'good ' }, 'Registry'));
  const before = await machine.cdk('deploy', {}, 'Hosting');
  succeeded(before);
  const name = outputOf(before, 'Hosting', 'EndpointName');
  expect((await typesOf('Hosting')).filter((type) => type.startsWith('AWS::SageMaker::'))).toEqual([]);

  succeeded(await machine.cdk('deploy', { version: 'good ', released: 'yes' }, 'Registry'));
  succeeded(await machine.cdk('deploy', {}, 'Hosting'));
  expect(await invoke(name)).toBe('good ?');

  succeeded(await machine.cdk('deploy', { version: 'bad ', released: 'yes' }, 'Registry'));
  const bad = await machine.cdk('deploy', {}, 'Hosting');
  expect([bad.code, bad.output.includes('Smoke test failed')]).toEqual([1, true]);
  expect(await invoke(name)).toBe('good ?');
});
