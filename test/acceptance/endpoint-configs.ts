import { Duration, Size, type Stack, Tags, aws_sns as sns } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import {
  type AsyncInferenceOptions,
  AsyncNotificationTopic,
  CaptureMode,
  type DataCaptureOptions,
  EndpointConfig,
  type EndpointConfigProps,
  type IModel,
  InferenceAmi,
  type InstanceOptions,
  type InstanceVariantOptions,
  InstanceType,
  Model,
  ProductionVariant,
  RoutingStrategy,
  S3Location,
  ScaleInStrategy,
  type ServerlessVariantOptions,
} from '../../lib';
import { image } from '../stacks';
import {
  ACCOUNT_ARN,
  type Configurations,
  type Expressed,
  KEY_ARN,
  NAME,
  ROLE_ARN,
  bucket,
  hashed,
  key,
  role,
  tagList,
} from './configurations';

const TOPIC_ARN = `arn:aws:sns:${ACCOUNT_ARN}:${NAME}`;

const model = (stack: Stack): IModel =>
  (stack.node.tryFindChild('Model') as IModel | undefined) ??
  new Model(stack, 'Model', { modelName: NAME, image: image(), role: role(stack) });

export const instances = (
  stack: Stack,
  name = 'variant-1',
  options: Partial<InstanceVariantOptions> = {},
): ProductionVariant =>
  ProductionVariant.instances(name, {
    model: model(stack),
    instanceCount: 2,
    instanceType: InstanceType.ML_T2_MEDIUM,
    weight: 1,
    ...options,
  });

const MODEL_NAME = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Model'), 'ModelName'] };
export const VARIANT = {
  VariantName: 'variant-1',
  ModelName: MODEL_NAME,
  InitialInstanceCount: 2,
  InstanceType: 'ml.t2.medium',
  InitialVariantWeight: 1,
};

type Props = (stack: Stack) => Partial<EndpointConfigProps>;
const config = (stack: Stack, props: Partial<EndpointConfigProps> = {}): EndpointConfig =>
  new EndpointConfig(stack, 'Config', {
    endpointConfigName: NAME,
    variants: props.variants ?? [instances(stack)],
    ...props,
  });
const row = (props: Props, expected: object): Expressed => ({
  build: (stack) => config(stack, props(stack)),
  expected: { EndpointConfigName: hashed(), ProductionVariants: [VARIANT], ...expected },
});
/** A configuration with other options of its only variant. */
const variantRow = (
  options: Partial<InstanceVariantOptions>,
  rendered: object,
  expected: object = {},
  name = 'variant-1',
): Expressed =>
  row((stack) => ({ variants: [instances(stack, name, options)] }), {
    ProductionVariants: [{ ...VARIANT, VariantName: name, ...rendered }],
    ...expected,
  });
const serverless = (options: Omit<ServerlessVariantOptions, 'model'>, rendered: object): Expressed =>
  row((stack) => ({ variants: [ProductionVariant.serverless('variant-1', { model: model(stack), ...options })] }), {
    ProductionVariants: [{ VariantName: 'variant-1', ModelName: MODEL_NAME, ServerlessConfig: rendered }],
  });
const tagged = (tags: Record<string, string>): Expressed => ({
  build: (stack) => {
    const target = config(stack, { variants: [instances(stack, 'variant-1', { instanceCount: 1 })] });
    Object.entries(tags).forEach(([name, value]) => Tags.of(target).add(name, value));
  },
  expected: { ProductionVariants: [{ ...VARIANT, InitialInstanceCount: 1 }], Tags: tagList(tags) },
});

// The library drops the slash at the end of an output path.
const ROOT = `s3://${NAME}`;
const SEPARATE = [CaptureMode.INPUT, CaptureMode.OUTPUT];
/** A configuration for inference components, whose variant has no model. */
const components = (options: Partial<InstanceOptions>, rendered: object): Expressed =>
  row(
    (stack) => ({
      role: role(stack),
      variants: [
        ProductionVariant.inferenceComponents('variant-1', {
          instanceType: InstanceType.ML_G5_XLARGE,
          instanceCount: 1,
          ...options,
        }),
      ],
    }),
    {
      ExecutionRoleArn: ROLE_ARN,
      ProductionVariants: [
        {
          VariantName: 'variant-1',
          ModelName: Match.absent(),
          InitialInstanceCount: 1,
          InstanceType: 'ml.g5.xlarge',
          ...rendered,
        },
      ],
    },
  );

