import { Duration, type Stack, aws_cloudwatch as cloudwatch, aws_ec2 as ec2 } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  AlgorithmDashboard,
  AlgorithmImages,
  ByoAlgorithm,
  type ByoAlgorithmProps,
  Channel,
  ContainerImage,
  DeploymentPolicy,
  Hyperparameter,
  InstanceType,
  MetricDefinition,
  Model,
  ModelApprovalStatus,
  ModelData,
  ModelPackage,
  ModelPackageGroup,
  Processor,
  S3Location,
  TrainingInput,
  TrainingResources,
} from '../lib';
import { CONFIG, ENDPOINT, MODEL, PACKAGE, bucket } from './features';
import { errorOf, image, newAlgorithm, newStack, onlyResource, startJson } from './stacks';

const JOB = 'Custom::SageMakerTrainingJob';
const ALARM = 'AWS::CloudWatch::Alarm';

function least(stack: Stack): ByoAlgorithmProps {
  return {
    images: AlgorithmImages.combined(image()),
    channels: [Channel.file('train')],
    inputs: { train: TrainingInput.fromBucket(bucket(stack), 'train/') },
    endpoint: { instanceType: InstanceType.ML_C7I_LARGE },
  };
}

function whole(stack: Stack, props: Partial<ByoAlgorithmProps> = {}): ByoAlgorithm {
  return new ByoAlgorithm(stack, 'Churn', { ...least(stack), ...props });
}

describe('Images, channels, inputs and an instance type', () => {
  test('are enough for algorithm, training job, package, model and endpoint', () => {
    const stack = newStack();
    const byo = whole(stack);
    const template = Template.fromStack(stack);
    for (const type of [
      'AWS::SageMaker::Algorithm',
      JOB,
      'AWS::SageMaker::ModelPackageGroup',
      PACKAGE,
      MODEL,
      CONFIG,
      ENDPOINT,
    ]) {
      template.resourceCountIs(type, 1);
    }
    for (const stage of [
      byo.algorithm,
      byo.trainingJob,
      byo.modelData,
      byo.modelPackageGroup,
      byo.modelPackage,
      byo.model,
      byo.endpointConfig,
      byo.endpoint,
    ]) {
      expect(stage).toBeDefined();
    }
  });

  test('make a version that is approved, since it is hosted', () => {
    const stack = newStack();
    whole(stack);
    expect(onlyResource(stack, PACKAGE).ModelApprovalStatus).toBe('Approved');
    expect(onlyResource(stack, MODEL).PrimaryContainer).toEqual({
      ModelPackageName: { 'Fn::GetAtt': [expect.stringMatching(/^ChurnVersion/), 'ModelPackageArn'] },
    });
  });

  test('make an algorithm that trains on one machine and answers CSV and JSON', () => {
    const stack = newStack();
    whole(stack);
    expect(onlyResource(stack, 'AWS::SageMaker::Algorithm')).toMatchObject({
      TrainingSpecification: { SupportedTrainingInstanceTypes: ['ml.m5.xlarge'], SupportsDistributedTraining: false },
      InferenceSpecification: {
        SupportedContentTypes: ['text/csv', 'application/json'],
        SupportedRealtimeInferenceInstanceTypes: ['ml.c7i.large'],
        SupportedTransformInstanceTypes: ['ml.m5.xlarge'],
      },
    });
  });

  test('make one instance, with alarms that roll an update back, and no scaling', () => {
    const stack = newStack();
    const { alarms } = whole(stack);
    expect(alarms).toHaveLength(2);
    const template = Template.fromStack(stack);
    template.resourceCountIs(ALARM, 2);
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
    template.hasResourceProperties(ENDPOINT, {
      DeploymentConfig: {
        AutoRollbackConfiguration: { Alarms: [Match.anyValue(), Match.anyValue()] },
        BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 300 } },
      },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
  });

  test('train on a GPU, where the image is declared for one', () => {
    const stack = newStack();
    const gpu = ContainerImage.fromRegistry('example.com/a:1', { processor: Processor.GPU });
    whole(stack, {
      images: AlgorithmImages.combined(gpu),
      endpoint: { instanceType: InstanceType.ML_G5_XLARGE },
      inference: {
        contentTypes: ['text/csv'],
        responseMimeTypes: ['text/csv'],
        realtimeInstanceTypes: [InstanceType.ML_G5_XLARGE],
        transformInstanceTypes: [InstanceType.ML_G5_XLARGE],
      },
    });
    expect(startJson(stack, JOB, 'Request').ResourceConfig).toMatchObject({ InstanceType: 'ml.g5.xlarge' });
  });
});

