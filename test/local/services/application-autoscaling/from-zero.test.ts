import {
  ApplicationAutoScalingClient,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
  type ScalableDimension,
} from '@aws-sdk/client-application-auto-scaling';
import {
  CloudWatchClient,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateInferenceComponentCommand,
  DescribeInferenceComponentCommand,
  UpdateInferenceComponentRuntimeConfigCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointAsyncCommand } from '@aws-sdk/client-sagemaker-runtime';
import { ServiceFixture } from '../fixture';
import { EndpointFixture, Signal } from '../sagemaker/endpoint/endpoint-fixture';

const service = ServiceFixture.forEachTest();
const endpoint = new EndpointFixture(service);
const scaling = (): ApplicationAutoScalingClient => service.client(ApplicationAutoScalingClient);
const cloudwatch = (): CloudWatchClient => service.client(CloudWatchClient);

/** Registers a target that can have no capacity, with a step that adds the first instance or copy. Returns the ARN of the policy. */
async function register(ResourceId: string, dimension: ScalableDimension): Promise<string> {
  const target = { ServiceNamespace: 'sagemaker', ResourceId, ScalableDimension: dimension } as const;
  await scaling().send(new RegisterScalableTargetCommand({ ...target, MinCapacity: 0, MaxCapacity: 2 }));
  const { PolicyARN = '' } = await scaling().send(
    new PutScalingPolicyCommand({
      ...{ ...target, PolicyName: 'wake-up', PolicyType: 'StepScaling' },
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'ChangeInCapacity',
        Cooldown: 300,
        StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
      },
    }),
  );
  return PolicyARN;
}

const createAlarm = (alarm: Partial<PutMetricAlarmCommandInput>): Promise<unknown> =>
  cloudwatch().send(
    new PutMetricAlarmCommand({
      ...{ AlarmName: 'wake-up', Namespace: 'AWS/SageMaker', Threshold: 1 },
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      ...alarm,
    }),
  );

beforeEach(async () => {
  await endpoint.serve(() => (_, response) => void response.end('response'));
  await service.startMinute();
});

test('An asynchronous endpoint scales out from zero instances when a request waits, and responds to it', async () => {
  await service.s3.send(new CreateBucketCommand({ Bucket: 'data' }));
  await service.s3.send(new PutObjectCommand({ Bucket: 'data', Key: 'in', Body: '1' }));
  await endpoint.create({}, { AsyncInferenceConfig: { OutputConfig: { S3OutputPath: 's3://data/out' } } });
  const policy = await register('endpoint/churn/variant/main', 'sagemaker:variant:DesiredInstanceCount');
  const Dimensions = [{ Name: 'EndpointName', Value: 'churn' }];
  const isScaledIn = endpoint.becomes('InService');
  await scaling().send(
    new PutScalingPolicyCommand({
      ...{ ServiceNamespace: 'sagemaker', ResourceId: 'endpoint/churn/variant/main', PolicyName: 'backlog' },
      ...{ ScalableDimension: 'sagemaker:variant:DesiredInstanceCount', PolicyType: 'TargetTrackingScaling' },
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 5,
        CustomizedMetricSpecification: {
          ...{ Namespace: 'AWS/SageMaker', MetricName: 'ApproximateBacklogSizePerInstance' },
          ...{ Dimensions, Statistic: 'Average' },
        },
      },
    }),
  );
  await service.advance(17 * 60);
  await isScaledIn;
  expect((await endpoint.describe()).ProductionVariants).toMatchObject([{ DesiredInstanceCount: 0 }]);
  expect(service.engine.containers.size).toBe(0);

  await createAlarm({
    ...{ MetricName: 'HasBacklogWithoutCapacity', Dimensions, Statistic: 'Average', Period: 60 },
    ...{ EvaluationPeriods: 2, AlarmActions: [policy] },
  });
  const isScaledOut = endpoint.becomes('InService');
  await endpoint.runtime.send(new InvokeEndpointAsyncCommand({ EndpointName: 'churn', InputLocation: 's3://data/in' }));
  await service.advance(4 * 60);
  await isScaledOut;
  expect((await endpoint.describe()).ProductionVariants).toMatchObject([{ DesiredInstanceCount: 1 }]);
});

