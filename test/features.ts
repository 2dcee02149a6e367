import {
  Duration,
  Size,
  type Stack,
  aws_applicationautoscaling as appscaling,
  aws_cloudwatch as cloudwatch,
  aws_ec2 as ec2,
  aws_iam as iam,
  aws_kms as kms,
  aws_lambda as lambda,
  aws_s3 as s3,
  aws_sns as sns,
} from 'aws-cdk-lib';
import * as path from 'node:path';
import {
  type AdditionalInferenceSpecification,
  Algorithm,
  AsyncNotificationTopic,
  BatchStrategy,
  CapacitySize,
  CaptureMode,
  ContainerImage,
  DeploymentPolicy,
  Endpoint,
  EndpointConfig,
  type EndpointConfigProps,
  type EndpointProps,
  ExplainedFeatureType,
  ExplainerBaseline,
  FileSource,
  type IModel,
  InferenceAmi,
  InferenceComponent,
  InferenceExecutionMode,
  type InstanceOptions,
  InstanceType,
  Model,
  ModelApprovalStatus,
  ModelCard,
  ModelCardStatus,
  ModelData,
  ModelDomain,
  ModelPackage,
  ModelPackageGroup,
  type ModelPackageProps,
  type ModelProps,
  ModelTask,
  ProductionVariant,
  RoutingStrategy,
  S3Location,
  ScaleInStrategy,
  SplitType,
  TextGranularity,
  TransformInput,
  TransformOutput,
  TransformResources,
  VariantProperty,
} from '../lib';
import { ACCOUNT, image, newAlgorithm } from './stacks';

/** A feature of the service: a construct that uses it, and the template properties that prove it. */
export interface Feature {
  /** The row of `docs/coverage.md` that the feature belongs to. */
  readonly row: string;
  readonly type: string;
  readonly make: (stack: Stack) => unknown;
  readonly has: object;

  /** Whether the oldest supported aws-cdk-lib lacks the property. */
  readonly isNewer?: boolean;
}

function once<T>(stack: Stack, id: string, make: () => T): T {
  return (stack.node.tryFindChild(id) as T | undefined) ?? make();
}
export const bucket = (stack: Stack): s3.IBucket =>
  once(stack, 'Bucket', () => s3.Bucket.fromBucketName(stack, 'Bucket', 'models'));
