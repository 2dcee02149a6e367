import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import {
  InvokeEndpointAsyncCommand,
  InvokeEndpointCommand,
  SageMakerRuntimeClient,
} from '@aws-sdk/client-sagemaker-runtime';
import type { ServerResponse } from 'node:http';
import { serving } from '../../../fake-engine';
import { ServiceFixture } from '../../fixture';
import { trainingJob } from '../control-plane';

const service = ServiceFixture.forEachTest();
const cloudwatch = (): CloudWatchClient => service.client(CloudWatchClient);
const runtime = (): SageMakerRuntimeClient => service.client(SageMakerRuntimeClient);

/** The responses of the container to requests that it does not complete. */
let held: ServerResponse[] = [];
let onHeld: () => void = () => undefined;

/** A container that responds with the status in the request, or not at all if the request is "hold". */
const program = serving(() => ({
  listener: (message, response) => {
    let body = '';
    message.on('data', (chunk: Buffer) => (body += chunk.toString()));
    message.on('end', () => {
      if (body === 'hold') {
        held.push(response);
        onHeld();
      } else response.writeHead(message.url === '/ping' ? 200 : Number(body)).end('response');
    });
  },
}));

beforeEach(async () => {
  held = [];
  await service.restart({ program });
  const PrimaryContainer = { Image: 'churn:1' };
  await service.sagemaker.send(new CreateModelCommand({ ModelName: 'churn', PrimaryContainer }));
});

async function deploy(variant: object = {}, config: object = {}): Promise<void> {
  const production = { VariantName: 'main', ModelName: 'churn', InitialInstanceCount: 2, InstanceType: 'ml.m5.large' };
  const ProductionVariants = [{ ...production, ...variant }] as never;
  await service.sagemaker.send(
    new CreateEndpointConfigCommand({ EndpointConfigName: 'churn', ProductionVariants, ...config }),
  );
  const inService = new Promise<void>((resolve) =>
    service.events.subscribe('endpoint', ({ EndpointStatus }) => EndpointStatus === 'InService' && resolve()),
  );
  await service.sagemaker.send(new CreateEndpointCommand({ EndpointName: 'churn', EndpointConfigName: 'churn' }));
  await inService;
}

const invoke = (Body: string): Promise<unknown> =>
  runtime()
    .send(new InvokeEndpointCommand({ EndpointName: 'churn', Body }))
    .catch(() => 'failed');

const VARIANT = [
  { Name: 'EndpointName', Value: 'churn' },
  { Name: 'VariantName', Value: 'main' },
];

/** The sum, the number of values and the unit of a metric. */
async function sumOf(
  MetricName: string,
  Dimensions: object[] = VARIANT,
  Namespace = 'AWS/SageMaker',
): Promise<unknown[]> {
  const { Datapoints: [point] = [] } = await cloudwatch().send(
    new GetMetricStatisticsCommand({
      ...{ Namespace, MetricName, Dimensions: Dimensions as never },
      StartTime: new Date(Date.now() - 3_600_000),
      EndTime: new Date(Date.now() + 3_600_000),
      ...{ Period: 7200, Statistics: ['Sum', 'SampleCount'] },
    }),
  );
  return [point?.Sum, point?.SampleCount, point?.Unit];
}

test('An endpoint publishes a value of each metric for each invocation', async () => {
  await deploy();
  await invoke('200');
  await invoke('400');
  await invoke('503');
  const { Metrics = [] } = await cloudwatch().send(new ListMetricsCommand({ Namespace: 'AWS/SageMaker' }));
  const names = Metrics.map(({ MetricName = '' }) => MetricName).sort();
  const sums = await Promise.all(names.map(async (name) => [name, ...(await sumOf(name))]));
  expect(sums).toEqual([
    ['ConcurrentRequestsPerModel', 3, 3, 'None'],
    ['Invocation4XXErrors', 1, 3, 'None'],
    ['Invocation5XXErrors', 1, 3, 'None'],
    ['InvocationModelErrors', 2, 3, 'None'],
    ['Invocations', 3, 3, 'None'],
    ['InvocationsPerInstance', 1.5, 3, 'None'],
    ['ModelLatency', expect.any(Number), 3, 'Microseconds'],
    ['OverheadLatency', expect.any(Number), 3, 'Microseconds'],
  ]);
});

