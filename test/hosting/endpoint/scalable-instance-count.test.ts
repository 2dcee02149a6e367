import {
  aws_applicationautoscaling as appscaling,
  CfnParameter,
  type CfnResource,
  Duration,
  Size,
  type Stack,
} from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Endpoint, type EndpointConfigProps, InstanceType, Model, ProductionVariant } from '../../../lib';
import { ENDPOINT, newConfig } from '../../features';
import {
  ALARM,
  arn,
  asyncConfig,
  newEndpoint,
  newModel,
  SCALABLE_TARGET,
  SCALING_POLICY,
} from '../../hosting-fixtures';
import { ACCOUNT, errorOf, image, newStack, onlyResource, placedStack } from '../../stacks';

const DIMENSIONS = [
  { Name: 'EndpointName', Value: 'churn' },
  { Name: 'VariantName', Value: 'main' },
];

describe('Scaling of an endpoint variant', () => {
  test('has bounds and the service-linked role', () => {
    const stack = placedStack();
    newEndpoint(stack).variant('main').autoScale({ minCapacity: 2, maxCapacity: 8 });
    expect(onlyResource(stack, SCALABLE_TARGET)).toEqual({
      ServiceNamespace: 'sagemaker',
      ResourceId: 'endpoint/churn/variant/main',
      ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
      MinCapacity: 2,
      MaxCapacity: 8,
      RoleARN: arn(
        `:iam::${ACCOUNT}:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint`,
      ),
    });
    const [target] = Object.values(Template.fromStack(stack).findResources(SCALABLE_TARGET));
    expect(target.DependsOn).toEqual([expect.stringMatching(/^Endpoint/)]);
  });

  test('keeps a scalable target that exists already with its logical ID, the default child of the scaling', () => {
    const stack = newStack();
    const scaling = newEndpoint(stack).variant('main').autoScale({ maxCapacity: 2 });
    scaling.scaleOnInvocations('Invocations', { maxRequestsPerSecond: 10 });
    (scaling.node.defaultChild as CfnResource).overrideLogicalId('Existing');
    expect(Object.keys(Template.fromStack(stack).findResources(SCALABLE_TARGET))).toEqual(['Existing']);
    expect(onlyResource(stack, SCALING_POLICY).ScalingTargetId).toEqual({ Ref: 'Existing' });
  });

  test('tracks the number of concurrent requests', () => {
    const stack = newStack();
    newEndpoint(stack)
      .variant('main')
      .autoScale({ maxCapacity: 2 })
      .scaleOnConcurrency('Concurrency', {
        targetConcurrency: 5,
        scaleInCooldown: Duration.minutes(10),
        scaleOutCooldown: Duration.seconds(30),
        disableScaleIn: true,
      });
    expect(onlyResource(stack, SCALING_POLICY).TargetTrackingScalingPolicyConfiguration).toEqual({
      PredefinedMetricSpecification: {
        PredefinedMetricType: 'SageMakerVariantConcurrentRequestsPerModelHighResolution',
      },
      TargetValue: 5,
      ScaleInCooldown: 600,
      ScaleOutCooldown: 30,
      DisableScaleIn: true,
    });
  });

  test('tracks any metric', () => {
    const stack = newStack();
    const variant = newEndpoint(stack).variant('main');
    const metric = variant.metricGpuUtilization({ statistic: 'Average' });
    variant.autoScale({ maxCapacity: 2 }).scaleOnMetric('Gpu', { metric, targetValue: 70 });
    expect(onlyResource(stack, SCALING_POLICY).TargetTrackingScalingPolicyConfiguration).toMatchObject({
      CustomizedMetricSpecification: { MetricName: 'GPUUtilization', Dimensions: DIMENSIONS },
      TargetValue: 70,
    });
  });

  test('has schedules', () => {
    const stack = newStack();
    newEndpoint(stack)
      .variant('main')
      .autoScale({ maxCapacity: 2 })
      .scaleOnSchedule('Night', { schedule: appscaling.Schedule.cron({ hour: '22', minute: '0' }), maxCapacity: 1 });
    expect(onlyResource(stack, SCALABLE_TARGET)).toMatchObject({
      ScheduledActions: [{ ScheduledActionName: 'Night', ScalableTargetAction: { MaxCapacity: 1 } }],
    });
  });

  test('tracks the backlog, and scales in to zero instances and out again', () => {
    const stack = newStack();
    newEndpoint(stack, { endpointConfig: asyncConfig(stack) })
      .variant('main')
      .autoScale({ minCapacity: 0, maxCapacity: 2 })
      .scaleOnBacklog('Backlog', { targetBacklogPerInstance: 5 });
    const ofEndpoint = [{ Name: 'EndpointName', Value: 'churn' }];
    const template = Template.fromStack(stack);
    template.hasResourceProperties(SCALABLE_TARGET, { MinCapacity: 0 });
    template.hasResourceProperties(SCALING_POLICY, {
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        CustomizedMetricSpecification: {
          Namespace: 'AWS/SageMaker',
          MetricName: 'ApproximateBacklogSizePerInstance',
          Dimensions: ofEndpoint,
          Statistic: 'Average',
        },
        TargetValue: 5,
      },
    });
    template.hasResourceProperties(SCALING_POLICY, {
      PolicyType: 'StepScaling',
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'ChangeInCapacity',
        StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
      },
    });
    template.hasResourceProperties(ALARM, {
      MetricName: 'HasBacklogWithoutCapacity',
      Namespace: 'AWS/SageMaker',
      Dimensions: ofEndpoint,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
  });

  test('tracks the backlog without an alarm if the minimum is 1', () => {
    const stack = newStack();
    newEndpoint(stack, { endpointConfig: asyncConfig(stack) })
      .variant('main')
      .autoScale({ maxCapacity: 2 })
      .scaleOnBacklog('Backlog', { targetBacklogPerInstance: 5 });
    const template = Template.fromStack(stack);
    template.resourceCountIs(SCALING_POLICY, 1);
    template.resourceCountIs(ALARM, 0);
  });

  test('can scale out from zero instances if the minimum is a token', () => {
    const stack = newStack();
    newEndpoint(stack, { endpointConfig: asyncConfig(stack) })
      .variant('main')
      .autoScale({ minCapacity: token(stack), maxCapacity: 2 })
      .scaleOnBacklog('Backlog', { targetBacklogPerInstance: 5 });
    Template.fromStack(stack).resourceCountIs(ALARM, 1);
  });

  test('can have a minimum of 0', () => {
    const stack = newStack();
    newEndpoint(stack, { endpointConfig: asyncConfig(stack) })
      .variant('main')
      .autoScale({ minCapacity: 0, maxCapacity: 1 })
      .scaleOnBacklog('Backlog', { targetBacklogPerInstance: 1 });
    expect(onlyResource(stack, SCALABLE_TARGET).MinCapacity).toBe(0);
  });

  test('can have a minimum above the initial number of instances', () => {
    const stack = newStack();
    expect(() => newEndpoint(stack).variant('main').autoScale({ minCapacity: 3, maxCapacity: 4 })).not.toThrow();
  });

  test('can be enabled for two variants of an endpoint', () => {
    const stack = newStack();
    const variants = ['a', 'b'].map((name) =>
      ProductionVariant.instances(name, {
        model: newModel(stack, {}, name),
        instanceType: InstanceType.ML_M5_LARGE,
      }),
    );
    const endpoint = newEndpoint(stack, { endpointConfig: newConfig(stack, { variants }) });
    for (const name of ['a', 'b']) {
      endpoint
        .variant(name)
        .autoScale({ maxCapacity: 2 })
        .scaleOnInvocations('Invocations', { maxRequestsPerSecond: 1 });
    }
    Template.fromStack(stack).resourceCountIs(SCALING_POLICY, 2);
  });

  test('retains the number of instances when the endpoint is updated', () => {
    const stack = newStack();
    newEndpoint(stack).variant('main').autoScale({ maxCapacity: 2 });
    expect(onlyResource(stack, ENDPOINT)).toMatchObject({
      RetainAllVariantProperties: true,
      ExcludeRetainedVariantProperties: [
        { VariantPropertyType: 'DesiredWeight' },
        { VariantPropertyType: 'DataCaptureConfig' },
      ],
    });
  });

  test('retains no properties if none are specified', () => {
    const stack = newStack();
    newEndpoint(stack, { retainedVariantProperties: [] }).variant('main').autoScale({ maxCapacity: 2 });
    expect(onlyResource(stack, ENDPOINT)).not.toHaveProperty('RetainAllVariantProperties');
  });
});

