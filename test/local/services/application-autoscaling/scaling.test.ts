import {
  ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  PutScalingPolicyCommand,
  type PutScalingPolicyCommandInput,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
  type RegisterScalableTargetCommandInput,
} from '@aws-sdk/client-application-auto-scaling';
import { CreateStackCommand, DeleteStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { serving } from '../../fake-engine';
import { ServiceFixture } from '../fixture';

const service = ServiceFixture.forEachTest();
const scaling = (): ApplicationAutoScalingClient => service.client(ApplicationAutoScalingClient);
const cloudwatch = (): CloudWatchClient => service.client(CloudWatchClient);

const TARGET = {
  ServiceNamespace: 'sagemaker',
  ResourceId: 'endpoint/churn/variant/main',
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
} as const;
const DIMENSIONS = [
  { Name: 'EndpointName', Value: 'churn' },
  { Name: 'VariantName', Value: 'main' },
];

const program = serving(() => ({ listener: (_, response) => void response.end() }));

/** Resolves when the endpoint is in service again. */
async function settled(): Promise<void> {
  for (;;) {
    const { EndpointStatus } = await service.sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'churn' }));
    if (EndpointStatus === 'InService') return;
  }
}

beforeEach(async () => {
  await service.restart({ program });
  await service.startMinute();
  const PrimaryContainer = { Image: 'churn:1' };
  await service.sagemaker.send(new CreateModelCommand({ ModelName: 'churn', PrimaryContainer }));
  const variant = {
    VariantName: 'main',
    ModelName: 'churn',
    InitialInstanceCount: 2,
    InstanceType: 'ml.m5.large',
  } as const;
  await service.sagemaker.send(
    new CreateEndpointConfigCommand({ EndpointConfigName: 'churn', ProductionVariants: [variant] }),
  );
  await service.sagemaker.send(new CreateEndpointCommand({ EndpointName: 'churn', EndpointConfigName: 'churn' }));
  await settled();
});

async function register(options: Partial<RegisterScalableTargetCommandInput> = {}): Promise<void> {
  await scaling().send(new RegisterScalableTargetCommand({ ...TARGET, MinCapacity: 1, MaxCapacity: 8, ...options }));
  await settled();
}

async function putPolicy(policy: Partial<PutScalingPolicyCommandInput>): Promise<string> {
  const command = new PutScalingPolicyCommand({ ...TARGET, PolicyName: 'load', ...policy });
  const { PolicyARN = '' } = await scaling().send(command);
  return PolicyARN;
}

const track = (TargetValue: number, more: object = {}): Promise<string> =>
  putPolicy({
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue,
      PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
      ...more,
    },
  });

/** The number of instances. */
async function instances(): Promise<number | undefined> {
  await settled();
  const { ProductionVariants: [variant] = [] } = await service.sagemaker.send(
    new DescribeEndpointCommand({ EndpointName: 'churn' }),
  );
  return variant.DesiredInstanceCount;
}

/** Has a number of invocations per instance in each of several minutes. Returns the number of instances after each of them. */
async function load(value: number, minutes: number): Promise<(number | undefined)[]> {
  const counts: (number | undefined)[] = [];
  for (let minute = 0; minute < minutes; minute++) {
    await cloudwatch().send(
      new PutMetricDataCommand({
        Namespace: 'AWS/SageMaker',
        MetricData: [{ MetricName: 'InvocationsPerInstance', Dimensions: DIMENSIONS, Value: value }],
      }),
    );
    await service.advance(60);
    counts.push(await instances());
  }
  return counts;
}

async function activities(): Promise<string[]> {
  const { ScalingActivities = [] } = await scaling().send(
    new DescribeScalingActivitiesCommand({ ServiceNamespace: 'sagemaker' }),
  );
  return ScalingActivities.map(({ Description, StatusCode, Cause }) => `${StatusCode}: ${Description} ${Cause}`);
}

