import { Duration, type Stack, Tags, aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import {
  CapacitySize,
  DeploymentPolicy,
  Endpoint,
  EndpointConfig,
  type EndpointProps,
  InstanceType,
  type InstanceVariantOptions,
  Model,
  ModelData,
  VariantProperty,
} from '../../lib';
import { image } from '../stacks';
import {
  type Configurations,
  type Expressed,
  IMAGE_URI,
  NAME,
  ROLE_ARN,
  bucket,
  hashed,
  role,
  tagList,
} from './configurations';
import { VARIANT, instances } from './endpoint-configs';

interface ConfigOptions extends Partial<InstanceVariantOptions> {
  readonly name?: string;
  readonly variantName?: string;
}

/** An endpoint configuration and its model. */
function config(stack: Stack, { name = NAME, variantName, ...options }: ConfigOptions = {}): EndpointConfig {
  const existing = stack.node.tryFindChild('Model') as Model | undefined;
  const model =
    existing ??
    new Model(stack, 'Model', {
      modelName: NAME,
      role: role(stack),
      image: image(),
      modelData: ModelData.fromObject(bucket(stack), 'model.tar.gz'),
    });
  return new EndpointConfig(stack, `Config-${name}`, {
    endpointConfigName: name,
    variants: [instances(stack, variantName, { model, ...options })],
  });
}

const endpoint = (stack: Stack, props: Partial<EndpointProps> = {}): Endpoint =>
  new Endpoint(stack, 'Endpoint', {
    endpointName: NAME,
    endpointConfig: props.endpointConfig ?? config(stack),
    ...props,
  });

const MODEL: [string, object] = [
  'AWS::SageMaker::Model',
  {
    ExecutionRoleArn: ROLE_ARN,
    PrimaryContainer: { Image: IMAGE_URI, ModelDataUrl: `s3://${NAME}/model.tar.gz` },
  },
];
const renderedConfig = (variant: object = {}, name = NAME): [string, object] => [
  'AWS::SageMaker::EndpointConfig',
  { EndpointConfigName: hashed(name), ProductionVariants: [{ ...VARIANT, ...variant }] },
];
const refersTo = (id: string): object => ({
  EndpointConfigName: { 'Fn::GetAtt': [Match.stringLikeRegexp(`^${id}`), 'EndpointConfigName'] },
});

const row = (props: (stack: Stack) => Partial<EndpointProps>, expected: object, variant: object = {}): Expressed => ({
  build: (stack) => endpoint(stack, props(stack)),
  expected: { EndpointName: NAME, ...refersTo('Configtfacctest'), ...expected },
  others: [MODEL, renderedConfig(variant)],
});
const tagged = (tags: Record<string, string>): Expressed => ({
  ...row(() => ({}), { Tags: tagList(tags) }),
  build: (stack) => {
    const target = endpoint(stack);
    Object.entries(tags).forEach(([name, value]) => Tags.of(target).add(name, value));
  },
});

/** The second endpoint configuration, to which the endpoint is updated. */
const UPDATED = `${NAME}-updated`;
const updated = (props: Partial<EndpointProps>, expected: object): Expressed => ({
  build: (stack) => {
    config(stack);
    return endpoint(stack, { endpointConfig: config(stack, { name: UPDATED, instanceCount: 1 }), ...props });
  },
  expected: { EndpointName: NAME, ...refersTo('Configtfacctestupdated'), ...expected },
  others: [MODEL, renderedConfig(), renderedConfig({ InitialInstanceCount: 1 }, UPDATED)],
});

const alarm = (stack: Stack): cloudwatch.IAlarm =>
  new cloudwatch.Alarm(stack, 'Alarm', {
    alarmName: NAME,
    alarmDescription: 'This metric monitors ec2 cpu utilization',
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 2,
    threshold: 80,
    metric: new cloudwatch.Metric({
      namespace: 'AWS/EC2',
      metricName: 'CPUUtilization',
      dimensionsMap: { InstanceId: 'i-abc123' },
      period: Duration.seconds(120),
      statistic: cloudwatch.Stats.AVERAGE,
    }),
  });
const ROLLBACK = { AutoRollbackConfiguration: { Alarms: [{ AlarmName: { Ref: Match.stringLikeRegexp('^Alarm') } }] } };

const replaced = (): Expressed =>
  row((stack) => ({ endpointConfig: config(stack, { variantName: NAME }) }), {}, { VariantName: NAME });

function scaled(stack: Stack): void {
  const endpointConfig = config(stack, { variantName: NAME, instanceType: InstanceType.ML_M5_LARGE });
  const scaling = endpoint(stack, { endpointConfig }).variant(NAME).autoScale({ minCapacity: 1, maxCapacity: 3 });
  scaling.scaleOnInvocations('Invocations', { maxRequestsPerSecond: 70 / 60, safetyFactor: 1 });
}

export const ENDPOINTS: Configurations = {
  type: 'AWS::SageMaker::Endpoint',
  expressed: {
    basic: row(() => ({}), {}),
    endpointConfigNameUpdate: updated({}, {}),
    retainAllVariantProperties: updated(
      { retainedVariantProperties: [VariantProperty.DESIRED_WEIGHT, VariantProperty.DATA_CAPTURE_CONFIG] },
      {
        RetainAllVariantProperties: true,
        ExcludeRetainedVariantProperties: [{ VariantPropertyType: 'DesiredInstanceCount' }],
      },
    ),
    tags: tagged({ foo: 'bar' }),
    tagsUpdate: tagged({ bar: 'baz' }),
    deploymentBasic: row(() => ({ deployment: DeploymentPolicy.allAtOnce({ bakeTime: Duration.seconds(60) }) }), {
      DeploymentConfig: {
        AutoRollbackConfiguration: Match.absent(),
        BlueGreenUpdatePolicy: {
          TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 60 },
        },
      },
    }),
    deploymentBlueGreen: row(
      (stack) => ({
        deployment: DeploymentPolicy.linear({
          bakeTime: Duration.seconds(60),
          stepSize: CapacitySize.count(1),
          alarms: [alarm(stack)],
        }),
      }),
      {
        DeploymentConfig: {
          ...ROLLBACK,
          BlueGreenUpdatePolicy: {
            TrafficRoutingConfiguration: {
              Type: 'LINEAR',
              WaitIntervalInSeconds: 60,
              LinearStepSize: { Type: 'INSTANCE_COUNT', Value: 1 },
            },
          },
        },
      },
    ),
    deploymentRolling: row(
      (stack) => ({
        deployment: DeploymentPolicy.rolling({
          bakeTime: Duration.seconds(60),
          batchSize: CapacitySize.percent(5),
          alarms: [alarm(stack)],
        }),
      }),
      {
        DeploymentConfig: {
          ...ROLLBACK,
          BlueGreenUpdatePolicy: Match.absent(),
          RollingUpdatePolicy: {
            WaitIntervalInSeconds: 60,
            MaximumBatchSize: { Type: 'CAPACITY_PERCENT', Value: 5 },
          },
        },
      },
    ),
    changeEndpointConfig_variantName: row(
      (stack) => ({ endpointConfig: config(stack, { variantName: 'other' }) }),
      {},
      { VariantName: 'other' },
    ),
    changeEndpointConfig_namePrefix_createBeforeDestroy: replaced(),
    changeEndpointConfig_namePrefix_noCreateBeforeDestroy: {
      ...replaced(),
      difference:
        'CloudFormation always creates the replacement first; the provider test expects an error without that.',
    },
    AppAutoScaling_basic: {
      build: scaled,
      expected: { EndpointName: NAME, ...refersTo('Configtfacctest') },
      others: [
        MODEL,
        renderedConfig({ VariantName: NAME, InstanceType: 'ml.m5.large' }),
        [
          'AWS::ApplicationAutoScaling::ScalableTarget',
          {
            ServiceNamespace: 'sagemaker',
            ResourceId: `endpoint/${NAME}/variant/${NAME}`,
            ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
            MinCapacity: 1,
            MaxCapacity: 3,
          },
        ],
        [
          'AWS::ApplicationAutoScaling::ScalingPolicy',
          {
            PolicyType: 'TargetTrackingScaling',
            TargetTrackingScalingPolicyConfiguration: {
              TargetValue: 70,
              PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
            },
          },
        ],
      ],
    },
  },
};