const capture = (options: Partial<DataCaptureOptions>, rendered: object): Expressed =>
  row(
    (stack) => ({
      dataCapture: {
        enabled: true,
        samplingPercentage: 50,
        destination: S3Location.fromBucket(bucket(stack)),
        captureModes: SEPARATE,
        ...options,
      },
    }),
    {
      DataCaptureConfig: {
        EnableCapture: true,
        InitialSamplingPercentage: 50,
        DestinationS3Uri: ROOT,
        CaptureOptions: (options.captureModes ?? SEPARATE).map((mode) => ({ CaptureMode: mode })),
        ...rendered,
      },
    },
  );

const asynchronous = (
  options: (stack: Stack) => Partial<AsyncInferenceOptions>,
  outputConfig: object,
  expected: object = {},
): Expressed =>
  row(
    (stack) => {
      const location = S3Location.fromBucket(bucket(stack));
      // The provider has no argument for the input, which the library needs for the permission to read it.
      return { asyncInference: { input: location, output: location, ...options(stack) } };
    },
    { AsyncInferenceConfig: { OutputConfig: { S3OutputPath: ROOT, ...outputConfig }, ...expected } },
  );
const topic = (stack: Stack): sns.ITopic => sns.Topic.fromTopicArn(stack, 'Topic', TOPIC_ARN);
function notifying(stack: Stack): Partial<AsyncInferenceOptions> {
  const target = topic(stack);
  return { encryptionKey: key(stack), errorTopic: target, successTopic: target };
}
const TOPICS = { ErrorTopic: TOPIC_ARN, SuccessTopic: TOPIC_ARN };
const CLIENT = { ClientConfig: { MaxConcurrentInvocationsPerInstance: 1 } };

