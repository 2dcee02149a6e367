import { CloudWatchClient, PutMetricAlarmCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DeleteEndpointCommand, type DeploymentConfig, type VariantStatus } from '@aws-sdk/client-sagemaker';
import { ServiceFixture } from '../../fixture';
import { EndpointFixture } from './endpoint-fixture';

const service = ServiceFixture.forEachTest();
const endpoint = new EndpointFixture(service);

const MINUTE = 60_000;
const notes: string[] = [];
const ALARMS = { AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'errors' }] } };

type Routing = NonNullable<NonNullable<DeploymentConfig['BlueGreenUpdatePolicy']>['TrafficRoutingConfiguration']>;

const blueGreen = (routing: Partial<Routing>, more: object = {}): DeploymentConfig => ({
  BlueGreenUpdatePolicy: {
    TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 600, ...routing },
    ...more,
  },
  ...ALARMS,
});

const CANARY = blueGreen({ Type: 'CANARY', CanarySize: { Type: 'INSTANCE_COUNT', Value: 1 } });

/** The versions of the containers that have not been removed. */
const versions = (): string[] =>
  [...service.engine.containers.values()].map(({ spec }) => spec.environment.VERSION).sort();

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}

/** Resolves when the deployment is in a stage. */
async function stage(Status: VariantStatus): Promise<void> {
  await until(async () => {
    const { PendingDeploymentSummary: summary } = await endpoint.describe();
    return summary?.ProductionVariants?.[0].VariantStatus?.[0].Status === Status;
  });
}

/** Publishes errors, so that the alarm goes into ALARM. */
async function fail(): Promise<void> {
  const MetricData = [{ MetricName: 'errors', Value: 5 }];
  await service.client(CloudWatchClient).send(new PutMetricDataCommand({ Namespace: 'test', MetricData }));
  await service.clock.advance(2 * MINUTE);
}

/** Both versions respond to 60 requests: with shares of at least one quarter, that one of them does not is next to impossible. */
async function responses(): Promise<string[]> {
  const all = await Promise.all(Array.from({ length: 60 }, () => endpoint.invoke()));
  return [...new Set(all)].sort();
}

beforeEach(async () => {
  notes.length = 0;
  await endpoint.serve(
    ({ inside }) =>
      (_, response) =>
        void response.end(inside.spec.environment.VERSION),
    { maxInstances: 4, onStartUpLog: (line) => notes.push(line) },
  );
  await service.client(CloudWatchClient).send(
    new PutMetricAlarmCommand({
      AlarmName: 'errors',
      Namespace: 'test',
      MetricName: 'errors',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    }),
  );
  for (const version of ['old', 'new']) {
    await endpoint.createModel(version, { VERSION: version });
    await endpoint.createConfig(version, { InitialInstanceCount: 4 });
  }
  await endpoint.createWith('old');
});

test('A canary receives a part of the traffic for the baking period, and then all of it', async () => {
  const statuses = endpoint.statuses();
  await endpoint.startUpdate('new', { DeploymentConfig: CANARY });
  await stage('Baking');
  expect(await responses()).toEqual(['new', 'old']);
  const { EndpointStatus, EndpointConfigName, LastDeploymentConfig, PendingDeploymentSummary } =
    await endpoint.describe();
  expect([EndpointStatus, EndpointConfigName, PendingDeploymentSummary?.EndpointConfigName]).toEqual([
    'Updating',
    'old',
    'new',
  ]);
  expect(LastDeploymentConfig).toEqual(CANARY);
  const inService = endpoint.becomes('InService');
  await service.clock.advance(10 * MINUTE);
  expect(await responses()).toEqual(['new']);
  await service.clock.advance(10 * MINUTE);
  await inService;
  await until(() => !versions().includes('old'));
  expect(versions()).toEqual(['new', 'new', 'new', 'new']);
  expect(statuses).toEqual(['Updating', 'InService']);
  expect((await endpoint.describe()).PendingDeploymentSummary).toBeUndefined();
});

test('An alarm that goes into ALARM in the baking period rolls back the deployment, and the old instances remain', async () => {
  const statuses = endpoint.statuses();
  await endpoint.startUpdate('new', { DeploymentConfig: CANARY });
  await stage('Baking');
  const inService = endpoint.becomes('InService');
  await fail();
  await inService;
  expect(await responses()).toEqual(['old']);
  await until(() => !versions().includes('new'));
  const { EndpointConfigName, FailureReason } = await endpoint.describe();
  expect([EndpointConfigName, FailureReason]).toEqual([
    'old',
    'The deployment was rolled back, because these alarms are in ALARM: errors.',
  ]);
  expect(statuses).toEqual(['Updating', 'RollingBack', 'InService']);
});

test('An alarm rolls back the deployment also while the old instances wait for their termination', async () => {
  const config = blueGreen({ WaitIntervalInSeconds: 0 }, { TerminationWaitInSeconds: 600 });
  await endpoint.startUpdate('new', { DeploymentConfig: config });
  await stage('Baking');
  expect(await responses()).toEqual(['new']);
  const inService = endpoint.becomes('InService');
  await fail();
  await inService;
  expect(await responses()).toEqual(['old']);
});