describe('Of the whole,', () => {
  test('every default can be overridden', () => {
    const stack = newStack();
    whole(stack, {
      hyperparameters: [Hyperparameter.integer('depth', { min: 1, max: 9 })],
      metrics: [MetricDefinition.of('auc', '(1)')],
      training: {
        resources: TrainingResources.of(InstanceType.ML_C5_XLARGE, { instanceCount: 2 }),
        hyperparameters: { depth: '3' },
        maxRuntime: Duration.hours(1),
        revision: '2',
      },
      registry: { description: 'First', customerMetadata: { team: 'churn' } },
      hosting: { environment: { LOG_LEVEL: 'debug' } },
      networkIsolation: true,
      endpoint: {
        instanceType: InstanceType.ML_M5_LARGE,
        instanceCount: 3,
        endpointName: 'churn',
        scaling: { maxCapacity: 6, maxRequestsPerSecond: 10 },
        dataCapture: { destination: S3Location.fromBucket(bucket(stack)) },
      },
    });
    const template = Template.fromStack(stack);
    expect(startJson(stack, JOB, 'Request')).toMatchObject({
      HyperParameters: { depth: '3' },
      ResourceConfig: { InstanceType: 'ml.c5.xlarge', InstanceCount: 2 },
      StoppingCondition: { MaxRuntimeInSeconds: 3600 },
      EnableNetworkIsolation: true,
    });
    template.hasResourceProperties(PACKAGE, {
      ModelPackageDescription: 'First',
      CustomerMetadataProperties: { team: 'churn' },
    });
    template.hasResourceProperties(MODEL, {
      EnableNetworkIsolation: true,
      PrimaryContainer: { Environment: { LOG_LEVEL: 'debug' } },
    });
    template.hasResourceProperties(CONFIG, {
      ProductionVariants: [{ VariantName: 'main', InitialInstanceCount: 3, InstanceType: 'ml.m5.large' }],
      DataCaptureConfig: { EnableCapture: true },
    });
    template.hasResourceProperties(ENDPOINT, {
      EndpointName: 'churn',
      RetainAllVariantProperties: true,
      DeploymentConfig: { BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: 'CANARY' } } },
    });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 1, MaxCapacity: 6 });
  });

  test('training and hosting may be in a network', () => {
    const stack = newStack();
    whole(stack, { network: { vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 }) } });
    expect(onlyResource(stack, MODEL)).toHaveProperty('VpcConfig');
    expect(startJson(stack, JOB, 'Request')).toHaveProperty('VpcConfig');
  });

  test('alarms can be left out, and the endpoint moves as the service does it', () => {
    const stack = newStack();
    whole(stack, { endpoint: { instanceType: InstanceType.ML_M5_LARGE, instanceCount: 2, alarms: false } });
    Template.fromStack(stack).resourceCountIs(ALARM, 0);
    expect(onlyResource(stack, ENDPOINT)).not.toHaveProperty('DeploymentConfig');
  });

  test('the policy of the endpoint can be given', () => {
    const stack = newStack();
    whole(stack, {
      endpoint: { instanceType: InstanceType.ML_M5_LARGE, instanceCount: 2, deployment: DeploymentPolicy.rolling() },
    });
    expect(onlyResource(stack, ENDPOINT).DeploymentConfig).toHaveProperty('RollingUpdatePolicy');
  });

  test('the endpoint can be left out, or stand down', () => {
    for (const endpoint of [undefined, { instanceType: InstanceType.ML_M5_LARGE, enabled: false }]) {
      const stack = newStack();
      expect(whole(stack, { endpoint }).model).toBeDefined();
      Template.fromStack(stack).resourceCountIs(ENDPOINT, 0);
    }
  });

  test('a version that somebody has yet to approve is registered, and not hosted', () => {
    const stack = newStack();
    const byo = whole(stack, { registry: { approvalStatus: ModelApprovalStatus.PENDING_MANUAL_APPROVAL } });
    expect([byo.model, byo.endpoint]).toEqual([undefined, undefined]);
    Template.fromStack(stack).resourceCountIs(PACKAGE, 1);
  });
});