describe('An inference component', () => {
  const describeComponent = async (): Promise<number | undefined> => {
    const command = new DescribeInferenceComponentCommand({ InferenceComponentName: 'component' });
    return (await service.sagemaker.send(command)).RuntimeConfig?.DesiredCopyCount;
  };

  /** Resolves when the inference component is in service. Must be called before the request that leads to it. */
  function becomesInService(): Promise<void> {
    const signal = new Signal();
    service.events.subscribe('inferenceComponent', ({ InferenceComponentStatus }) => {
      if (InferenceComponentStatus === 'InService') signal.send();
    });
    return signal.sent;
  }

  beforeEach(async () => {
    await endpoint.createModel('churn');
    const role = { ExecutionRoleArn: 'arn:aws:iam::000000000000:role/any' };
    await endpoint.createConfig('churn', { ModelName: undefined }, role);
    await endpoint.createWith('churn');
    const created = becomesInService();
    await service.sagemaker.send(
      new CreateInferenceComponentCommand({
        ...{ InferenceComponentName: 'component', EndpointName: 'churn', VariantName: 'main' },
        Specification: {
          ModelName: 'churn',
          ComputeResourceRequirements: { NumberOfCpuCoresRequired: 1, MinMemoryRequiredInMb: 128 },
        },
        RuntimeConfig: { CopyCount: 2 },
      }),
    );
    await created;
  });

  const invoke = (): Promise<string> => endpoint.invoke({ InferenceComponentName: 'component' });

  test('publishes metrics of its own, and those of its variant', async () => {
    await invoke();
    const { Metrics = [] } = await cloudwatch().send(new ListMetricsCommand({ Namespace: 'AWS/SageMaker' }));
    const names = (dimension: string): (string | undefined)[] =>
      Metrics.filter(({ Dimensions = [] }) => Dimensions.some(({ Name }) => Name === dimension))
        .map(({ MetricName }) => MetricName)
        .sort();
    const common = ['Invocation4XXErrors', 'Invocation5XXErrors', 'InvocationModelErrors', 'Invocations'];
    const latencies = ['ModelLatency', 'OverheadLatency'];
    expect(names('InferenceComponentName')).toEqual([
      ...['ConcurrentRequestsPerCopy', ...common, 'InvocationsPerCopy', ...latencies],
    ]);
    expect(names('VariantName')).toEqual([
      ...['ConcurrentRequestsPerModel', ...common, 'InvocationsPerInstance', ...latencies],
    ]);
    const { Datapoints } = await cloudwatch().send(
      new GetMetricStatisticsCommand({
        ...{ Namespace: 'AWS/SageMaker', MetricName: 'InvocationsPerCopy', Period: 7200, Statistics: ['Sum'] },
        Dimensions: [{ Name: 'InferenceComponentName', Value: 'component' }],
        StartTime: new Date(service.now() - 3_600_000),
        EndTime: new Date(service.now() + 3_600_000),
      }),
    );
    expect(Datapoints).toMatchObject([{ Sum: 0.5 }]);
  });

  test('without copies gets the first copy after an invocation that failed', async () => {
    const policy = await register('inference-component/component', 'sagemaker:inference-component:DesiredCopyCount');
    const isScaledIn = becomesInService();
    await service.sagemaker.send(
      new UpdateInferenceComponentRuntimeConfigCommand({
        InferenceComponentName: 'component',
        DesiredRuntimeConfig: { CopyCount: 0 },
      }),
    );
    await isScaledIn;
    await createAlarm({
      ...{ MetricName: 'NoCapacityInvocationFailures', Statistic: 'Maximum', Period: 30, EvaluationPeriods: 1 },
      ...{ Dimensions: [{ Name: 'InferenceComponentName', Value: 'component' }], AlarmActions: [policy] },
    });
    await expect(invoke()).rejects.toThrow('Inference Component has no capacity to process this request.');
    const isScaledOut = becomesInService();
    await service.advance(60);
    await isScaledOut;
    expect(await describeComponent()).toBe(1);
    expect(await invoke()).toBe('response');
  });
});