const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/01234567-89ab-cdef-0123-456789abcdef`;
const key = (stack: Stack): kms.IKey => once(stack, 'Key', () => kms.Key.fromKeyArn(stack, 'Key', KEY));
const vpc = (stack: Stack): ec2.IVpc => once(stack, 'Vpc', () => new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 }));
const group = (stack: Stack): ModelPackageGroup => once(stack, 'Group', () => new ModelPackageGroup(stack, 'Group'));
const topic = (stack: Stack, name: string): sns.ITopic =>
  once(stack, name, () => sns.Topic.fromTopicArn(stack, name, `arn:aws:sns:eu-west-1:${ACCOUNT}:${name}`));
const archive = (stack: Stack): ModelData => ModelData.fromObject(bucket(stack), 'churn/model.tar.gz');
const file = (stack: Stack, name: string): FileSource => FileSource.fromObject(bucket(stack), name);
const URI = 's3://models';

export const MODEL = 'AWS::SageMaker::Model';
export const CONFIG = 'AWS::SageMaker::EndpointConfig';
export const ENDPOINT = 'AWS::SageMaker::Endpoint';
export const PACKAGE = 'AWS::SageMaker::ModelPackage';
export const GROUP = 'AWS::SageMaker::ModelPackageGroup';

const newModel = (stack: Stack, id = 'Model', props: ModelProps = {}): Model =>
  once(stack, id, () => new Model(stack, id, { image: props.containers ? undefined : image(), ...props }));

function model(row: string, props: (stack: Stack) => ModelProps, has: object): Feature {
  return { row, type: MODEL, has, make: (stack) => new Model(stack, 'Model', props(stack)) };
}

const packaged = (stack: Stack, props: Partial<ModelPackageProps> = {}): ModelPackage =>
  new ModelPackage(stack, 'Package', {
    group: group(stack),
    algorithm: newAlgorithm(stack),
    modelData: archive(stack),
    approvalStatus: ModelApprovalStatus.APPROVED,
    ...props,
  });

function version(row: string, props: (stack: Stack) => Partial<ModelPackageProps>, has: object): Feature {
  return { row, type: PACKAGE, has, make: (stack) => packaged(stack, props(stack)) };
}

const INFERENCE = {
  contentTypes: ['text/csv'],
  responseMimeTypes: ['text/csv'],
  realtimeInstanceTypes: [InstanceType.ML_C7I_LARGE],
  transformInstanceTypes: [InstanceType.ML_M5_XLARGE],
};

const onInstances = (hosted: IModel, options: Partial<InstanceOptions> & { weight?: number } = {}, name = 'main') =>
  ProductionVariant.instances(name, {
    model: hosted,
    instanceType: options.instancePools === undefined ? InstanceType.ML_C7I_LARGE : undefined,
    ...options,
  });

function config(
  row: string,
  props: (stack: Stack) => Partial<EndpointConfigProps>,
  has: object,
  isNewer = false,
): Feature {
  const make = (stack: Stack): EndpointConfig => newConfig(stack, props(stack));
  return { row, type: CONFIG, has, make, isNewer };
}

export function newConfig(stack: Stack, props: Partial<EndpointConfigProps> = {}): EndpointConfig {
  return new EndpointConfig(stack, 'Config', { variants: [onInstances(newModel(stack))], ...props });
}

function instances(
  row: string,
  options: (stack: Stack) => Partial<InstanceOptions>,
  has: object,
  isNewer = false,
): Feature {
  const variants = (stack: Stack): EndpointConfigProps => ({
    variants: [onInstances(newModel(stack), options(stack))],
  });
  return config(row, variants, { ProductionVariants: [has] }, isNewer);
}

/** A feature of a variant for inference components. */
function shared(row: string, options: () => Partial<InstanceOptions>, has: object, isNewer = false): Feature {
  const variants = (): EndpointConfigProps => ({
    variants: [
      ProductionVariant.inferenceComponents('shared', { instanceType: InstanceType.ML_G5_12XLARGE, ...options() }),
    ],
  });
  return config(row, variants, { ProductionVariants: [has] }, isNewer);
}

const twoInstances = (stack: Stack): Partial<EndpointConfigProps> => ({
  variants: [onInstances(newModel(stack), { instanceCount: 2 })],
});

function endpoint(row: string, props: (stack: Stack) => Partial<EndpointProps>, has: object): Feature {
  return {
    row,
    type: ENDPOINT,
    has,
    make: (stack) =>
      new Endpoint(stack, 'Endpoint', { endpointConfig: newConfig(stack, twoInstances(stack)), ...props(stack) }),
  };
}

const alarm = (stack: Stack): cloudwatch.IAlarm =>
  cloudwatch.Alarm.fromAlarmArn(stack, 'Alarm', `arn:aws:cloudwatch:eu-west-1:${ACCOUNT}:alarm:errors`);

const SERVERLESS = { memory: Size.gibibytes(2), maxConcurrency: 20 };

const components = (stack: Stack): EndpointConfig =>
  newConfig(stack, {
    variants: [
      ProductionVariant.inferenceComponents('shared', {
        instanceType: InstanceType.ML_G5_12XLARGE,
        managedScaling: { minInstanceCount: 1, maxInstanceCount: 4 },
        routing: RoutingStrategy.LEAST_OUTSTANDING_REQUESTS,
      }),
    ],
    vpc: vpc(stack),
    networkIsolation: true,
  });

const file256 = `sha256:${'0'.repeat(64)}`;
const additional = (stack: Stack): AdditionalInferenceSpecification => ({
  name: 'gpu',
  description: 'Faster',
  containers: [{ image: image('gpu'), modelData: archive(stack) }],
  contentTypes: ['text/csv'],
  responseMimeTypes: ['text/csv'],
  realtimeInstanceTypes: [InstanceType.ML_G5_XLARGE],
  transformInstanceTypes: [InstanceType.ML_G5_XLARGE],
});

const MODELS: Record<string, Feature> = {
  'an image with model data': model(
    'Model with one or several containers',
    (stack) => ({ image: image(), modelData: archive(stack), environment: { A: '1' }, containerHostname: 'one' }),
    {
      PrimaryContainer: {
        Image: 'example.com/algorithm:1',
        ModelDataUrl: `${URI}/churn/model.tar.gz`,
        Environment: { A: '1' },
        ContainerHostname: 'one',
      },
    },
  ),
  'a serial inference pipeline': model(
    'Model with one or several containers',
    () => ({
      containers: [{ image: image('a') }, { image: image('b') }],
      inferenceExecutionMode: InferenceExecutionMode.SERIAL,
    }),
    {
      Containers: [{ Image: 'example.com/algorithm:a' }, { Image: 'example.com/algorithm:b' }],
      InferenceExecutionConfig: { Mode: 'Serial' },
    },
  ),
  'direct invocation of containers': model(
    'Direct invocation of containers',
    () => ({
      containers: ['a', 'b'].map((name) => ({ image: image(name), containerHostname: name })),
      inferenceExecutionMode: InferenceExecutionMode.DIRECT,
    }),
    {
      Containers: [{ ContainerHostname: 'a' }, { ContainerHostname: 'b' }],
      InferenceExecutionConfig: { Mode: 'Direct' },
    },
  ),
  'a multi-model container': model(
    'Multi-model mode, model cache',
    (stack) => ({ image: image(), modelData: ModelData.fromUncompressedPrefix(bucket(stack), 'many'), multiModel: {} }),
    {
      PrimaryContainer: {
        Mode: 'MultiModel',
        ModelDataUrl: `${URI}/many/`,
        MultiModelConfig: { ModelCacheSetting: 'Enabled' },
      },
    },
  ),
  'a multi-model container without a cache': model(
    'Multi-model mode, model cache',
    (stack) => ({
      image: image(),
      modelData: ModelData.fromUncompressedPrefix(bucket(stack), 'many/'),
      multiModel: { cache: false },
    }),
    { PrimaryContainer: { MultiModelConfig: { ModelCacheSetting: 'Disabled' } } },
  ),
  'uncompressed model data': model(
    'Uncompressed model data',
    (stack) => ({
      image: image(),
      modelData: ModelData.fromUncompressedPrefix(bucket(stack), 'llm', { acceptEula: true }),
    }),
    {
      PrimaryContainer: {
        ModelDataSource: {
          S3DataSource: {
            S3Uri: `${URI}/llm/`,
            S3DataType: 'S3Prefix',
            CompressionType: 'None',
            ModelAccessConfig: { AcceptEula: true },
          },
        },
      },
    },
  ),
  'model data of a private hub': model(
    'Uncompressed model data',
    (stack) => ({
      image: image(),
      modelData: ModelData.fromUncompressedPrefix(bucket(stack), 'llm/', {
        hubContentArn: `arn:aws:sagemaker:eu-west-1:${ACCOUNT}:hub-content/hub/Model/llm`,
      }),
    }),
    {
      PrimaryContainer: {
        ModelDataSource: {
          S3DataSource: {
            HubAccessConfig: { HubContentArn: `arn:aws:sagemaker:eu-west-1:${ACCOUNT}:hub-content/hub/Model/llm` },
          },
        },
      },
    },
  ),
  'an uncompressed object': model(
    'Uncompressed model data',
    (stack) => ({ image: image(), modelData: ModelData.fromUncompressedObject(bucket(stack), 'model.onnx') }),
    {
      PrimaryContainer: {
        ModelDataSource: {
          S3DataSource: { S3Uri: `${URI}/model.onnx`, S3DataType: 'S3Object', CompressionType: 'None' },
        },
      },
    },
  ),
  'a model name prefix': model('Model with one or several containers', () => ({ image: image(), modelName: 'churn' }), {
    ModelName: 'churn-9921a108f6',
  }),
  'network isolation of a model': model('Network isolation', () => ({ image: image(), networkIsolation: true }), {
    EnableNetworkIsolation: true,
  }),
  'a model in a VPC': model('VPC and connections', (stack) => ({ image: image(), vpc: vpc(stack) }), {
    VpcConfig: { Subnets: [{}, {}], SecurityGroupIds: [{}] },
  }),
  'a private registry': model(
    'Image by URI, authentication for private registries',
    (stack) => ({
      vpc: vpc(stack),
      image: ContainerImage.fromPrivateRegistry('registry.example.com/churn:1', {
        credentialsProvider: lambda.Function.fromFunctionArn(
          stack,
          'Login',
          `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:login`,
        ),
      }),
    }),
    {
      PrimaryContainer: {
        ImageConfig: {
          RepositoryAccessMode: 'Vpc',
          RepositoryAuthConfig: {
            RepositoryCredentialsProviderArn: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:login`,
          },
        },
      },
    },
  ),
  'a private registry without a credentials provider': model(
    'Image by URI, authentication for private registries',
    (stack) => ({ vpc: vpc(stack), image: ContainerImage.fromPrivateRegistry('registry.example.com/churn:1') }),
    { PrimaryContainer: { ImageConfig: { RepositoryAccessMode: 'Vpc' } } },
  ),
  'a model package': model(
    'Model of a model package or of an algorithm',
    (stack) => ({ modelPackage: packaged(stack) }),
    {
      PrimaryContainer: { ModelPackageName: {} },
    },
  ),
  'an algorithm with model data': model(
    'Model of a model package or of an algorithm',
    (stack) => ({ algorithm: newAlgorithm(stack), modelData: archive(stack), environment: { A: '1' } }),
    {
      PrimaryContainer: {
        Image: 'example.com/algorithm:1',
        ModelDataUrl: `${URI}/churn/model.tar.gz`,
        Environment: { A: '1' },
      },
    },
  ),
  'an additional inference specification of a model package': model(
    'Model of a model package or of an algorithm',
    (stack) => ({
      modelPackage: packaged(stack, { additionalInferenceSpecifications: [additional(stack)] }),
      inferenceSpecificationName: 'gpu',
    }),
    { PrimaryContainer: { InferenceSpecificationName: 'gpu' } },
  ),
  'a model package from AWS Marketplace': model(
    'Network isolation',
    (stack) => ({
      modelPackage: ModelPackage.fromModelPackageAttributes(stack, 'Bought', {
        modelPackageArn: 'arn:aws:sagemaker:eu-west-1:999988887777:model-package/bought',
        isMarketplaceProduct: true,
      }),
    }),
    { EnableNetworkIsolation: true },
  ),
};