describe('Scaling of an endpoint variant is rejected with', () => {
  const scaled = (
    variant: (model: Model) => ProductionVariant,
    bounds: object,
    props: Partial<EndpointConfigProps> = {},
  ) => {
    const stack = newStack();
    const config = newConfig(stack, { variants: [variant(new Model(stack, 'Model', { image: image() }))], ...props });
    return new Endpoint(stack, 'Endpoint', { endpointConfig: config }).variant('main').autoScale(bounds as never);
  };
  const on = (instanceType: InstanceType) => (model: Model) =>
    ProductionVariant.instances('main', { model, instanceType });
  const M5 = on(InstanceType.ML_M5_LARGE);

  test.each<[string, () => unknown, string]>([
    [
      'a negative minimum',
      () => scaled(M5, { minCapacity: -1, maxCapacity: 2 }),
      '`minCapacity` must be a whole number of at least 0, got -1',
    ],
    ['a maximum of 0', () => scaled(M5, { maxCapacity: 0 }), '`maxCapacity` must be at least 1, got 0'],
    [
      'a minimum above the maximum',
      () => scaled(M5, { minCapacity: 3, maxCapacity: 2 }),
      '`minCapacity` must be at most `maxCapacity` 2, got 3',
    ],
    [
      'a minimum of 0 for a real-time endpoint',
      () => scaled(M5, { minCapacity: 0, maxCapacity: 2 }),
      '`minCapacity` must be at least 1: only asynchronous endpoints can scale to zero',
    ],
    [
      'a burstable instance type',
      () => scaled(on(InstanceType.ML_T2_MEDIUM), { maxCapacity: 2 }),
      '`autoScale` is not supported for the burstable instance type ml.t2.medium',
    ],
    [
      'a serverless variant',
      () =>
        scaled(
          (model) => ProductionVariant.serverless('main', { model, memory: Size.gibibytes(1), maxConcurrency: 1 }),
          { maxCapacity: 2 },
        ),
      '`autoScale` is not supported for a serverless variant',
    ],
    [
      'a variant for inference components',
      () =>
        scaled(() => ProductionVariant.inferenceComponents('main', { instanceType: InstanceType.ML_M5_LARGE }), {
          maxCapacity: 2,
        }),
      '`autoScale` is not supported for a variant for inference components: scale its instances with `managedScaling`',
    ],
    [
      'a backlog policy for a real-time endpoint',
      () => scaled(M5, { maxCapacity: 2 }).scaleOnBacklog('B', { targetBacklogPerInstance: 1 }),
      '`scaleOnBacklog` requires an asynchronous endpoint: specify `asyncInference` in the endpoint configuration',
    ],
    [
      'an invalid number of requests and safety factor',
      () => scaled(M5, { maxCapacity: 2 }).scaleOnInvocations('I', { maxRequestsPerSecond: 0, safetyFactor: 2 }),
      'has 2 validation errors:\n  - `maxRequestsPerSecond` must be more than 0, got 0\n  - `safetyFactor` must be at most 1, got 2',
    ],
    [
      'a target concurrency of 0',
      () => scaled(M5, { maxCapacity: 2 }).scaleOnConcurrency('C', { targetConcurrency: 0 }),
      '`targetConcurrency` must be more than 0, got 0',
    ],
    [
      'a token as the number of requests',
      () => {
        const stack = newStack();
        const maxRequestsPerSecond = new CfnParameter(stack, 'P', { type: 'Number' }).valueAsNumber;
        const scaling = newEndpoint(stack).variant('main').autoScale({ maxCapacity: 2 });
        scaling.scaleOnInvocations('A', { maxRequestsPerSecond });
      },
      '`maxRequestsPerSecond` must not be a token',
    ],
  ])('%s', (_, make, error) => {
    expect(errorOf(make)).toContain(error);
  });

  test('a minimum of 0 and no policy that scales out from zero', () => {
    const stack = newStack();
    newEndpoint(stack, { endpointConfig: asyncConfig(stack) })
      .variant('main')
      .autoScale({ minCapacity: 0, maxCapacity: 2 });
    expect(errorOf(() => Template.fromStack(stack))).toContain(
      '`minCapacity` of 0 requires `scaleOnBacklog` or a schedule that raises the bounds',
    );
  });

  test('a second call', () => {
    const stack = newStack();
    const variant = new Endpoint(stack, 'Endpoint', { endpointConfig: newConfig(stack) }).variant('main');
    variant.autoScale({ maxCapacity: 2 });
    expect(errorOf(() => variant.autoScale({ maxCapacity: 3 }))).toContain('`autoScale` must be called only once');
  });
});

function token(stack: Stack): number {
  return new CfnParameter(stack, 'P', { type: 'Number' }).valueAsNumber;
}
