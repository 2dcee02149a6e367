import { aws_ec2 as ec2, aws_kms as kms, Duration, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  AlgorithmImages,
  AlgorithmProvisioning,
  Architecture,
  ByoAlgorithm,
  type ByoAlgorithmProps,
  DeploymentPolicy,
  Hyperparameter,
  type ImageCharacteristics,
  InstanceType,
  MetricDefinition,
  Model,
  ModelApprovalStatus,
  ModelData,
  ModelPackage,
  ModelPackageGroup,
  Processor,
  S3Location,
  TrainingOutput,
  TrainingResources,
} from '../../lib';
import { bucket, CONFIG, ENDPOINT, MODEL, PACKAGE } from '../features';
import { ALARM } from '../hosting-fixtures';
import { minimalProps, newByoAlgorithm, TRAINING_JOB } from '../lifecycle-fixtures';
import { errorOf, image, newAlgorithm, newStack, onlyResource, startJson, PlainImage } from '../stacks';

/** The instance types that the algorithm declares, and the one on which it is trained. */
function declaredTypes(stack: Stack): object {
  const { InferenceSpecification } = onlyResource(stack, 'AWS::SageMaker::Algorithm');
  const specification = InferenceSpecification as Record<string, unknown>;
  const { ResourceConfig } = startJson(stack, TRAINING_JOB, 'Request');
  return {
    training: (ResourceConfig as Record<string, unknown>).InstanceType,
    realtime: specification.SupportedRealtimeInferenceInstanceTypes,
    transform: specification.SupportedTransformInstanceTypes,
  };
}