const PACKAGES: Record<string, Feature> = {
  'a model package group with a resource policy': {
    row: 'Model package group',
    type: GROUP,
    make: (stack) => group(stack).grantRegister(new iam.AccountPrincipal('444455556666')),
    has: { ModelPackageGroupPolicy: { Statement: [{ Effect: 'Allow' }, { Effect: 'Allow' }] } },
  },
  'a model package group with a description': {
    row: 'Model package group',
    type: GROUP,
    make: (stack) =>
      new ModelPackageGroup(stack, 'Group', { modelPackageGroupName: 'churn', description: 'Churn models' }),
    has: { ModelPackageGroupName: 'churn', ModelPackageGroupDescription: 'Churn models' },
  },
  'an approved version': version(
    'Model package (version, approval, source algorithm)',
    () => ({ approvalStatus: ModelApprovalStatus.APPROVED, approvalDescription: 'Good enough', description: 'First' }),
    {
      ModelApprovalStatus: 'Approved',
      ApprovalDescription: 'Good enough',
      ModelPackageDescription: 'First',
      ModelPackageGroupName: 'Stack-Group-CABF5A83',
    },
  ),
  'the metadata of a version': version(
    'Model package (version, approval, source algorithm)',
    (stack) => ({
      customerMetadata: { team: 'churn' },
      metadata: { commitId: 'abc', repository: 'https://example.com', generatedBy: 'CI', projectId: '7' },
      sourceUri: 'https://example.com/churn',
      domain: ModelDomain.MACHINE_LEARNING,
      task: ModelTask.CLASSIFICATION,
      samplePayload: file(stack, 'samples.tar.gz'),
      skipModelValidation: true,
      encryptionKey: key(stack),
      modelCard: ModelCard.fromJson('{"model_overview":{"model_description":"Churn"}}', ModelCardStatus.APPROVED),
    }),
    {
      CustomerMetadataProperties: { team: 'churn' },
      MetadataProperties: { CommitId: 'abc', Repository: 'https://example.com', GeneratedBy: 'CI', ProjectId: '7' },
      SourceUri: 'https://example.com/churn',
      Domain: 'MACHINE_LEARNING',
      Task: 'CLASSIFICATION',
      SamplePayloadUrl: `${URI}/samples.tar.gz`,
      SkipModelValidation: 'All',
      SecurityConfig: { KmsKeyId: KEY },
      ModelCard: {
        ModelCardContent: '{"model_overview":{"model_description":"Churn"}}',
        ModelCardStatus: 'Approved',
      },
    },
  ),
  'model metrics and drift check baselines': version(
    'Model package (version, approval, source algorithm)',
    (stack) => ({
      metrics: {
        modelQuality: { statistics: file(stack, 'q.json'), constraints: file(stack, 'qc.json') },
        modelDataQuality: { statistics: file(stack, 'd.json'), constraints: file(stack, 'dc.json') },
        bias: {
          report: file(stack, 'b.json'),
          preTrainingReport: file(stack, 'b1.json'),
          postTrainingReport: file(stack, 'b2.json'),
        },
        explainability: FileSource.fromObject(bucket(stack), 'e.html', {
          contentType: 'text/html',
          contentDigest: file256,
        }),
      },
      driftCheckBaselines: {
        modelQuality: { statistics: file(stack, 'q.json'), constraints: file(stack, 'qc.json') },
        modelDataQuality: { statistics: file(stack, 'd.json'), constraints: file(stack, 'dc.json') },
        bias: {
          configFile: FileSource.fromObject(bucket(stack), 'b.json', { contentDigest: file256 }),
          preTrainingConstraints: file(stack, 'b1.json'),
          postTrainingConstraints: file(stack, 'b2.json'),
        },
        explainability: { configFile: file(stack, 'e.json'), constraints: file(stack, 'ec.json') },
      },
    }),
    {
      ModelMetrics: {
        ModelQuality: { Statistics: { S3Uri: `${URI}/q.json`, ContentType: 'application/json' }, Constraints: {} },
        ModelDataQuality: { Statistics: {}, Constraints: {} },
        Bias: { Report: {}, PreTrainingReport: {}, PostTrainingReport: {} },
        Explainability: { Report: { S3Uri: `${URI}/e.html`, ContentType: 'text/html', ContentDigest: file256 } },
      },
      DriftCheckBaselines: {
        ModelQuality: { Statistics: {}, Constraints: {} },
        ModelDataQuality: { Statistics: {}, Constraints: {} },
        Bias: { ConfigFile: { ContentDigest: file256 }, PreTrainingConstraints: {}, PostTrainingConstraints: {} },
        Explainability: { ConfigFile: {}, Constraints: {} },
      },
    },
  ),
  'several containers with all options': version(
    'Model package (version, approval, source algorithm)',
    (stack) => ({
      algorithm: undefined,
      modelData: undefined,
      inference: INFERENCE,
      containers: [
        {
          image: image('a'),
          modelData: archive(stack),
          environment: { A: '1' },
          containerHostname: 'first',
          framework: 'XGBOOST',
          frameworkVersion: '1.7',
          nearestModelName: 'xgboost',
          dataInputConfig: '{"input":[1,8]}',
        },
        {
          image: image('b'),
          containerHostname: 'second',
          modelData: ModelData.fromUncompressedPrefix(bucket(stack), 'llm/', { acceptEula: true }),
        },
      ],
    }),
    {
      InferenceSpecification: {
        Containers: [
          {
            Image: 'example.com/algorithm:a',
            ModelDataUrl: `${URI}/churn/model.tar.gz`,
            Environment: { A: '1' },
            ContainerHostname: 'first',
            Framework: 'XGBOOST',
            FrameworkVersion: '1.7',
            NearestModelName: 'xgboost',
            ModelInput: { DataInputConfig: '{"input":[1,8]}' },
          },
          {
            ModelDataSource: {
              S3DataSource: {
                S3Uri: `${URI}/llm/`,
                S3DataType: 'S3Prefix',
                CompressionType: 'None',
                ModelAccessConfig: { AcceptEula: true },
              },
            },
          },
        ],
      },
    },
  ),
  'additional inference specifications': version(
    'Model package (version, approval, source algorithm)',
    (stack) => ({ additionalInferenceSpecifications: [additional(stack)] }),
    {
      AdditionalInferenceSpecifications: [
        {
          Name: 'gpu',
          Description: 'Faster',
          Containers: [{ Image: 'example.com/algorithm:gpu', ModelDataUrl: `${URI}/churn/model.tar.gz` }],
          SupportedContentTypes: ['text/csv'],
          SupportedResponseMIMETypes: ['text/csv'],
          SupportedRealtimeInferenceInstanceTypes: ['ml.g5.xlarge'],
          SupportedTransformInstanceTypes: ['ml.g5.xlarge'],
        },
      ],
    },
  ),
  'an unversioned package with a validation profile': version(
    'Model package (version, approval, source algorithm)',
    (stack) => ({
      group: undefined,
      approvalStatus: undefined,
      algorithm: undefined,
      image: image(),
      inference: INFERENCE,
      certifyForMarketplace: true,
      validationProfile: {
        profileName: 'smoke',
        transform: {
          input: TransformInput.fromBucket(bucket(stack), 'in/', {
            splitType: SplitType.LINE,
            contentType: 'text/csv',
          }),
          output: TransformOutput.toBucket(bucket(stack), 'out', { encryptionKey: key(stack), accept: 'text/csv' }),
          resources: TransformResources.of(InstanceType.ML_M5_XLARGE, { volumeEncryptionKey: key(stack) }),
          batchStrategy: BatchStrategy.SINGLE_RECORD,
          maxConcurrentTransforms: 2,
          maxPayload: Size.mebibytes(6),
          environment: { LOG_LEVEL: 'debug' },
        },
      },
    }),
    {
      CertifyForMarketplace: true,
      ValidationSpecification: {
        ValidationRole: {},
        ValidationProfiles: [
          {
            ProfileName: 'smoke',
            TransformJobDefinition: {
              TransformInput: {
                ContentType: 'text/csv',
                SplitType: 'Line',
                CompressionType: 'None',
                DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `${URI}/in/` } },
              },
              TransformOutput: { S3OutputPath: `${URI}/out`, KmsKeyId: KEY, Accept: 'text/csv' },
              TransformResources: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeKmsKeyId: KEY },
              BatchStrategy: 'SingleRecord',
              MaxConcurrentTransforms: 2,
              MaxPayloadInMB: 6,
              Environment: { LOG_LEVEL: 'debug' },
            },
          },
        ],
      },
    },
  ),
  'an unversioned package of an algorithm': version(
    'Model package (version, approval, source algorithm)',
    () => ({ group: undefined, approvalStatus: undefined }),
    { SourceAlgorithmSpecification: { SourceAlgorithms: [{ ModelDataUrl: `${URI}/churn/model.tar.gz` }] } },
  ),
  'an unversioned package of an algorithm from AWS Marketplace': version(
    'Model package (version, approval, source algorithm)',
    (stack) => ({
      group: undefined,
      approvalStatus: undefined,
      algorithm: Algorithm.fromAlgorithmAttributes(stack, 'Subscribed', {
        algorithmArn: 'arn:aws:sagemaker:eu-west-1:999988887777:algorithm/churn',
        isMarketplaceProduct: true,
      }),
    }),
    {
      SourceAlgorithmSpecification: {
        SourceAlgorithms: [{ AlgorithmName: 'arn:aws:sagemaker:eu-west-1:999988887777:algorithm/churn' }],
      },
    },
  ),
};