export const ENDPOINT_CONFIGS: Configurations = {
  type: 'AWS::SageMaker::EndpointConfig',
  expressed: {
    basic: row(() => ({}), {}),
    nameGenerated: row(() => ({ endpointConfigName: undefined }), { EndpointConfigName: Match.absent() }),
    namePrefix: row(() => ({ endpointConfigName: 'prefix' }), { EndpointConfigName: hashed('prefix') }),
    shadowProductionVariants: row((stack) => ({ shadowVariant: instances(stack, 'variant-2') }), {
      ShadowProductionVariants: [{ ...VARIANT, VariantName: 'variant-2' }],
    }),
    productionVariantsInitialVariantWeight: row(
      (stack) => ({
        variants: [
          instances(stack, 'variant-1', { instanceCount: 1, weight: undefined }),
          instances(stack, 'variant-2', { instanceCount: 1, weight: 0.5 }),
        ],
      }),
      {
        ProductionVariants: [
          { ...VARIANT, InitialInstanceCount: 1 },
          { ...VARIANT, VariantName: 'variant-2', InitialInstanceCount: 1, InitialVariantWeight: 0.5 },
        ],
      },
    ),
    productionVariantVariantNameGenerated: {
      ...variantRow({}, {}, {}, 'generated'),
      difference: 'CloudFormation requires the name of a variant, which the provider generates.',
    },
    kmsKeyID: row(
      (stack) => ({
        variants: [instances(stack, 'variant-1', { instanceCount: 1 })],
        encryptionKey: key(stack),
      }),
      { KmsKeyId: KEY_ARN, ProductionVariants: [{ ...VARIANT, InitialInstanceCount: 1 }] },
    ),
    tags1: tagged({ key1: 'value1' }),
    tags2: tagged({ key1: 'value1updated', key2: 'value2' }),
    dataCapture: capture(
      { jsonContentTypes: ['application/json'] },
      { CaptureContentTypeHeader: { JsonContentTypes: ['application/json'], CsvContentTypes: Match.absent() } },
    ),
    dataCapture_inputAndOutput: capture(
      { captureModes: [CaptureMode.INPUT_AND_OUTPUT], jsonContentTypes: ['application/json'] },
      { CaptureContentTypeHeader: { JsonContentTypes: ['application/json'] } },
    ),
    dataCapture_noHeaders: capture({}, { CaptureContentTypeHeader: Match.absent() }),
    dataCapture_emptyHeaders: {
      ...capture({}, { CaptureContentTypeHeader: Match.absent() }),
      difference: 'The block without arguments is not rendered.',
    },
    dataCapture_bothHeaders: capture(
      { csvContentTypes: ['text/csv'], jsonContentTypes: ['application/json'] },
      { CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'], JsonContentTypes: ['application/json'] } },
    ),
    asyncKMS: asynchronous((stack) => ({ encryptionKey: key(stack) }), { KmsKeyId: KEY_ARN }),
    async: asynchronous(() => ({}), { KmsKeyId: Match.absent() }),
    asyncNotif: asynchronous(notifying, { KmsKeyId: KEY_ARN, NotificationConfig: TOPICS }),
    asyncNotifEmpty: {
      ...asynchronous((stack) => ({ encryptionKey: key(stack) }), {
        KmsKeyId: KEY_ARN,
        NotificationConfig: Match.absent(),
      }),
      difference: 'The block without arguments is not rendered.',
    },
    asyncNotifInferenceIn: asynchronous(
      (stack) => ({
        ...notifying(stack),
        includeInferenceResponseIn: [AsyncNotificationTopic.SUCCESS, AsyncNotificationTopic.ERROR],
      }),
      {
        KmsKeyId: KEY_ARN,
        NotificationConfig: {
          ...TOPICS,
          IncludeInferenceResponseIn: ['SUCCESS_NOTIFICATION_TOPIC', 'ERROR_NOTIFICATION_TOPIC'],
        },
      },
    ),
    asyncClient: asynchronous(
      (stack) => ({ maxConcurrentInvocationsPerInstance: 1, encryptionKey: key(stack) }),
      { KmsKeyId: KEY_ARN },
      CLIENT,
    ),
    asyncClientFailure: asynchronous(
      (stack) => ({
        maxConcurrentInvocationsPerInstance: 1,
        encryptionKey: key(stack),
        failure: S3Location.fromBucket(bucket(stack)),
      }),
      { KmsKeyId: KEY_ARN, S3FailurePath: ROOT },
      CLIENT,
    ),
    routing: variantRow({ routing: RoutingStrategy.RANDOM }, { RoutingConfig: { RoutingStrategy: 'RANDOM' } }),
    serverless: serverless(
      { maxConcurrency: 1, memory: Size.mebibytes(1024) },
      { MaxConcurrency: 1, MemorySizeInMB: 1024 },
    ),
    ami: variantRow(
      { inferenceAmi: InferenceAmi.AL2_GPU_2 },
      { InferenceAmiVersion: 'al2-ami-sagemaker-inference-gpu-2' },
    ),
    serverlessProvisionedConcurrency: serverless(
      { maxConcurrency: 200, memory: Size.mebibytes(5120), provisionedConcurrency: 100 },
      { MaxConcurrency: 200, MemorySizeInMB: 5120, ProvisionedConcurrency: 100 },
    ),
    productionVariantsManagedInstanceScaling: components(
      {
        instanceType: InstanceType.ML_G5_4XLARGE,
        managedScaling: { minInstanceCount: 1, maxInstanceCount: 2 },
      },
      {
        InstanceType: 'ml.g5.4xlarge',
        ManagedInstanceScaling: { Status: 'ENABLED', MinInstanceCount: 1, MaxInstanceCount: 2 },
      },
    ),
    productionVariantsScaleInPolicy: components(
      {
        managedScaling: {
          minInstanceCount: 1,
          maxInstanceCount: 3,
          scaleInPolicy: {
            strategy: ScaleInStrategy.CONSOLIDATION,
            cooldown: Duration.minutes(30),
            maximumStepSize: 2,
          },
        },
        routing: RoutingStrategy.LEAST_OUTSTANDING_REQUESTS,
      },
      {
        ManagedInstanceScaling: {
          Status: 'ENABLED',
          MinInstanceCount: 1,
          MaxInstanceCount: 3,
          ScaleInPolicy: { Strategy: 'CONSOLIDATION', CooldownInMinutes: 30, MaximumStepSize: 2 },
        },
        RoutingConfig: { RoutingStrategy: 'LEAST_OUTSTANDING_REQUESTS' },
      },
    ),
    ProductionVariants_optionalModelName: components({}, {}),
  },
  unsupported: {
    productionVariantAcceleratorType: {
      reason: 'Amazon Elastic Inference, and with it the accelerator type ml.eia1.medium, is discontinued.',
    },
  },
};
