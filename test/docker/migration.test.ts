import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  DescribeEndpointCommand,
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListModelsCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import * as path from 'node:path';
import { Lifecycle, underLoad } from './lifecycle';
import { LocalMachine, outputOf, succeeded } from './local-machine';

const machine = new LocalMachine(path.join(__dirname, 'fixtures', 'migration-app', 'app.ts'));
const client = new Lifecycle(machine, {
  group: '',
  parameter: '',
  trainingStack: 'Migration',
  hostingStack: 'Migration',
});
const scaling = { ServiceNamespace: 'sagemaker' as const };
let endpoints: string[] = [];

beforeAll(async () => {
  await machine.up();
  const deployed = await machine.cdk('deploy');
  succeeded(deployed);
  endpoints = [outputOf(deployed, 'Migration', 'ScaledName'), 'named', 'plain'];
});
afterAll(() => machine.remove());

const invoke = (EndpointName: string): Promise<string> => client.invoke({ EndpointName, Body: '?' });
const invokeAll = (): Promise<string[]> => Promise.all(endpoints.map(invoke));

/** The ARNs and the creation times of the endpoints: another endpoint with the same name has another creation time. */
async function identities(): Promise<unknown[]> {
  const described = endpoints.map((EndpointName) =>
    machine.client(SageMakerClient).send(new DescribeEndpointCommand({ EndpointName })),
  );
  return (await Promise.all(described)).map(({ EndpointArn, CreationTime }) => [EndpointArn, CreationTime]);
}

/** The number of each kind of resource that the migration concerns. */
async function counts(): Promise<Record<string, number | undefined>> {
  const sagemaker = machine.client(SageMakerClient);
  const autoScaling = machine.client(ApplicationAutoScalingClient);
  return {
    endpoints: (await sagemaker.send(new ListEndpointsCommand({}))).Endpoints?.length,
    configs: (await sagemaker.send(new ListEndpointConfigsCommand({}))).EndpointConfigs?.length,
    models: (await sagemaker.send(new ListModelsCommand({}))).Models?.length,
    targets: (await autoScaling.send(new DescribeScalableTargetsCommand(scaling))).ScalableTargets?.length,
    policies: (await autoScaling.send(new DescribeScalingPoliciesCommand(scaling))).ScalingPolicies?.length,
  };
}

test('Endpoints of the alpha module and of L1 constructs are migrated under load: no request fails, and nothing remains', async () => {
  expect(await invokeAll()).toEqual(['old ?', 'old ?', 'old ?']);
  const before = await identities();
  const { responses, failures } = await underLoad(invokeAll, async () => {
    succeeded(await machine.cdk('deploy', { migrated: 'yes', scaledName: endpoints[0] }));
  });
  expect(failures).toEqual([]);
  expect(responses).toBeGreaterThan(0);
  expect(await invokeAll()).toEqual(['new ?', 'new ?', 'new ?']);
  expect(await identities()).toEqual(before);
  expect(await counts()).toEqual({ endpoints: 3, configs: 3, models: 3, targets: 1, policies: 1 });
});

test('A migrated stack is deleted completely', async () => {
  succeeded(await machine.cdk('destroy', { migrated: 'yes', scaledName: endpoints[0] }));
  expect(await counts()).toEqual({ endpoints: 0, configs: 0, models: 0, targets: 0, policies: 0 });
});