const VARIANTS: Record<string, Feature> = {
  'a variant with a weight of 0': config(
    'Variants on instances',
    (stack) => ({
      variants: [onInstances(newModel(stack)), onInstances(newModel(stack), { weight: 0, instanceCount: 2 }, 'new')],
    }),
    {
      ProductionVariants: [
        {
          VariantName: 'main',
          InstanceType: 'ml.c7i.large',
          InitialInstanceCount: 1,
          InitialVariantWeight: 1,
          ModelName: {},
        },
        { VariantName: 'new', InitialInstanceCount: 2, InitialVariantWeight: 0 },
      ],
    },
  ),
  'a volume size': instances('Volume size', () => ({ volumeSize: Size.gibibytes(100) }), { VolumeSizeInGB: 100 }),
  'a startup health check timeout': instances(
    'Timeout of the startup health check',
    () => ({ startupHealthCheckTimeout: Duration.minutes(20) }),
    {
      ContainerStartupHealthCheckTimeoutInSeconds: 1200,
    },
  ),
  'a model data download timeout': instances(
    'Timeout of the model data download',
    () => ({ modelDataDownloadTimeout: Duration.minutes(30) }),
    {
      ModelDataDownloadTimeoutInSeconds: 1800,
    },
  ),
  'an inference AMI': instances(
    'Inference AMI, SSM access, core dumps',
    () => ({ instanceType: InstanceType.ML_G5_XLARGE, inferenceAmi: InferenceAmi.AL2_GPU_3_1 }),
    { InferenceAmiVersion: 'al2-ami-sagemaker-inference-gpu-3-1' },
  ),
  'SSM access': instances('Inference AMI, SSM access, core dumps', () => ({ ssmAccess: true }), {
    EnableSSMAccess: true,
  }),
  'core dumps': instances(
    'Inference AMI, SSM access, core dumps',
    (stack) => ({
      coreDump: { destination: S3Location.fromBucket(bucket(stack), 'dumps/'), encryptionKey: key(stack) },
    }),
    { CoreDumpConfig: { DestinationS3Uri: `${URI}/dumps`, KmsKeyId: KEY } },
    true,
  ),
  'managed instance scaling': shared(
    'Managed instance scaling, routing, capacity reservations, instance pools',
    () => ({ managedScaling: { minInstanceCount: 1, maxInstanceCount: 3 } }),
    { ManagedInstanceScaling: { Status: 'ENABLED', MinInstanceCount: 1, MaxInstanceCount: 3 } },
  ),
  'a scale-in policy': shared(
    'Managed instance scaling, routing, capacity reservations, instance pools',
    () => ({
      managedScaling: {
        maxInstanceCount: 3,
        scaleInPolicy: { strategy: ScaleInStrategy.CONSOLIDATION, maximumStepSize: 2, cooldown: Duration.minutes(10) },
      },
    }),
    {
      ManagedInstanceScaling: {
        ScaleInPolicy: { Strategy: 'CONSOLIDATION', MaximumStepSize: 2, CooldownInMinutes: 10 },
      },
    },
    true,
  ),
  'a routing strategy': instances(
    'Managed instance scaling, routing, capacity reservations, instance pools',
    () => ({ routing: RoutingStrategy.LEAST_OUTSTANDING_REQUESTS }),
    { RoutingConfig: { RoutingStrategy: 'LEAST_OUTSTANDING_REQUESTS' } },
  ),
  'prefix-aware routing': instances(
    'Managed instance scaling, routing, capacity reservations, instance pools',
    () => ({ prefixAwareRouting: { prefixLength: 2048, concurrencyThreshold: 8 } }),
    {
      RoutingConfig: {
        RoutingStrategy: 'PREFIX_AWARE',
        PrefixAwareRoutingConfig: { PrefixLength: 2048, ConcurrencyThreshold: 8 },
      },
    },
    true,
  ),
  'a capacity reservation': instances(
    'Managed instance scaling, routing, capacity reservations, instance pools',
    () => ({
      capacityReservation: { reservationArn: `arn:aws:sagemaker:eu-west-1:${ACCOUNT}:training-plan/p5-in-may` },
    }),
    {
      CapacityReservationConfig: {
        CapacityReservationPreference: 'capacity-reservations-only',
        MlReservationArn: `arn:aws:sagemaker:eu-west-1:${ACCOUNT}:training-plan/p5-in-may`,
      },
    },
  ),
  'instance pools': instances(
    'Managed instance scaling, routing, capacity reservations, instance pools',
    (stack) => ({
      instancePools: [
        { instanceType: InstanceType.ML_G6_XLARGE, priority: 1 },
        { instanceType: InstanceType.ML_G5_XLARGE, priority: 2, model: newModel(stack, 'Other') },
      ],
      instanceProvisionTimeout: Duration.minutes(10),
    }),
    {
      InstancePools: [
        { InstanceType: 'ml.g6.xlarge', Priority: 1 },
        { InstanceType: 'ml.g5.xlarge', Priority: 2, ModelNameOverride: {} },
      ],
      VariantInstanceProvisionTimeoutInSeconds: 600,
    },
  ),
  'a serverless variant': config(
    'Serverless variants, provisioned concurrency',
    (stack) => ({
      variants: [
        ProductionVariant.serverless('main', { model: newModel(stack), ...SERVERLESS, provisionedConcurrency: 5 }),
      ],
    }),
    {
      ProductionVariants: [
        { ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 20, ProvisionedConcurrency: 5 } },
      ],
    },
  ),
};