describe('A scalable target', () => {
  test('whose limits exclude the capacity gets the nearest capacity at once', async () => {
    await register({ MinCapacity: 3 });
    expect(await instances()).toBe(3);
    await register({ MinCapacity: 1, MaxCapacity: 2 });
    expect(await instances()).toBe(2);
    expect(await activities()).toEqual([
      'Successful: Setting desired instance count to 2. maximum capacity was set to 2',
      'Successful: Setting desired instance count to 3. minimum capacity was set to 3',
    ]);
  });

  test.each([
    [{ MinCapacity: 5, MaxCapacity: 2 }, 'Maximum capacity cannot be less than minimum capacity'],
    [{ MinCapacity: undefined }, 'MinCapacity and MaxCapacity are required to register a scalable target.'],
    [{ ResourceId: 'endpoint/none/variant/main' }, 'The resource endpoint/none/variant/main does not exist.'],
    [
      { ResourceId: 'table/churn' },
      'Unsupported resource type for sagemaker:variant:DesiredInstanceCount: table/churn',
    ],
    [{ ServiceNamespace: 'ecs' }, 'The local service does not support the service namespace ecs.'],
  ] as const)('with %j is rejected', async (options, message) => {
    await expect(register(options)).rejects.toThrow(message);
  });

  test('that is deregistered has no policies, alarms and scheduled actions any more', async () => {
    await register();
    await track(10);
    await scaling().send(
      new PutScheduledActionCommand({ ...TARGET, ScheduledActionName: 'night', Schedule: 'cron(0 22 * * ? *)' }),
    );
    await scaling().send(new DeregisterScalableTargetCommand(TARGET));
    const ServiceNamespace = 'sagemaker';
    const { ScalingPolicies } = await scaling().send(new DescribeScalingPoliciesCommand({ ServiceNamespace }));
    const { ScheduledActions } = await scaling().send(new DescribeScheduledActionsCommand({ ServiceNamespace }));
    const { MetricAlarms } = await cloudwatch().send(new DescribeAlarmsCommand({}));
    expect([ScalingPolicies, ScheduledActions, MetricAlarms]).toEqual([[], [], []]);
    await expect(track(10)).rejects.toThrow(
      'No scalable target registered for service namespace: sagemaker, resource ID: endpoint/churn/variant/main',
    );
  });
});

describe('A target tracking policy', () => {
  test('adds capacity in proportion to the load after 3 minutes above the target, within the maximum', async () => {
    await register({ MaxCapacity: 5 });
    await track(10);
    expect(await load(20, 3)).toEqual([2, 2, 4]);
    // The cooldown allows only a scale-out that is larger than the one that has begun it.
    expect(await load(11, 2)).toEqual([4, 4]);
    expect(await load(40, 1)).toEqual([5]);
    expect((await activities()).at(-1)).toMatch(
      /^Successful: Setting desired instance count to 4\. monitor alarm TargetTracking-endpoint\/churn\/variant\/main-AlarmHigh-.* in state ALARM triggered policy load$/,
    );
  });

  test('removes capacity after 15 minutes far below the target, and again after the cooldown', async () => {
    await register({ MinCapacity: 1, MaxCapacity: 4 });
    await register({ MinCapacity: 4 });
    await register({ MinCapacity: 1 });
    await track(10, { ScaleInCooldown: 120 });
    expect(await load(5, 15)).toEqual([...Array<number>(14).fill(4), 2]);
    expect(await load(5, 3)).toEqual([2, 1, 1]);
  });

  test('does not remove capacity while scale-in is disabled or suspended', async () => {
    await register();
    await track(10, { DisableScaleIn: true });
    expect(await load(1, 16)).toEqual(Array<number>(16).fill(2));
    await register({ SuspendedState: { DynamicScalingInSuspended: true } });
    await track(10);
    expect(await load(1, 16)).toEqual(Array<number>(16).fill(2));
    await register({ SuspendedState: { DynamicScalingInSuspended: false } });
    expect(await load(1, 1)).toEqual([1]);
  });

  test('removes capacity only if the other policies agree', async () => {
    await register();
    await track(10);
    const other = { MetricName: 'Backlog', Namespace: 'Shop', Statistic: 'Average' } as const;
    await putPolicy({
      PolicyName: 'other',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: { TargetValue: 10, CustomizedMetricSpecification: other },
    });
    expect((await load(1, 16)).at(-1)).toBe(2);
  });

  test('has alarms that another metric changes, and that keep their names', async () => {
    await register();
    await track(10);
    const names = async (): Promise<(string | undefined)[]> => {
      const { MetricAlarms = [] } = await cloudwatch().send(new DescribeAlarmsCommand({}));
      return MetricAlarms.map(
        ({ AlarmName, Threshold, EvaluationPeriods }) => `${AlarmName} ${Threshold} ${EvaluationPeriods}`,
      );
    };
    const [high, low] = await names();
    expect([high, low].map((name) => name?.replace(/-[0-9a-f-]{36}/, ''))).toEqual([
      'TargetTracking-endpoint/churn/variant/main-AlarmHigh 10 3',
      'TargetTracking-endpoint/churn/variant/main-AlarmLow 9 15',
    ]);
    await track(20, { DisableScaleIn: true });
    expect(await names()).toEqual([high?.replace(' 10 ', ' 20 ')]);
  });
});

