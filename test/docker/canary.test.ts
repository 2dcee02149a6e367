import { DescribeEndpointCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import * as path from 'node:path';
import { type CommandResult, LocalMachine, outputOf, until } from './local-machine';

const machine = new LocalMachine(path.join(__dirname, 'fixtures', 'canary-app', 'app.ts'));
let endpoint = '';

beforeAll(async () => {
  await machine.up();
  const deployed = await machine.cdk('deploy', { version: '1 ' });
  endpoint = outputOf(deployed, 'Canary', 'EndpointName');
});
afterAll(() => machine.remove());

/** The response of the endpoint, or the name of the error. */
async function invoke(): Promise<string> {
  const command = new InvokeEndpointCommand({ EndpointName: endpoint, Body: '?' });
  return machine
    .client(SageMakerRuntimeClient)
    .send(command)
    .then(
      ({ Body }) => Buffer.from(Body).toString(),
      (error: Error) => error.name,
    );
}

/** Deploys a version while the endpoint is invoked. As soon as its canary responds, the time is moved forward until the deployment ends. */
async function deployUnderLoad(
  context: Record<string, string>,
  responseOfCanary: string,
): Promise<{ deployed: CommandResult; responses: Set<string> }> {
  let deployed: CommandResult | undefined;
  const deployment = machine.cdk('deploy', context).then((result) => (deployed = result));
  const responses = new Set<string>();
  const invokeUntil = (isMet: () => boolean): Promise<void> =>
    until(async () => {
      responses.add(await invoke());
      return isMet() || deployed !== undefined;
    });
  await invokeUntil(() => responses.has(responseOfCanary));
  while (deployed === undefined) {
    let isAdvanced = false;
    const advance = machine.byoa('advance', '1m').then(() => (isAdvanced = true));
    await invokeUntil(() => isAdvanced);
    await advance;
  }
  return { deployed: await deployment, responses };
}

async function describe(): Promise<{ EndpointStatus?: string; FailureReason?: string }> {
  return machine.client(SageMakerClient).send(new DescribeEndpointCommand({ EndpointName: endpoint }));
}

test('The first version is deployed without a canary', async () => {
  expect(await invoke()).toBe('1 ?');
});

test('A canary that fails is rolled back by its alarm, and the old version serves all requests', async () => {
  const { deployed, responses } = await deployUnderLoad({ version: '2 ', fails: 'yes' }, 'ModelError');
  expect(deployed.code).toBe(1);
  expect(deployed.output).toContain('The deployment was rolled back, because these alarms are in ALARM:');
  expect(responses).toEqual(new Set(['1 ?', 'ModelError']));
  expect((await describe()).EndpointStatus).toBe('InService');
  const after = await Promise.all(Array.from({ length: 10 }, invoke));
  expect(new Set(after)).toEqual(new Set(['1 ?']));
});

test('A canary without errors replaces the old version after its baking period, and no request is lost', async () => {
  const { deployed, responses } = await deployUnderLoad({ version: '3 ' }, '3 ?');
  expect([deployed.code, deployed.code === 0 ? '' : deployed.output]).toEqual([0, '']);
  expect(responses).toEqual(new Set(['1 ?', '3 ?']));
  const after = await Promise.all(Array.from({ length: 10 }, invoke));
  expect(new Set(after)).toEqual(new Set(['3 ?']));
});