const CONFIGS: Record<string, Feature> = {
  'a shadow variant': config(
    'Shadow variants',
    (stack) => ({ shadowVariant: onInstances(newModel(stack, 'New'), { weight: 0.5 }, 'shadow') }),
    { ShadowProductionVariants: [{ VariantName: 'shadow', InitialVariantWeight: 0.5, InstanceType: 'ml.c7i.large' }] },
  ),
  'asynchronous inference': config(
    'Asynchronous inference',
    (stack) => ({
      asyncInference: {
        input: S3Location.fromBucket(bucket(stack), 'requests'),
        output: S3Location.fromBucket(bucket(stack), 'responses/'),
        failure: S3Location.fromBucket(bucket(stack), 'failures'),
        encryptionKey: key(stack),
        successTopic: topic(stack, 'done'),
        errorTopic: topic(stack, 'failed'),
        includeInferenceResponseIn: [AsyncNotificationTopic.SUCCESS, AsyncNotificationTopic.ERROR],
        maxConcurrentInvocationsPerInstance: 4,
      },
    }),
    {
      AsyncInferenceConfig: {
        ClientConfig: { MaxConcurrentInvocationsPerInstance: 4 },
        OutputConfig: {
          S3OutputPath: `${URI}/responses`,
          S3FailurePath: `${URI}/failures`,
          KmsKeyId: KEY,
          NotificationConfig: {
            SuccessTopic: `arn:aws:sns:eu-west-1:${ACCOUNT}:done`,
            ErrorTopic: `arn:aws:sns:eu-west-1:${ACCOUNT}:failed`,
            IncludeInferenceResponseIn: ['SUCCESS_NOTIFICATION_TOPIC', 'ERROR_NOTIFICATION_TOPIC'],
          },
        },
      },
    },
  ),
  'data capture': config(
    'Data capture',
    (stack) => ({
      dataCapture: {
        destination: S3Location.fromBucket(bucket(stack), 'capture'),
        samplingPercentage: 20,
        captureModes: [CaptureMode.INPUT_AND_OUTPUT],
        encryptionKey: key(stack),
        csvContentTypes: ['text/csv'],
        jsonContentTypes: ['application/json'],
      },
    }),
    {
      DataCaptureConfig: {
        EnableCapture: true,
        InitialSamplingPercentage: 20,
        DestinationS3Uri: `${URI}/capture`,
        CaptureOptions: [{ CaptureMode: 'InputAndOutput' }],
        KmsKeyId: KEY,
        CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'], JsonContentTypes: ['application/json'] },
      },
    },
  ),
  'an endpoint configuration name prefix': config('Variants on instances', () => ({ endpointConfigName: 'churn' }), {
    EndpointConfigName: 'churn-92ab6bd2be',
  }),
  'a KMS key for volumes': config('KMS key of the endpoint configuration', (stack) => ({ encryptionKey: key(stack) }), {
    KmsKeyId: KEY,
  }),
  'an explainer with an inline baseline': config(
    'Explainer',
    () => ({
      explainer: {
        baseline: ExplainerBaseline.inline('1,2,3'),
        enableExplanations: '`true`',
        numberOfSamples: 100,
        useLogit: true,
        seed: 7,
        text: { granularity: TextGranularity.SENTENCE, language: 'en' },
        inference: {
          featuresAttribute: 'features',
          contentTemplate: '{"features":$features}',
          maxRecordCount: 10,
          maxPayload: Size.mebibytes(6),
          probabilityIndex: 1,
          labelIndex: 0,
          probabilityAttribute: 'score',
          labelAttribute: 'label',
          labelHeaders: ['no', 'yes'],
          featureHeaders: ['a', 'b', 'c'],
          featureTypes: [ExplainedFeatureType.NUMERICAL, ExplainedFeatureType.CATEGORICAL, ExplainedFeatureType.TEXT],
        },
      },
    }),
    {
      ExplainerConfig: {
        ClarifyExplainerConfig: {
          EnableExplanations: '`true`',
          InferenceConfig: {
            FeaturesAttribute: 'features',
            ContentTemplate: '{"features":$features}',
            MaxRecordCount: 10,
            MaxPayloadInMB: 6,
            ProbabilityIndex: 1,
            LabelIndex: 0,
            ProbabilityAttribute: 'score',
            LabelAttribute: 'label',
            LabelHeaders: ['no', 'yes'],
            FeatureHeaders: ['a', 'b', 'c'],
            FeatureTypes: ['numerical', 'categorical', 'text'],
          },
          ShapConfig: {
            ShapBaselineConfig: { MimeType: 'text/csv', ShapBaseline: '1,2,3' },
            NumberOfSamples: 100,
            UseLogit: true,
            Seed: 7,
            TextConfig: { Granularity: 'sentence', Language: 'en' },
          },
        },
      },
    },
  ),
  'an explainer with a baseline in S3': config(
    'Explainer',
    (stack) => ({
      explainer: { baseline: ExplainerBaseline.fromObject(bucket(stack), 'baseline.csv') },
    }),
    {
      ExplainerConfig: {
        ClarifyExplainerConfig: {
          ShapConfig: { ShapBaselineConfig: { ShapBaselineUri: `${URI}/baseline.csv`, MimeType: 'text/csv' } },
        },
      },
    },
  ),
  'additional metrics': config(
    'Metrics configuration',
    () => ({ metrics: { enhanced: true, detailedObservability: true, publishFrequency: Duration.seconds(10) } }),
    {
      MetricsConfig: {
        EnableEnhancedMetrics: true,
        EnableDetailedObservability: true,
        MetricPublishFrequencyInSeconds: 10,
      },
    },
    true,
  ),
  'a variant for inference components': {
    row: 'Inference components',
    type: CONFIG,
    make: components,
    has: {
      ExecutionRoleArn: {},
      EnableNetworkIsolation: true,
      VpcConfig: { Subnets: [{}, {}], SecurityGroupIds: [{}] },
      ProductionVariants: [{ VariantName: 'shared', InstanceType: 'ml.g5.12xlarge' }],
    },
  },
  'an inference component with a container, and an adapter': {
    row: 'Inference components',
    type: 'AWS::SageMaker::InferenceComponent',
    make: (stack) => {
      const shared = new Endpoint(stack, 'Endpoint', { endpointConfig: components(stack) });
      const modelData = (name: string): ModelData => ModelData.fromObject(bucket(stack), `${name}.tar.gz`);
      const baseComponent = new InferenceComponent(stack, 'Base', {
        endpoint: shared,
        variantName: 'shared',
        container: { image: image(), modelData: modelData('base'), environment: { LOG_LEVEL: 'debug' } },
        compute: { minMemory: Size.gibibytes(4) },
      });
      new InferenceComponent(stack, 'Adapter', {
        endpoint: shared,
        variantName: 'shared',
        baseComponent,
        adapterData: modelData('adapter'),
      });
    },
    has: {
      Specification: {
        BaseInferenceComponentName: 'Stack-Base-CB9996B4',
        Container: { ArtifactUrl: 's3://models/adapter.tar.gz' },
      },
    },
  },
  'an inference component': {
    row: 'Inference components',
    type: 'AWS::SageMaker::InferenceComponent',
    make: (stack) => {
      const shared = new Endpoint(stack, 'Endpoint', { endpointConfig: components(stack) });
      const component = new InferenceComponent(stack, 'Component', {
        endpoint: shared,
        variantName: 'shared',
        model: newModel(stack),
        compute: { minMemory: Size.gibibytes(4), maxMemory: Size.gibibytes(8), cpuCores: 2, acceleratorDevices: 1 },
        copyCount: 2,
        modelDataDownloadTimeout: Duration.minutes(10),
        startupHealthCheckTimeout: Duration.minutes(10),
        deployment: DeploymentPolicy.rolling({
          batchSize: CapacitySize.count(1),
          rollbackBatchSize: CapacitySize.percent(50),
          bakeTime: Duration.minutes(5),
          maximumExecutionTimeout: Duration.hours(1),
          alarms: [alarm(stack)],
        }),
      });
      component
        .autoScale({ minCapacity: 0, maxCapacity: 4 })
        .scaleOnConcurrency('Concurrency', { targetConcurrency: 5 });
    },
    has: {
      EndpointName: 'Stack-Endpoint-7DC50680',
      VariantName: 'shared',
      Specification: {
        ModelName: {},
        ComputeResourceRequirements: {
          MinMemoryRequiredInMb: 4096,
          MaxMemoryRequiredInMb: 8192,
          NumberOfCpuCoresRequired: 2,
          NumberOfAcceleratorDevicesRequired: 1,
        },
        StartupParameters: {
          ModelDataDownloadTimeoutInSeconds: 600,
          ContainerStartupHealthCheckTimeoutInSeconds: 600,
        },
      },
      RuntimeConfig: { CopyCount: 2 },
      DeploymentConfig: {
        RollingUpdatePolicy: {
          MaximumBatchSize: { Type: 'COPY_COUNT', Value: 1 },
          RollbackMaximumBatchSize: { Type: 'CAPACITY_PERCENT', Value: 50 },
          WaitIntervalInSeconds: 300,
          MaximumExecutionTimeoutInSeconds: 3600,
        },
        AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'errors' }] },
      },
    },
  },
};