describe('A step scaling policy', () => {
  const steps = (...StepAdjustments: object[]): Partial<PutScalingPolicyCommandInput> => ({
    PolicyType: 'StepScaling',
    StepScalingPolicyConfiguration: {
      AdjustmentType: 'ChangeInCapacity',
      Cooldown: 180,
      StepAdjustments: StepAdjustments as never,
    },
  });

  async function createAlarm(policy: string): Promise<void> {
    await cloudwatch().send(
      new PutMetricAlarmCommand({
        ...{
          AlarmName: 'load',
          Namespace: 'AWS/SageMaker',
          MetricName: 'InvocationsPerInstance',
          Dimensions: DIMENSIONS,
        },
        ...{ Statistic: 'Sum', Period: 60, EvaluationPeriods: 1, Threshold: 10, AlarmActions: [policy] },
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      }),
    );
  }

  test('adds the capacity of the step in which the metric is, in every period after the cooldown', async () => {
    await register();
    const small = { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 };
    const large = { MetricIntervalLowerBound: 10, ScalingAdjustment: 3 };
    await createAlarm(await putPolicy(steps(small, large)));
    expect(await load(10, 2)).toEqual([3, 3]);
    // A larger step does not wait for the cooldown, and includes the smaller one that has begun it.
    expect(await load(20, 3)).toEqual([5, 5, 5]);
    expect(await load(10, 1)).toEqual([6]);
  });

  test.each([
    ['PercentChangeInCapacity', 10, 3],
    ['PercentChangeInCapacity', 199, 5],
    ['ExactCapacity', 7, 7],
    ['ChangeInCapacity', -1, 1],
    ['ChangeInCapacity', 100, 8],
  ] as const)('with a %s of %d changes 2 instances to %d', async (AdjustmentType, ScalingAdjustment, expected) => {
    await register();
    const { StepScalingPolicyConfiguration: configuration } = steps({ MetricIntervalLowerBound: 0, ScalingAdjustment });
    const policy = await putPolicy({
      PolicyType: 'StepScaling',
      StepScalingPolicyConfiguration: { ...configuration, AdjustmentType },
    });
    await createAlarm(policy);
    expect(await load(10, 1)).toEqual([expected]);
  });
});