test('Where answers come later, as many requests may wait as an instance answers in a minute, and instances come back', () => {
  const stack = newStack();
  const location = S3Location.fromBucket(bucket(stack));
  whole(stack, {
    endpoint: {
      instanceType: InstanceType.ML_M5_LARGE,
      asyncInference: { input: location, output: location },
      scaling: { minCapacity: 0, maxCapacity: 2, maxRequestsPerSecond: 2 },
    },
  });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
    TargetTrackingScalingPolicyConfiguration: {
      CustomizedMetricSpecification: { MetricName: 'ApproximateBacklogSizePerInstance' },
      TargetValue: 60,
    },
  });
  template.hasResourceProperties(ALARM, { MetricName: 'HasBacklogWithoutCapacity' });
});

test('A version is approved where nothing else is said of it', () => {
  const stack = newStack();
  whole(stack, { registry: { approvalStatus: undefined } });
  expect(onlyResource(stack, PACKAGE).ModelApprovalStatus).toBe('Approved');
});

describe('A stage that is given ready', () => {
  const endpoint = { instanceType: InstanceType.ML_M5_LARGE };
  const count = (stack: Stack, type: string): number =>
    Object.keys(Template.fromStack(stack).findResources(type)).length;

  test('as an algorithm is trained', () => {
    const stack = newStack();
    const algorithm = newAlgorithm(stack);
    const { inputs } = least(stack);
    expect(new ByoAlgorithm(stack, 'Churn', { algorithm, inputs, endpoint }).algorithm).toBe(algorithm);
    expect([count(stack, JOB), count(stack, ENDPOINT)]).toEqual([1, 1]);
  });

  test('as data leaves training out', () => {
    const stack = newStack();
    const modelData = ModelData.fromObject(bucket(stack), 'model.tar.gz');
    const byo = new ByoAlgorithm(stack, 'Churn', { algorithm: newAlgorithm(stack), modelData, endpoint });
    expect(byo.trainingJob).toBeUndefined();
    expect([count(stack, JOB), count(stack, ENDPOINT)]).toEqual([0, 1]);
  });

  test('as a package leaves training and registry out', () => {
    const stack = newStack();
    const modelPackage = ModelPackage.fromModelPackageArn(
      stack,
      'P',
      'arn:aws:sagemaker:eu-west-1:111122223333:model-package/a/1',
    );
    new ByoAlgorithm(stack, 'Churn', { modelPackage, endpoint });
    expect([count(stack, PACKAGE), count(stack, MODEL), count(stack, ENDPOINT)]).toEqual([0, 1, 1]);
  });

  test('as a model is hosted', () => {
    const stack = newStack();
    const model = new Model(stack, 'Model', { image: image() });
    expect(new ByoAlgorithm(stack, 'Churn', { model, endpoint }).model).toBe(model);
    expect(count(stack, ENDPOINT)).toBe(1);
  });

  test('as a group gets the version', () => {
    const stack = newStack();
    const group = new ModelPackageGroup(stack, 'Own', { modelPackageGroupName: 'own' });
    whole(stack, { registry: { group } });
    expect(onlyResource(stack, PACKAGE).ModelPackageGroupName).toBe('own');
  });
});