test('A shadow variant has metrics of its own', async () => {
  const shadow = { VariantName: 'shadow', ModelName: 'churn', InitialInstanceCount: 1, InstanceType: 'ml.m5.large' };
  await deploy({ InitialInstanceCount: 1 }, { ShadowProductionVariants: [shadow] });
  await invoke('200');
  const dimensions = [VARIANT[0], { Name: 'VariantName', Value: 'shadow' }];
  expect(await sumOf('Invocations', dimensions)).toEqual([1, 1, 'None']);
});

test('An alarm on the rate of failed requests goes into ALARM when requests fail, and back when they succeed again', async () => {
  await deploy();
  await cloudwatch().send(
    new PutMetricAlarmCommand({
      ...{ AlarmName: 'errors', Namespace: 'AWS/SageMaker', MetricName: 'Invocation5XXErrors', Dimensions: VARIANT },
      ...{ Statistic: 'Average', Period: 60, EvaluationPeriods: 3, DatapointsToAlarm: 2, Threshold: 0.01 },
      ...{ ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'notBreaching' },
    }),
  );
  await service.startMinute();
  const states: unknown[] = [];
  for (const status of ['200', '500', '500', '200', '200', '200']) {
    await invoke(status);
    await service.advance(60);
    const { MetricAlarms: [alarm] = [] } = await cloudwatch().send(new DescribeAlarmsCommand({}));
    states.push(alarm.StateValue);
  }
  expect(states).toEqual(['OK', 'OK', 'ALARM', 'ALARM', 'OK', 'OK']);
});

test('An asynchronous endpoint publishes the size and the age of its queue every minute', async () => {
  await service.s3.send(new CreateBucketCommand({ Bucket: 'data' }));
  await service.s3.send(new PutObjectCommand({ Bucket: 'data', Key: 'in', Body: 'hold' }));
  await deploy({}, { AsyncInferenceConfig: { OutputConfig: { S3OutputPath: 's3://data/out' } } });
  const isHeld = new Promise<void>((resolve) => (onHeld = resolve));
  for (let count = 0; count < 3; count++) {
    await runtime().send(new InvokeEndpointAsyncCommand({ EndpointName: 'churn', InputLocation: 's3://data/in' }));
  }
  await isHeld;
  await service.advance(120);
  const values = async (MetricName: string): Promise<number[] | undefined> => {
    const Metric = { Namespace: 'AWS/SageMaker', MetricName, Dimensions: [VARIANT[0]] };
    const { MetricDataResults: [result] = [] } = await cloudwatch().send(
      new GetMetricDataCommand({
        MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Period: 60, Stat: 'Average' } }],
        StartTime: new Date(Date.now() - 60_000),
        EndTime: new Date(Date.now() + 3_600_000),
        ScanBy: 'TimestampAscending',
      }),
    );
    return result.Values;
  };
  expect((await values('ApproximateBacklogSize'))?.slice(-2)).toEqual([3, 3]);
  expect((await values('ApproximateBacklogSizePerInstance'))?.slice(-2)).toEqual([1.5, 1.5]);
  expect((await values('HasBacklogWithoutCapacity'))?.slice(-2)).toEqual([0, 0]);
  const [younger = NaN, older = NaN] = (await values('ApproximateAgeOfOldestRequest'))?.slice(-2) ?? [];
  expect(older - younger).toBeCloseTo(60);
  held.forEach((response) => response.end());
});

test('A training job publishes the values of its metrics when they are logged', async () => {
  await service.restart({
    program: (inside) => {
      [0.5, 0.25].forEach((loss) => inside.print(`loss=${loss};`));
      return 0;
    },
  });
  await service.s3.send(new CreateBucketCommand({ Bucket: 'data' }));
  const ended = new Promise<void>((resolve) =>
    service.events.subscribe('trainingJob', ({ TrainingJobStatus }) => TrainingJobStatus !== 'InProgress' && resolve()),
  );
  const AlgorithmSpecification = {
    TrainingImage: 'churn:1',
    TrainingInputMode: 'File' as const,
    MetricDefinitions: [{ Name: 'validation:loss', Regex: 'loss=(.*?);' }],
  };
  await service.sagemaker.send(
    new CreateTrainingJobCommand({ ...trainingJob('job'), AlgorithmSpecification } as never),
  );
  await ended;
  const dimensions = [{ Name: 'TrainingJobName', Value: 'job' }];
  expect(await sumOf('validation:loss', dimensions, '/aws/sagemaker/TrainingJobs')).toEqual([0.75, 2, 'None']);
});