describe('A scheduled action', () => {
  /** Creates an action that sets the minimum. */
  const schedule = (Schedule: string, MinCapacity: number, more: object = {}): Promise<unknown> =>
    scaling().send(
      new PutScheduledActionCommand({
        ...{ ...TARGET, ScheduledActionName: `to-${MinCapacity}`, Schedule },
        ScalableTargetAction: { MinCapacity },
        ...more,
      }),
    );

  const minimum = async (): Promise<number | undefined> => {
    const command = new DescribeScalableTargetsCommand({ ServiceNamespace: 'sagemaker' });
    const { ScalableTargets: [target] = [] } = await scaling().send(command);
    return target.MinCapacity;
  };

  /** The time of the service, moved by a number of minutes. */
  const after = (minutes: number): string =>
    new Date(service.now() + minutes * 60_000).toISOString().replace(/\.\d+Z$/, '');

  test('of one time changes the limits, and the capacity, at this time', async () => {
    await register();
    await schedule(`at(${after(10)})`, 4);
    await service.advance(9 * 60);
    expect([await minimum(), await instances()]).toEqual([1, 2]);
    await service.advance(2 * 60);
    expect([await minimum(), await instances()]).toEqual([4, 4]);
  });

  test('of a rate or a cron expression is carried out at all its times during an advance', async () => {
    await register();
    await schedule('rate(1 hour)', 3);
    const now = new Date(service.now());
    const later = (now.getUTCHours() + 3) % 24;
    await schedule(`cron(0 ${later} * * ? *)`, 5, { ScheduledActionName: 'daily' });
    await service.advance(90 * 60);
    expect(await minimum()).toBe(3);
    await service.advance(24 * 3600);
    await settled();
    const all = (await activities()).map((activity) => activity.replace(/^.*Setting/, 'Setting')).reverse();
    expect(all).toEqual([
      'Setting desired instance count to 3. minimum capacity was set to 3',
      'Setting desired instance count to 5. minimum capacity was set to 5',
    ]);
  });

  test('in a time zone has the local time, and ends with its end time', async () => {
    await register();
    const [, hour, minute] = /T(\d\d):(\d\d)/.exec(after(5 + 9 * 60)) ?? [];
    const cron = `cron(${Number(minute)} ${Number(hour)} ? * * *)`;
    await schedule(cron, 3, { Timezone: 'Asia/Tokyo' });
    await schedule('rate(1 minute)', 6, { EndTime: new Date(service.now() - 1000) });
    await service.advance(4 * 60);
    expect(await minimum()).toBe(1);
    await service.advance(2 * 60);
    expect(await minimum()).toBe(3);
  });

  test.each([
    ['every day', 'Unsupported schedule expression: every day. Supported are at(…), rate(…) and cron(…).'],
    ['cron(0 9 * *)', 'Schedule expression cron(0 9 * *) is not valid: It must have 6 fields, and has 4.'],
  ])('with the schedule "%s" is rejected', async (expression, message) => {
    await register();
    await expect(schedule(expression, 3)).rejects.toThrow(message);
  });

  test('is not carried out while scheduled scaling is suspended', async () => {
    await register({ SuspendedState: { ScheduledScalingSuspended: true } });
    await schedule('rate(1 minute)', 3);
    await service.advance(5 * 60);
    expect(await minimum()).toBe(1);
  });
});

test('The scaling of a stack is registered with its policies and schedules, and removed with the stack', async () => {
  const template = {
    Resources: {
      Target: {
        Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
        Properties: {
          ...{ ...TARGET, MinCapacity: '1', MaxCapacity: 4, RoleARN: 'arn:aws:iam::000000000000:role/scaling' },
          ScheduledActions: [
            { ScheduledActionName: 'day', Schedule: 'rate(1 day)', ScalableTargetAction: { MinCapacity: 2 } },
          ],
        },
      },
      Policy: {
        Type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
        Properties: {
          ...{ PolicyName: 'load', PolicyType: 'TargetTrackingScaling', ScalingTargetId: { Ref: 'Target' } },
          TargetTrackingScalingPolicyConfiguration: {
            TargetValue: 10,
            PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
          },
        },
      },
    },
    Outputs: { Target: { Value: { Ref: 'Target' } }, Policy: { Value: { Ref: 'Policy' } } },
  };
  await service.cloudformation.send(
    new CreateStackCommand({ StackName: 'scaling', TemplateBody: JSON.stringify(template) }),
  );
  const outputs = async (): Promise<(string | undefined)[] | undefined> => {
    const { Stacks: [stack] = [] } = await service.cloudformation.send(
      new DescribeStacksCommand({ StackName: 'scaling' }),
    );
    if (stack.StackStatus?.endsWith('COMPLETE') !== true) return undefined;
    return stack.Outputs?.map(({ OutputValue }) => OutputValue);
  };
  let found: (string | undefined)[] | undefined;
  while (found === undefined) found = await outputs();
  expect(found).toEqual([
    'endpoint/churn/variant/main|sagemaker:variant:DesiredInstanceCount|sagemaker',
    expect.stringMatching(
      /^arn:aws:autoscaling:us-east-1:000000000000:scalingPolicy:[0-9a-f-]{36}:resource\/sagemaker\/endpoint\/churn\/variant\/main:policyName\/load$/,
    ),
  ]);
  expect(await load(20, 3)).toEqual([2, 2, 4]);
  await service.cloudformation.send(new DeleteStackCommand({ StackName: 'scaling' }));
  const targets = async (): Promise<unknown> =>
    (await scaling().send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'sagemaker' }))).ScalableTargets;
  while (((await targets()) as unknown[]).length > 0);
  expect((await cloudwatch().send(new DescribeAlarmsCommand({}))).MetricAlarms).toEqual([]);
});
