import { type Stack, Tags, aws_lambda as lambda, aws_s3 as s3 } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import {
  ContainerImage,
  InferenceExecutionMode,
  Model,
  ModelData,
  ModelPackage,
  type ModelProps,
  type UncompressedModelDataOptions,
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
  network,
  role,
  tagList,
} from './configurations';

/** A model of the placeholder image, unless the properties define other containers. */
function model(stack: Stack, props: Partial<ModelProps> = {}): Model {
  const source = props.containers ?? props.modelPackage;
  return new Model(stack, 'Model', {
    modelName: NAME,
    role: role(stack),
    image: source === undefined ? image() : undefined,
    ...props,
  });
}

const row = (props: (stack: Stack) => Partial<ModelProps>, expected: object): Expressed => ({
  build: (stack) => model(stack, props(stack)),
  expected: { ModelName: hashed(), ExecutionRoleArn: ROLE_ARN, ...expected },
});
/** A model with a single container. */
const primary = (props: (stack: Stack) => Partial<ModelProps>, container: object, expected: object = {}): Expressed =>
  row(props, { PrimaryContainer: { Image: IMAGE_URI, ...container }, ...expected });

const tagged = (tags: Record<string, string>): Expressed => ({
  build: (stack) => {
    const target = model(stack);
    Object.entries(tags).forEach(([name, value]) => Tags.of(target).add(name, value));
  },
  expected: { PrimaryContainer: { Image: IMAGE_URI }, Tags: tagList(tags) },
});

const PACKAGE_ARN =
  'arn:aws:sagemaker:eu-west-1:985815980388:model-package/hf-textgeneration-gpt2-cpu-b73b575105d336b680d151277ebe4ee0';
const CREDENTIALS_ARN = 'arn:aws:lambda:us-east-2:123456789012:function:my-function:1';
const LLAMA_BUCKET = 'jumpstart-private-cache-prod-eu-west-1';
const LLAMA_KEY = 'meta-textgeneration/meta-textgeneration-llama-2-13b-f/artifacts/inference-prepack/v1.0.0/';
const LLAMA_ENVIRONMENT = {
  ENDPOINT_SERVER_TIMEOUT: '3600',
  HF_MODEL_ID: '/opt/ml/model',
  MAX_INPUT_LENGTH: '4095',
  MAX_TOTAL_TOKENS: '4096',
  MODEL_CACHE_ROOT: '/opt/ml/model',
  SAGEMAKER_ENV: '1',
  SAGEMAKER_MODEL_SERVER_WORKERS: '1',
  SAGEMAKER_PROGRAM: 'inference.py',
  SM_NUM_GPUS: '4',
};

const uncompressed = (stack: Stack, prefix: string, options?: UncompressedModelDataOptions): ModelData =>
  ModelData.fromUncompressedPrefix(bucket(stack), prefix, options);
const multiModel = (stack: Stack): Partial<ModelProps> => ({
  image: image(),
  modelData: uncompressed(stack, 'resnet50-mme-gpu/'),
  multiModel: { cache: false },
});
const MULTI_MODEL = {
  Image: IMAGE_URI,
  Mode: 'MultiModel',
  ModelDataUrl: `s3://${NAME}/resnet50-mme-gpu/`,
  MultiModelConfig: { ModelCacheSetting: 'Disabled' },
};
const TWO_CONTAINERS = { Containers: [{ Image: IMAGE_URI }, { Image: IMAGE_URI }] };