test('An update with alarms prints how to move the time forward, and which of its alarms do not exist', async () => {
  const Alarms = ['errors', 'erors'].map((AlarmName) => ({ AlarmName }));
  await endpoint.startUpdate('new', { DeploymentConfig: { ...CANARY, AutoRollbackConfiguration: { Alarms } } });
  await stage('Baking');
  expect(notes).toEqual([
    'churn | Alarms can roll back this update: its waiting times pass as on AWS. `byoa local advance` moves the time forward.',
    'churn | The alarm "erors" does not exist: it cannot roll back this update.',
  ]);
});

test('A linear deployment shifts the traffic in equal steps', async () => {
  const routing = { Type: 'LINEAR' as const, LinearStepSize: { Type: 'CAPACITY_PERCENT' as const, Value: 50 } };
  await endpoint.startUpdate('new', { DeploymentConfig: blueGreen(routing) });
  await stage('Baking');
  expect(await responses()).toEqual(['new', 'old']);
  const inService = endpoint.becomes('InService');
  await service.clock.advance(20 * MINUTE);
  await inService;
  expect(await responses()).toEqual(['new']);
});

test('A rolling deployment replaces the instances in batches, and an alarm restores them', async () => {
  const policy = { MaximumBatchSize: { Type: 'INSTANCE_COUNT' as const, Value: 1 }, WaitIntervalInSeconds: 600 };
  await endpoint.startUpdate('new', { DeploymentConfig: { RollingUpdatePolicy: policy, ...ALARMS } });
  await stage('Baking');
  expect(versions()).toEqual(['new', 'old', 'old', 'old', 'old']);
  await service.clock.advance(10 * MINUTE);
  await until(() => versions().join() === 'new,new,old,old,old');
  expect(await responses()).toEqual(['new', 'old']);
  const inService = endpoint.becomes('InService');
  await stage('Baking');
  await fail();
  await inService;
  expect(await responses()).toEqual(['old']);
  await until(() => versions().join() === 'old,old,old,old');
});

test('A rolling deployment ends with the new instances only', async () => {
  const policy = { MaximumBatchSize: { Type: 'CAPACITY_PERCENT' as const, Value: 50 }, WaitIntervalInSeconds: 0 };
  const inService = endpoint.becomes('InService');
  await endpoint.startUpdate('new', { DeploymentConfig: { RollingUpdatePolicy: policy, ...ALARMS } });
  await inService;
  await until(() => versions().join() === 'new,new,new,new');
  expect(await responses()).toEqual(['new']);
});

test('Without alarms, a deployment does not take its waiting times', async () => {
  const inService = endpoint.becomes('InService');
  const { BlueGreenUpdatePolicy } = CANARY;
  await endpoint.startUpdate('new', { DeploymentConfig: { BlueGreenUpdatePolicy } });
  await inService;
  expect(await responses()).toEqual(['new']);
});

test('A deployment that takes longer than its maximum execution time is rolled back', async () => {
  const config = blueGreen({ WaitIntervalInSeconds: 3600 }, { MaximumExecutionTimeoutInSeconds: 600 });
  await endpoint.startUpdate('new', { DeploymentConfig: config });
  await stage('Baking');
  const inService = endpoint.becomes('InService');
  await service.clock.advance(11 * MINUTE);
  await inService;
  const { FailureReason } = await endpoint.describe();
  expect(FailureReason).toBe('The deployment was rolled back, because it took longer than 600 seconds.');
});

test('An update can retain the deployment configuration of the last one', async () => {
  const first = endpoint.becomes('InService');
  await endpoint.startUpdate('new', { DeploymentConfig: blueGreen({ WaitIntervalInSeconds: 0 }) });
  await first;
  await endpoint.startUpdate('old', { RetainDeploymentConfig: true });
  expect((await endpoint.describe()).LastDeploymentConfig).toEqual(blueGreen({ WaitIntervalInSeconds: 0 }));
});

test('An endpoint that is deleted in a baking period does not wait for its end', async () => {
  await endpoint.startUpdate('new', { DeploymentConfig: CANARY });
  await stage('Baking');
  const deleted = endpoint.becomes('Deleted');
  await service.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'churn' }));
  await deleted;
  expect(versions()).toEqual([]);
});

test.each<[string, DeploymentConfig, string]>([
  [
    'two policies',
    {
      ...CANARY,
      RollingUpdatePolicy: { MaximumBatchSize: { Type: 'INSTANCE_COUNT', Value: 1 }, WaitIntervalInSeconds: 0 },
    },
    'A deployment has either a BlueGreenUpdatePolicy or a RollingUpdatePolicy.',
  ],
  ['a canary without a size', blueGreen({ Type: 'CANARY' }), 'CanarySize is required for this deployment.'],
])('A deployment configuration with %s is rejected', async (_, DeploymentConfig, message) => {
  await expect(endpoint.startUpdate('new', { DeploymentConfig })).rejects.toThrow(message);
  expect((await endpoint.describe()).EndpointStatus).toBe('InService');
});