const ENDPOINTS: Record<string, Feature> = {
  'canary traffic shifting': endpoint(
    'Blue/green and rolling updates, rollback by alarms',
    (stack) => ({
      deployment: DeploymentPolicy.canary({
        alarms: [alarm(stack)],
        terminationWait: Duration.minutes(5),
        maximumExecutionTimeout: Duration.hours(1),
      }),
    }),
    {
      DeploymentConfig: {
        AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'errors' }] },
        BlueGreenUpdatePolicy: {
          TrafficRoutingConfiguration: {
            Type: 'CANARY',
            CanarySize: { Type: 'INSTANCE_COUNT', Value: 1 },
            WaitIntervalInSeconds: 600,
          },
          TerminationWaitInSeconds: 300,
          MaximumExecutionTimeoutInSeconds: 3600,
        },
      },
    },
  ),
  'linear traffic shifting': endpoint(
    'Blue/green and rolling updates, rollback by alarms',
    (stack) => ({ deployment: DeploymentPolicy.linear({ alarms: [alarm(stack)], bakeTime: Duration.minutes(2) }) }),
    {
      DeploymentConfig: {
        BlueGreenUpdatePolicy: {
          TrafficRoutingConfiguration: {
            Type: 'LINEAR',
            LinearStepSize: { Type: 'CAPACITY_PERCENT', Value: 50 },
            WaitIntervalInSeconds: 120,
          },
        },
      },
    },
  ),
  'a rolling deployment': endpoint(
    'Blue/green and rolling updates, rollback by alarms',
    (stack) => ({
      deployment: DeploymentPolicy.rolling({
        alarms: [alarm(stack)],
        rollbackBatchSize: CapacitySize.percent(100),
        maximumExecutionTimeout: Duration.hours(2),
      }),
    }),
    {
      DeploymentConfig: {
        AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'errors' }] },
        RollingUpdatePolicy: {
          MaximumBatchSize: { Type: 'CAPACITY_PERCENT', Value: 50 },
          RollbackMaximumBatchSize: { Type: 'CAPACITY_PERCENT', Value: 100 },
          WaitIntervalInSeconds: 600,
          MaximumExecutionTimeoutInSeconds: 7200,
        },
      },
    },
  ),
  'all-at-once traffic shifting': endpoint(
    'Blue/green and rolling updates, rollback by alarms',
    () => ({ deployment: DeploymentPolicy.allAtOnce({ bakeTime: Duration.minutes(1) }) }),
    {
      DeploymentConfig: {
        BlueGreenUpdatePolicy: {
          TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 60 },
        },
      },
    },
  ),
  'retained variant properties': endpoint(
    'Retained variant properties',
    () => ({ retainedVariantProperties: [VariantProperty.DESIRED_WEIGHT] }),
    {
      RetainAllVariantProperties: true,
      ExcludeRetainedVariantProperties: [
        { VariantPropertyType: 'DesiredInstanceCount' },
        { VariantPropertyType: 'DataCaptureConfig' },
      ],
    },
  ),
  'scaling on invocations': {
    row: 'Scaling on invocations',
    type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
    make: (stack) => {
      const scaled = new Endpoint(stack, 'Endpoint', { endpointConfig: newConfig(stack, twoInstances(stack)) });
      const count = scaled.variant('main').autoScale({ maxCapacity: 4 });
      count.scaleOnInvocations('Invocations', { maxRequestsPerSecond: 10 });
      count.scaleOnSchedule('Night', { schedule: appscaling.Schedule.cron({ hour: '22' }), maxCapacity: 1 });
    },
    has: {
      TargetTrackingScalingPolicyConfiguration: {
        PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
        TargetValue: 300,
        ScaleInCooldown: 300,
        ScaleOutCooldown: 300,
      },
    },
  },
};

/** The features of hosting and the model registry by name. */
export const FEATURES: Record<string, Feature> = { ...MODELS, ...PACKAGES, ...VARIANTS, ...CONFIGS, ...ENDPOINTS };

/** The path of the table of supported CloudFormation features. */
export const COVERAGE = path.join(__dirname, '..', 'docs', 'coverage.md');