export const MODELS: Configurations = {
  type: 'AWS::SageMaker::Model',
  expressed: {
    basic: primary(() => ({}), {}),
    inferenceExecution: row(
      () => ({
        containers: [{ image: image() }, { image: image() }],
        inferenceExecutionMode: InferenceExecutionMode.SERIAL,
      }),
      { ...TWO_CONTAINERS, InferenceExecutionConfig: { Mode: 'Serial' } },
    ),
    tags1: tagged({ key1: 'value1' }),
    tags2: tagged({ key1: 'value1updated', key2: 'value2' }),
    primaryContainerDataURL: {
      ...primary((stack) => ({ modelData: ModelData.fromObject(bucket(stack), 'model.tar.gz') }), {
        ModelDataUrl: `s3://${NAME}/model.tar.gz`,
      }),
      difference: 'The URL of the same object has the scheme `s3` instead of `https`.',
    },
    primaryContainerPackageName: row(
      (stack) => ({
        modelPackage: ModelPackage.fromModelPackageArn(stack, 'Package', PACKAGE_ARN),
        networkIsolation: true,
      }),
      { PrimaryContainer: { ModelPackageName: PACKAGE_ARN }, EnableNetworkIsolation: true },
    ),
    primaryContainerHostname: primary(() => ({ containerHostname: 'test' }), { ContainerHostname: 'test' }),
    primaryContainerImage: {
      ...primary(() => ({}), { ImageConfig: Match.absent() }),
      difference: 'The repository access mode `Platform` is the default, and is not rendered.',
    },
    primaryContainerEnvironment: primary(() => ({ environment: { test: 'bar' } }), { Environment: { test: 'bar' } }),
    primaryContainerModeSingle: {
      ...primary(() => ({}), { Mode: Match.absent() }),
      difference: 'The mode `SingleModel` is the default, and is not rendered.',
    },
    primaryContainerUncompressedModel: primary((stack) => ({ modelData: uncompressed(stack, 'model/') }), {
      ModelDataSource: {
        S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${NAME}/model/`, CompressionType: 'None' },
      },
    }),
    containers: row(() => ({ containers: [{ image: image() }, { image: image() }] }), TWO_CONTAINERS),
    networkIsolation: primary(() => ({ networkIsolation: true }), {}, { EnableNetworkIsolation: true }),
    vpcBasic: primary(
      (stack) => ({ networkIsolation: true, ...network(stack, 2, 2) }),
      {},
      {
        EnableNetworkIsolation: true,
        VpcConfig: { Subnets: ['subnet-1', 'subnet-2'], SecurityGroupIds: ['sg-1', 'sg-2'] },
      },
    ),
    primaryContainerPrivateDockerRegistry: primary(
      (stack) => ({
        image: ContainerImage.fromPrivateRegistry('registry.example.com/test-model', {
          credentialsProvider: lambda.Function.fromFunctionArn(stack, 'Credentials', CREDENTIALS_ARN),
        }),
        networkIsolation: true,
        ...network(stack, 1, 1),
      }),
      {
        Image: 'registry.example.com/test-model',
        ImageConfig: {
          RepositoryAccessMode: 'Vpc',
          RepositoryAuthConfig: { RepositoryCredentialsProviderArn: CREDENTIALS_ARN },
        },
      },
      { EnableNetworkIsolation: true, VpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] } },
    ),
    primaryContainerModelS3DataSourceAcceptEula: {
      ...primary(
        (stack) => ({
          networkIsolation: true,
          environment: LLAMA_ENVIRONMENT,
          modelData: ModelData.fromUncompressedPrefix(
            s3.Bucket.fromBucketName(stack, 'JumpStart', LLAMA_BUCKET),
            LLAMA_KEY,
            { acceptEula: true },
          ),
        }),
        {
          Mode: Match.absent(),
          Environment: LLAMA_ENVIRONMENT,
          ModelDataSource: {
            S3DataSource: {
              S3DataType: 'S3Prefix',
              S3Uri: `s3://${LLAMA_BUCKET}/${LLAMA_KEY}`,
              CompressionType: 'None',
              ModelAccessConfig: { AcceptEula: true },
            },
          },
        },
        { EnableNetworkIsolation: true },
      ),
      difference: 'The mode `SingleModel` is the default, and is not rendered.',
    },
    primaryContainerMultiModelConfigModelCacheSetting: row(multiModel, { PrimaryContainer: MULTI_MODEL }),
    containersMultiModelConfigModelCacheSetting: row((stack) => ({ containers: [multiModel(stack)] }), {
      Containers: [MULTI_MODEL],
    }),
  },
  unsupported: {
    primaryContainerInferenceSpecificationName: {
      reason: 'An inference specification is part of a model package, and the container has an image instead of one.',
      refused: (stack) => model(stack, { inferenceSpecificationName: 'test' }),
      error: '`inferenceSpecificationName` requires `modelPackage`',
    },
  },
};
