import { validationError } from '../../../../local/aws-model/service-error';
import { Readable } from 'node:stream';
import { OUTPUT, ROLE, controlPlane } from './control-plane';

const { call, s3 } = controlPlane(() => 0);
const KEY = '11111111-2222-3333-4444-555555555555';
const ARCHIVE = 's3://data/model.tar.gz';
const image = { Image: 'churn:1' };
const folder = { S3Uri: 's3://data/model/', S3DataType: 'S3Prefix', CompressionType: 'None' };
const SERVERLESS = { MemorySizeInMB: 2048, MaxConcurrency: 2 };
const REGISTRY = 'dkr.ecr.us-east-1.amazonaws.com';
const VPC = { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] };

/** The models by their names. */
const MODELS: Record<string, object> = {
  plain: { PrimaryContainer: { ...image, ModelDataUrl: ARCHIVE } },
  uncompressed: { PrimaryContainer: { ...image, ModelDataSource: { S3DataSource: folder } } },
  pipeline: { Containers: [image, image] },
  'multi-model': { PrimaryContainer: { ...image, Mode: 'MultiModel', ModelDataUrl: 's3://data/models/' } },
  isolated: { PrimaryContainer: image, EnableNetworkIsolation: true },
  'in-vpc': { PrimaryContainer: image, VpcConfig: VPC },
  packaged: { PrimaryContainer: { ModelPackageName: 'churn' } },
  own: { PrimaryContainer: { Image: `000000000000.${REGISTRY}/churn:1` } },
  foreign: { PrimaryContainer: { Image: `111122223333.${REGISTRY}/churn:1` } },
  'from-aws': { PrimaryContainer: { Image: `763104351884.${REGISTRY}/pytorch-inference:2.6.0-cpu-py312` } },
  'of-the-account-of-aws': { PrimaryContainer: { Image: `763104351884.${REGISTRY}/churn:1` } },
};

beforeAll(async () => {
  await s3.put('data', 'in/a.csv', Readable.from(['1']));
  call('CreateModelPackage', {
    ModelPackageName: 'churn',
    InferenceSpecification: {
      Containers: [{ ...image, ModelDataUrl: ARCHIVE }],
      SupportedContentTypes: ['text/csv'],
      SupportedResponseMIMETypes: ['text/csv'],
      SupportedRealtimeInferenceInstanceTypes: ['ml.m5.large'],
      SupportedTransformInstanceTypes: ['ml.m5.xlarge'],
    },
  });
  for (const [ModelName, more] of Object.entries(MODELS)) {
    call('CreateModel', { ModelName, ExecutionRoleArn: ROLE, ...more });
  }
});

let count = 0;
const variantOf = (ModelName: string, more: object = {}): object => ({
  ...{ VariantName: 'main', ModelName, InstanceType: 'ml.m5.large', InitialInstanceCount: 1 },
  ...more,
});
const serverless = (ModelName: string, more: object = {}): object => ({
  VariantName: 'main',
  ModelName,
  ServerlessConfig: { ...SERVERLESS, ...more },
});
const config =
  (variant: object, more: object = {}): (() => unknown) =>
  () =>
    call('CreateEndpointConfig', { EndpointConfigName: `config-${count++}`, ProductionVariants: [variant], ...more });
const transform =
  (ModelName: string, InstanceType = 'ml.m5.xlarge'): (() => unknown) =>
  () =>
    call('CreateTransformJob', {
      TransformJobName: `job-${count++}`,
      ModelName,
      TransformInput: { DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/in/' } } },
      TransformOutput: OUTPUT,
      TransformResources: { InstanceType, InstanceCount: 1 },
    });

test.each<[string, () => unknown, string]>([
  [
    'a key for an instance type with local storage',
    config(variantOf('plain', { InstanceType: 'ml.g5.xlarge' }), { KmsKeyId: KEY }),
    'Variant main: KmsKeyId is not supported for ml.g5.xlarge, which has local storage.',
  ],
  [
    'a volume size for an instance type with local storage',
    config(variantOf('plain', { InstanceType: 'ml.g5.xlarge', VolumeSizeInGB: 50 })),
    'Variant main: VolumeSizeInGB is not supported for ml.g5.xlarge, which has local storage.',
  ],
  [
    'managed instance scaling of a variant with a model',
    config(
      variantOf('plain', { ManagedInstanceScaling: { Status: 'ENABLED', MinInstanceCount: 1, MaxInstanceCount: 2 } }),
    ),
    'Variant main: ManagedInstanceScaling is only supported for variants of inference components, without a ModelName.',
  ],
  [
    'an instance type that the model package does not support',
    config(variantOf('packaged', { InstanceType: 'ml.m5.xlarge' })),
    'Variant main: the model package does not support the instance type ml.m5.xlarge. Supported types: ml.m5.large',
  ],
  [
    'more provisioned than maximum concurrency',
    config(serverless('plain', { ProvisionedConcurrency: 3 })),
    'Variant main: ProvisionedConcurrency must not be greater than MaxConcurrency.',
  ],
  ...(
    [
      ['uncompressed', 'uncompressed model data'],
      ['pipeline', 'several containers'],
      ['multi-model', 'multi-model containers'],
      ['isolated', 'network isolation'],
      ['in-vpc', 'models with a VpcConfig'],
      ['foreign', 'an image in the registry of another account'],
      ['of-the-account-of-aws', 'an image in the registry of another account'],
    ] as const
  ).map(([model, feature]): [string, () => unknown, string] => [
    `a serverless variant with ${feature}`,
    config(serverless(model)),
    `Variant main: serverless endpoints do not support ${feature}.`,
  ]),
  [
    'a transform job with uncompressed model data',
    transform('uncompressed'),
    'Transform jobs do not support models with uncompressed or additional model data.',
  ],
  [
    'a transform job on an instance type that the model package does not support',
    transform('packaged', 'ml.m5.large'),
    'The model package does not support the instance type ml.m5.large. Supported types: ml.m5.xlarge',
  ],
])('A request is rejected for %s', (_, request, message) => {
  expect(request).toThrow(validationError(message));
});

test.each<[string, () => unknown]>([
  ['a key for an instance type without local storage', config(variantOf('plain'), { KmsKeyId: KEY })],
  ['an instance type with local storage', config(variantOf('plain', { InstanceType: 'ml.g5.xlarge' }))],
  ['an instance type that the model package supports', config(variantOf('packaged'))],
  ['uncompressed model data on instances', config(variantOf('uncompressed'))],
  ['a serverless variant of a model package', config(serverless('packaged', { ProvisionedConcurrency: 2 }))],
  ['a serverless variant with an image of the account', config(serverless('own'))],
  ['a serverless variant with an image of AWS', config(serverless('from-aws'))],
  ['an image in the registry of another account on instances', config(variantOf('foreign'))],
])('A request is accepted for %s', (_, request) => {
  expect(request).not.toThrow();
});