describe('ByoAlgorithm with minimal properties', () => {
  test('creates an algorithm, training job, model package, model and endpoint', () => {
    const stack = newStack();
    const byo = newByoAlgorithm(stack);
    const template = Template.fromStack(stack);
    for (const type of [
      'AWS::SageMaker::Algorithm',
      TRAINING_JOB,
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

  test('registers an approved version and hosts it', () => {
    const stack = newStack();
    newByoAlgorithm(stack);
    expect(onlyResource(stack, PACKAGE).ModelApprovalStatus).toBe('Approved');
    expect(onlyResource(stack, MODEL).PrimaryContainer).toEqual({
      ModelPackageName: { 'Fn::GetAtt': [expect.stringMatching(/^ChurnVersion/), 'ModelPackageArn'] },
    });
  });

  test('trains on one instance, and supports CSV and JSON', () => {
    const stack = newStack();
    newByoAlgorithm(stack);
    expect(onlyResource(stack, 'AWS::SageMaker::Algorithm')).toMatchObject({
      TrainingSpecification: { SupportedTrainingInstanceTypes: ['ml.m5.xlarge'], SupportsDistributedTraining: false },
      InferenceSpecification: {
        SupportedContentTypes: ['text/csv', 'application/json'],
        SupportedRealtimeInferenceInstanceTypes: ['ml.c7i.large'],
        SupportedTransformInstanceTypes: ['ml.m5.xlarge'],
      },
    });
  });

  test('has an endpoint with one instance and rollback alarms, without scaling', () => {
    const stack = newStack();
    const { alarms } = newByoAlgorithm(stack);
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

  test.each<[string, ImageCharacteristics, InstanceType | undefined, object]>([
    [
      'GPU image with a GPU endpoint',
      { processor: Processor.GPU },
      InstanceType.ML_G5_2XLARGE,
      { training: 'ml.g5.xlarge', realtime: ['ml.g5.2xlarge'], transform: ['ml.g5.xlarge'] },
    ],
    [
      'GPU image without an endpoint',
      { processor: Processor.GPU },
      undefined,
      { training: 'ml.g5.xlarge', realtime: ['ml.g5.xlarge'], transform: ['ml.g5.xlarge'] },
    ],
    [
      'Neuron image without an endpoint',
      { processor: Processor.NEURON },
      undefined,
      { training: 'ml.trn1.2xlarge', realtime: ['ml.inf2.xlarge'], transform: ['ml.inf2.xlarge'] },
    ],
    [
      'CPU image without an endpoint',
      {},
      undefined,
      { training: 'ml.m5.xlarge', realtime: ['ml.m5.xlarge'], transform: ['ml.m5.xlarge'] },
    ],
  ])('declares instance types that run a %s', (_, characteristics, instanceType, expected) => {
    const stack = newStack();
    const images = AlgorithmImages.combined(new PlainImage('example.com/a:1', characteristics));
    newByoAlgorithm(stack, { images, endpoint: instanceType && { instanceType } });
    expect(declaredTypes(stack)).toEqual(expected);
  });

  test.each([InstanceType.ML_C6G_LARGE, undefined])(
    'declares no batch transform for an inference image for Graviton, which is hosted on %s',
    (instanceType = InstanceType.ML_C7G_XLARGE) => {
      const stack = newStack();
      const inference = new PlainImage('example.com/a:arm', { architecture: Architecture.ARM64 });
      newByoAlgorithm(stack, {
        images: AlgorithmImages.split({ training: image(), inference }),
        endpoint: { instanceType },
      });
      const { instanceTypeName } = instanceType;
      expect(declaredTypes(stack)).toEqual({ training: 'ml.m5.xlarge', realtime: [instanceTypeName] });
    },
  );
});

describe('ByoAlgorithm', () => {
  test('has the specified options for each stage', () => {
    const stack = newStack();
    newByoAlgorithm(stack, {
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
    expect(startJson(stack, TRAINING_JOB, 'Request')).toMatchObject({
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

  test('trains and hosts in the specified VPC', () => {
    const stack = newStack();
    newByoAlgorithm(stack, { network: { vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 }) } });
    expect(onlyResource(stack, MODEL)).toHaveProperty('VpcConfig');
    expect(startJson(stack, TRAINING_JOB, 'Request')).toHaveProperty('VpcConfig');
  });

  test('has no alarms and no deployment policy if alarms are disabled', () => {
    const stack = newStack();
    newByoAlgorithm(stack, { endpoint: { instanceType: InstanceType.ML_M5_LARGE, instanceCount: 2, alarms: false } });
    Template.fromStack(stack).resourceCountIs(ALARM, 0);
    expect(onlyResource(stack, ENDPOINT)).not.toHaveProperty('DeploymentConfig');
  });

  test('uses the specified deployment policy', () => {
    const stack = newStack();
    newByoAlgorithm(stack, {
      endpoint: { instanceType: InstanceType.ML_M5_LARGE, instanceCount: 2, deployment: DeploymentPolicy.rolling() },
    });
    expect(onlyResource(stack, ENDPOINT).DeploymentConfig).toHaveProperty('RollingUpdatePolicy');
  });

  test('has no endpoint if it is not specified or disabled', () => {
    for (const endpoint of [undefined, { instanceType: InstanceType.ML_M5_LARGE, enabled: false }]) {
      const stack = newStack();
      expect(newByoAlgorithm(stack, { endpoint }).model).toBeDefined();
      Template.fromStack(stack).resourceCountIs(ENDPOINT, 0);
    }
  });

  test('registers a version that is pending approval, but does not host it', () => {
    const stack = newStack();
    const byo = newByoAlgorithm(stack, { registry: { approvalStatus: ModelApprovalStatus.PENDING_MANUAL_APPROVAL } });
    expect([byo.model, byo.endpoint]).toEqual([undefined, undefined]);
    Template.fromStack(stack).resourceCountIs(PACKAGE, 1);
  });

  test('approves the version if the approval status is undefined', () => {
    const stack = newStack();
    newByoAlgorithm(stack, { registry: { approvalStatus: undefined } });
    expect(onlyResource(stack, PACKAGE).ModelApprovalStatus).toBe('Approved');
  });

  test('scales an asynchronous endpoint on its backlog, also from zero instances', () => {
    const stack = newStack();
    const location = S3Location.fromBucket(bucket(stack));
    newByoAlgorithm(stack, {
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
});

describe('ByoAlgorithm with a customer managed key', () => {
  const keyed = (props: Partial<ByoAlgorithmProps> = {}): Stack => {
    const stack = newStack();
    newByoAlgorithm(stack, { encryptionKey: new kms.Key(stack, 'Key'), ...props });
    return stack;
  };
  const KEY = { 'Fn::GetAtt': [expect.stringMatching(/^Key/) as string, 'Arn'] };

  test('encrypts the artifacts, the volumes and the logs with it', () => {
    const stack = keyed();
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: Match.objectLike({}) },
          },
        ],
      },
    });
    const request = JSON.stringify(startJson(stack, TRAINING_JOB, 'Request'));
    expect(request).toMatch(/"KmsKeyId":"[^"]*Key/);
    expect(request).toMatch(/"VolumeKmsKeyId":"[^"]*Key/);
    expect(onlyResource(stack, CONFIG).KmsKeyId).toEqual(KEY);
    expect(onlyResource(stack, PACKAGE).SecurityConfig).toEqual({ KmsKeyId: KEY });
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: Match.stringLikeRegexp('^/aws/sagemaker/Endpoints/'),
      KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] },
    });
  });

  test('leaves the local storage of instances to the hardware', () => {
    const stack = keyed({
      images: AlgorithmImages.combined(new PlainImage('example.com/a:1', { processor: Processor.GPU })),
      endpoint: { instanceType: InstanceType.ML_G5_XLARGE },
    });
    expect(JSON.stringify(startJson(stack, TRAINING_JOB, 'Request'))).not.toContain('VolumeKmsKeyId');
    expect(onlyResource(stack, CONFIG)).not.toHaveProperty('KmsKeyId');
  });

  test('prefers the options of a stage', () => {
    const output = TrainingOutput.toBucket(bucket(newStack()), 'out');
    const resources = TrainingResources.of(InstanceType.ML_M5_XLARGE);
    const stack = keyed({ training: { output, resources } });
    Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 0);
    expect(JSON.stringify(startJson(stack, TRAINING_JOB, 'Request'))).not.toContain('Kms');
  });
});

test('ByoAlgorithm creates its algorithm with the specified provisioning', () => {
  const stack = newStack();
  newByoAlgorithm(stack, { provisioning: AlgorithmProvisioning.CUSTOM_RESOURCE });
  Template.fromStack(stack).resourceCountIs('Custom::SageMakerAlgorithm', 1);
});

describe('ByoAlgorithm with an existing resource', () => {
  const endpoint = { instanceType: InstanceType.ML_C7I_LARGE };
  const count = (stack: Stack, type: string): number =>
    Object.keys(Template.fromStack(stack).findResources(type)).length;

  test('trains the algorithm', () => {
    const stack = newStack();
    const algorithm = newAlgorithm(stack);
    const { inputs } = minimalProps(stack);
    expect(new ByoAlgorithm(stack, 'Churn', { algorithm, inputs, endpoint }).algorithm).toBe(algorithm);
    expect([count(stack, TRAINING_JOB), count(stack, ENDPOINT)]).toEqual([1, 1]);
  });

  test('has no training job if model data is specified', () => {
    const stack = newStack();
    const modelData = ModelData.fromObject(bucket(stack), 'model.tar.gz');
    const byo = new ByoAlgorithm(stack, 'Churn', { algorithm: newAlgorithm(stack), modelData, endpoint });
    expect(byo.trainingJob).toBeUndefined();
    expect([count(stack, TRAINING_JOB), count(stack, ENDPOINT)]).toEqual([0, 1]);
  });

  test('has no training job and no group if a model package is specified', () => {
    const stack = newStack();
    const modelPackage = ModelPackage.fromModelPackageArn(
      stack,
      'P',
      'arn:aws:sagemaker:eu-west-1:111122223333:model-package/a/1',
    );
    new ByoAlgorithm(stack, 'Churn', { modelPackage, endpoint });
    expect([count(stack, PACKAGE), count(stack, MODEL), count(stack, ENDPOINT)]).toEqual([0, 1, 1]);
  });

  test('hosts the model', () => {
    const stack = newStack();
    const model = new Model(stack, 'Model', { image: image() });
    expect(new ByoAlgorithm(stack, 'Churn', { model, endpoint }).model).toBe(model);
    expect(count(stack, ENDPOINT)).toBe(1);
  });

  test('registers the version in the specified group', () => {
    const stack = newStack();
    const group = new ModelPackageGroup(stack, 'Own', { modelPackageGroupName: 'own' });
    newByoAlgorithm(stack, { registry: { group } });
    expect(onlyResource(stack, PACKAGE).ModelPackageGroupName).toBe('own');
  });
});

describe('ByoAlgorithm is rejected with', () => {
  test.each<[string, (stack: Stack) => ByoAlgorithmProps, string]>([
    [
      'no properties',
      () => ({}),
      'has 3 validation errors:\n  - `images` are required unless `algorithm`, `modelPackage` or `model` is specified',
    ],
    [
      'images and an algorithm',
      (stack) => ({ ...minimalProps(stack), algorithm: newAlgorithm(stack) }),
      'has 2 validation errors:\n  - `images` must not be specified with `algorithm`, which omits the earlier stages',
    ],
    [
      'a model package and properties of earlier stages',
      (stack) => ({
        ...minimalProps(stack),
        modelPackage: ModelPackage.fromModelPackageArn(
          stack,
          'P',
          'arn:aws:sagemaker:eu-west-1:111122223333:model-package/a/1',
        ),
      }),
      'has 3 validation errors:\n  - `images` must not be specified with `modelPackage`',
    ],
    [
      'a model and properties of a model',
      (stack) => ({
        model: new Model(stack, 'Model', { image: image() }),
        networkIsolation: true,
        hosting: { environment: {} },
      }),
      'has 2 validation errors:\n  - `hosting` must not be specified with `model`',
    ],
    [
      'an algorithm and metrics',
      (stack) => ({ algorithm: newAlgorithm(stack), inputs: minimalProps(stack).inputs, metrics: [] }),
      '`metrics` must not be specified with `algorithm`',
    ],
    [
      'model data and training inputs',
      (stack) => ({ ...minimalProps(stack), modelData: ModelData.fromObject(bucket(stack), 'model.tar.gz') }),
      '`inputs` must not be specified with `modelData`',
    ],
  ])('%s', (_, props, error) => {
    const stack = newStack();
    expect(errorOf(() => new ByoAlgorithm(stack, 'Churn', props(stack)))).toContain(error);
  });
});