describe('The whole is refused', () => {
  test.each<[string, (stack: Stack) => ByoAlgorithmProps, string]>([
    [
      'when nothing is given',
      () => ({}),
      'has 3 validation errors:\n  - `images` are required unless `algorithm`, `modelPackage` or `model` is specified',
    ],
    [
      'when images are given beside an algorithm',
      (stack) => ({ ...least(stack), algorithm: newAlgorithm(stack) }),
      'has 2 validation errors:\n  - `images` must not be specified with `algorithm`, which omits the earlier stages',
    ],
    [
      'when a package is given beside what would make it',
      (stack) => ({
        ...least(stack),
        modelPackage: ModelPackage.fromModelPackageArn(
          stack,
          'P',
          'arn:aws:sagemaker:eu-west-1:111122223333:model-package/a/1',
        ),
      }),
      'has 3 validation errors:\n  - `images` must not be specified with `modelPackage`',
    ],
    [
      'when a model is given beside what would make it safe',
      (stack) => ({
        model: new Model(stack, 'Model', { image: image() }),
        networkIsolation: true,
        hosting: { environment: {} },
      }),
      'has 2 validation errors:\n  - `hosting` must not be specified with `model`',
    ],
    [
      'when an algorithm is given beside what it declares',
      (stack) => ({ algorithm: newAlgorithm(stack), inputs: least(stack).inputs, metrics: [] }),
      '`metrics` must not be specified with `algorithm`',
    ],
    [
      'when data is trained already and would be trained again',
      (stack) => ({ ...least(stack), modelData: ModelData.fromObject(bucket(stack), 'model.tar.gz') }),
      '`inputs` must not be specified with `modelData`',
    ],
  ])('%s', (_, props, fault) => {
    const stack = newStack();
    expect(errorOf(() => new ByoAlgorithm(stack, 'Churn', props(stack)))).toContain(fault);
  });
});

describe('A dashboard', () => {
  const body = (stack: Stack): string =>
    JSON.stringify(onlyResource(stack, 'AWS::CloudWatch::Dashboard').DashboardBody);

  test('shows what a job prints, how an endpoint does, and alarms', () => {
    const stack = newStack();
    const { trainingJob, endpoint, alarms } = whole(stack);
    new AlgorithmDashboard(stack, 'Dashboard', {
      trainings: [{ job: trainingJob!, metricNames: ['validation:auc'] }],
      endpoints: [{ endpoint: endpoint!, variantNames: ['main'] }],
      alarms,
      dashboardName: 'churn',
    });
    const text = body(stack);
    for (const part of [
      'validation:auc',
      'Invocation5XXErrors',
      'ModelLatency',
      'p99',
      'GPUUtilization',
      'algo-1',
      'alarms',
    ]) {
      expect(text).toContain(part);
    }
    expect(onlyResource(stack, 'AWS::CloudWatch::Dashboard').DashboardName).toBe('churn');
  });

  test('takes more', () => {
    const stack = newStack();
    const { endpoint } = whole(stack);
    const { dashboard } = new AlgorithmDashboard(stack, 'Dashboard', {
      endpoints: [{ endpoint: endpoint!, variantNames: ['main'] }],
    });
    dashboard.addWidgets(new cloudwatch.TextWidget({ markdown: 'more of it' }));
    expect(body(stack)).toContain('more of it');
  });

  test('of nothing is refused', () => {
    expect(errorOf(() => new AlgorithmDashboard(newStack(), 'Dashboard', {}))).toContain(
      '`trainings` or `endpoints` must have at least 1 entry',
    );
  });
});
