import { CfnParameter, type Stack, aws_iam as iam, aws_s3 as s3 } from 'aws-cdk-lib';
import {
  EndpointConfig,
  type EndpointConfigProps,
  InstanceType,
  type InstanceVariantOptions,
  Model,
  ModelData,
  ProductionVariant,
  Profiler,
  S3Location,
  TrainingInput,
  TrainingJob,
  TrainingOutput,
  TrainingResources,
  TransformInput,
  TransformOutput,
} from '../../lib';
import { S3Object } from '../../lib/common/s3-location';
import { errorOf, image, newStack, startJson, statementsOf } from '../stacks';

const READ = ['s3:GetObject*', 's3:GetBucket*', 's3:List*'];
const WRITE = [
  's3:PutObject',
  's3:PutObjectLegalHold',
  's3:PutObjectRetention',
  's3:PutObjectTagging',
  's3:PutObjectVersionTagging',
  's3:Abort*',
];
const READ_WRITE = [...READ, 's3:DeleteObject*', ...WRITE];

let stack: Stack;
let bucket: s3.IBucket;
let role: iam.Role;
beforeEach(() => {
  stack = newStack();
  bucket = s3.Bucket.fromBucketName(stack, 'Bucket', 'data');
  role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
});

interface Grant {
  readonly actions: string[];
  readonly resources: string[];
}

/** The statements about S3 of a role, with ARNs in which "arn" stands for the partition and the service. */
function grants(roleId = 'Role'): Grant[] {
  const statements = statementsOf(stack, roleId) as { Action: string | string[]; Resource: unknown }[];
  return statements
    .map(({ Action, Resource }) => ({ actions: [Action].flat(), resources: [Resource].flat().map(arnText) }))
    .filter(({ actions }) => actions[0].startsWith('s3:'));
}

function arnText(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const { 'Fn::Join': [, pieces = []] = [] } = resource as { 'Fn::Join'?: [string, unknown[]] };
  const text = pieces.map((piece) => (typeof piece === 'string' ? piece : '')).join('');
  return text.replace('arn::s3:::', 'arn:');
}

describe('An S3 location', () => {
  test.each([
    ['scores', 's3://data/scores', 'arn:data/scores/*'],
    ['/scores', 's3://data/scores', 'arn:data/scores/*'],
    ['//scores', 's3://data/scores', 'arn:data/scores/*'],
    ['scores/', 's3://data/scores/', 'arn:data/scores/*'],
    ['/scores/2026/', 's3://data/scores/2026/', 'arn:data/scores/2026/*'],
    ['', 's3://data', 'arn:data/*'],
    ['/', 's3://data', 'arn:data/*'],
  ])('with the key prefix "%s" has the URI %s and grants permissions on %s', (keyPrefix, uri, resource) => {
    const location = S3Location.fromBucket(bucket, keyPrefix);
    location.grantRead(role);
    expect(location.uri).toBe(uri);
    expect(grants()).toEqual([{ actions: READ, resources: ['arn:data', resource] }]);
  });

  test('without a key prefix is the whole bucket', () => {
    const location = S3Location.fromBucket(bucket);
    location.grantRead(role);
    expect([location.uri, location.keyPrefix]).toEqual(['s3://data', '']);
    expect(grants()).toEqual([{ actions: READ, resources: ['arn:data', 'arn:data/*'] }]);
  });

  test('grants permission to write to its folder only', () => {
    S3Location.fromBucket(bucket, '/scores/').grantWrite(role);
    expect(grants()).toEqual([{ actions: WRITE, resources: ['arn:data/scores/*'] }]);
  });

  test('grants permission to read and write in its folder only', () => {
    S3Location.fromBucket(bucket, 'scores').grantReadWrite(role);
    expect(grants()).toEqual([{ actions: READ_WRITE, resources: ['arn:data', 'arn:data/scores/*'] }]);
  });

  test.each([
    ['train', 'arn:data/train*'],
    ['/train/', 'arn:data/train/*'],
    ['', 'arn:data/*'],
  ])('with the key prefix "%s" grants permission to read all keys with the prefix on %s', (keyPrefix, resource) => {
    S3Location.fromBucket(bucket, keyPrefix)._grantReadPrefix(role);
    expect(grants()).toEqual([{ actions: READ, resources: ['arn:data', resource] }]);
  });

  test.each([
    ['scores', 's3://data/scores'],
    ['/scores//', 's3://data/scores'],
    ['', 's3://data'],
    ['/', 's3://data'],
  ])('with the key prefix "%s" has the folder URI %s', (keyPrefix, uri) => {
    expect(S3Location.fromBucket(bucket, keyPrefix)._folderUri).toBe(uri);
  });

  test('accepts a token as the key prefix', () => {
    const keyPrefix = new CfnParameter(stack, 'Prefix').valueAsString;
    expect(stack.resolve(S3Location.fromBucket(bucket, keyPrefix).uri)).toEqual({
      'Fn::Join': ['', ['s3://data/', { Ref: 'Prefix' }]],
    });
  });

  test('grants permissions on all keys that start with a token, whose value can end in a "/" or not', () => {
    const keyPrefix = new CfnParameter(stack, 'Prefix').valueAsString;
    S3Location.fromBucket(bucket, keyPrefix).grantWrite(role);
    expect(JSON.stringify(statementsOf(stack, 'Role'))).toContain(':s3:::data/",{"Ref":"Prefix"},"*"]]');
  });
});

describe('An S3 object', () => {
  test('has the URI of its key and grants permission to read only itself', () => {
    const object = new S3Object(bucket, 'models/model.tar.gz');
    object.grantRead(role);
    expect(object.uri).toBe('s3://data/models/model.tar.gz');
    expect(grants()).toEqual([{ actions: READ, resources: ['arn:data', 'arn:data/models/model.tar.gz'] }]);
  });
});

/** Each class that references an S3 location: it returns the URI for a key prefix and grants permissions to the role. */
const CONSUMERS: [string, (keyPrefix: string) => string | undefined, uri: string, grant: Grant][] = [
  [
    'A training input',
    (keyPrefix) => {
      const { dataSource } = TrainingInput.fromBucket(bucket, keyPrefix).bind(stack, role);
      return (dataSource.S3DataSource as { S3Uri: string }).S3Uri;
    },
    's3://data/churn/',
    { actions: READ, resources: ['arn:data', 'arn:data/churn/*'] },
  ],
  [
    'A transform input',
    (keyPrefix) => TransformInput.fromBucket(bucket, keyPrefix)._bind(role).dataSource.s3DataSource.s3Uri,
    's3://data/churn/',
    { actions: READ, resources: ['arn:data', 'arn:data/churn/*'] },
  ],
  [
    'A training output',
    (keyPrefix) => TrainingOutput.toBucket(bucket, keyPrefix).bind(role).s3OutputPath,
    's3://data/churn',
    { actions: WRITE, resources: ['arn:data/churn/*'] },
  ],
  [
    'A transform output',
    (keyPrefix) => TransformOutput.toBucket(bucket, keyPrefix)._bind(role).s3OutputPath,
    's3://data/churn',
    { actions: WRITE, resources: ['arn:data/churn/*'] },
  ],
];

describe.each(CONSUMERS)('%s', (_, bind, uri, grant) => {
  test.each(['churn/', '/churn/'])(
    'with the key prefix "%s" has a URI and permissions for the same objects',
    (prefix) => {
      expect(bind(prefix)).toBe(uri);
      expect(grants()).toEqual([grant]);
    },
  );

  test('without a key prefix has a URI and permissions for the whole bucket', () => {
    expect(bind('')).toBe('s3://data');
    expect(grants()).toEqual([
      { ...grant, resources: grant.resources.map((resource) => resource.replace('/churn/', '/')) },
    ]);
  });
});

test.each([
  ['model', 's3://data/model/', 'arn:data/model/*'],
  ['model/', 's3://data/model/', 'arn:data/model/*'],
])(
  'Uncompressed model data with the key prefix "%s" does not include objects of other folders',
  (prefix, uri, resource) => {
    const { modelDataUrl } = ModelData.fromUncompressedPrefix(bucket, prefix).bind(stack, role);
    expect(modelDataUrl).toBe(uri);
    expect(grants()).toEqual([{ actions: READ, resources: ['arn:data', resource] }]);
  },
);

test('The objects of a manifest can be anywhere in the bucket, so that a job can read all of them', () => {
  TrainingInput.fromManifest(bucket, 'lists/train.json').bind(stack, role);
  TransformInput.fromManifest(bucket, 'lists/transform.json')._bind(role);
  expect(grants()).toEqual([{ actions: READ, resources: ['arn:data', 'arn:data/*'] }]);
});

test('The checkpoints, TensorBoard logs and profiler output of a training job have URIs and permissions for the same folders', () => {
  new TrainingJob(stack, 'Train', {
    image: image(),
    resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
    output: TrainingOutput.toBucket(bucket, '/models/'),
    checkpoints: { location: S3Location.fromBucket(bucket, '/checkpoints/') },
    tensorBoard: { location: S3Location.fromBucket(bucket, '/logs') },
    profiler: Profiler.toBucket(bucket, 'profiles/'),
  });
  expect(startJson(stack, 'Custom::SageMakerTrainingJob', 'Request')).toMatchObject({
    OutputDataConfig: { S3OutputPath: 's3://data/models' },
    CheckpointConfig: { S3Uri: 's3://data/checkpoints/' },
    TensorBoardOutputConfig: { S3OutputPath: 's3://data/logs' },
    ProfilerConfig: { S3OutputPath: 's3://data/profiles' },
  });
  expect(grants('TrainRole')).toEqual([
    { actions: WRITE, resources: ['arn:data/models/*'] },
    { actions: READ_WRITE, resources: ['arn:data', 'arn:data/checkpoints/*'] },
    { actions: WRITE, resources: ['arn:data/logs/*'] },
    { actions: WRITE, resources: ['arn:data/profiles/*'] },
  ]);
});

/** The error about a key of an object; undefined if there is none. */
function keyError(key: string, keysBucket: s3.IBucket = bucket): string | undefined {
  try {
    new S3Object(keysBucket, key);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** A bucket whose name is only known at deployment. */
const newBucket = (): s3.IBucket => new s3.Bucket(stack, 'New');

describe('The key of an S3 object', () => {
  test.each([
    ['a key in a folder', 'models/model.bin'],
    ['a key that contains "//"', 'models//model.bin'],
    ['a key whose URI has 1024 characters', 'a'.repeat(1024 - 's3://data/'.length)],
    ['a token', new CfnParameter(newStack(), 'Key').valueAsString],
  ])('can be %s', (_, key) => {
    expect(keyError(key)).toBeUndefined();
  });

  test.each([
    ['empty', '', '`objectKey` must not be empty'],
    ['with a leading "/"', '/model.bin', '`objectKey` must not start with "/", got: "/model.bin"'],
    ['that is a URI', 's3://data/model.bin', '`objectKey` must be a key in the bucket, not a URI'],
    [
      'with a line break',
      'a\nb',
      '`objectKey (S3 URI)` must be an S3 URI without a line break, got: "s3://data/a\\nb"',
    ],
    [
      'whose URI has 1025 characters',
      'a'.repeat(1025 - 's3://data/'.length),
      '`objectKey (S3 URI)` must have at most 1024 characters, got 1025',
    ],
  ])('%s is rejected', (_, key, error) => {
    expect(keyError(key)).toContain(error);
  });

  test('in a bucket with an unknown name is rejected if its URI is too long with every name, of which 3 characters is the shortest', () => {
    const rest = 's3://abc/'.length;
    expect(keyError('a'.repeat(1024 - rest), newBucket())).toBeUndefined();
    expect(keyError('a'.repeat(1025 - rest), bucket)).toContain('got 1026');
  });

  test('with a token in it is rejected if the other parts are too long', () => {
    const parameter = new CfnParameter(stack, 'Part').valueAsString;
    expect(keyError(`${parameter}/${'a'.repeat(1000)}`)).toBeUndefined();
    expect(keyError(`${parameter}/${'a'.repeat(1020)}`)).toContain('must have at most 1024 characters');
  });
});

describe('The key prefix of an S3 location', () => {
  const location = (keyPrefix: string) => S3Location.fromBucket(bucket, keyPrefix);

  test.each([
    ['with a URI of 1024 characters without the "/" at its end', `${'a'.repeat(1024 - 's3://data/'.length)}/`],
    ['with "//" in it', 'a//b/'],
  ])('%s is accepted', (_, keyPrefix) => {
    expect(() => location(keyPrefix)).not.toThrow();
  });

  test.each([
    ['that is a URI', 's3://data/train/', 'S3 location: `keyPrefix` must be a key in the bucket, not a URI'],
    ['that is a URI after a "/"', '/s3://data/train/', 'not a URI'],
    ['with a URI of 1025 characters', 'a'.repeat(1025 - 's3://data/'.length), 'at most 1024 characters, got 1025'],
    ['with a line break', 'a\u0085b', 'must be an S3 URI without a line break'],
  ])('%s is rejected', (_, keyPrefix, error) => {
    expect(errorOf(() => location(keyPrefix))).toContain(error);
  });
});

describe.each<[string, (keyPrefix: string) => unknown]>([
  ['A training input', (keyPrefix) => TrainingInput.fromBucket(bucket, keyPrefix)],
  ['The manifest of a training input', (objectKey) => TrainingInput.fromManifest(bucket, objectKey)],
  ['A transform input', (keyPrefix) => TransformInput.fromBucket(bucket, keyPrefix)],
  ['The manifest of a transform input', (objectKey) => TransformInput.fromManifest(bucket, objectKey)],
  ['A training output', (keyPrefix) => TrainingOutput.toBucket(bucket, keyPrefix)],
  ['A transform output', (keyPrefix) => TransformOutput.toBucket(bucket, keyPrefix)],
])('%s', (_, make) => {
  test('is rejected if its key contains "//", which a job cannot download', () => {
    expect(errorOf(() => make('train//x'))).toMatch(/`(keyPrefix|objectKey)` must not contain "\/\/"/);
  });

  test('is accepted with a "/" at its start, which is removed', () => {
    expect(() => make('//train/x')).not.toThrow();
  });
});

describe('The limit of 512 characters of a destination', () => {
  const destination = (length: number): S3Location =>
    S3Location.fromBucket(bucket, `${'a'.repeat(length - 's3://data/'.length)}/`);
  const model = () => new Model(stack, 'Model', { image: image() });
  const config = (props: Partial<EndpointConfigProps>, options: Partial<InstanceVariantOptions> = {}) =>
    new EndpointConfig(stack, 'Config', {
      variants: [
        ProductionVariant.instances('main', { model: model(), instanceType: InstanceType.ML_C7I_LARGE, ...options }),
      ],
      ...props,
    });
  const input = () => S3Location.fromBucket(bucket, 'in');

  test.each<[string, (location: S3Location) => unknown, string]>([
    ['data capture', (location) => config({ dataCapture: { destination: location } }), 'dataCapture.destination'],
    ['core dumps', (location) => config({}, { coreDump: { destination: location } }), 'coreDump.destination'],
    ['responses', (output) => config({ asyncInference: { input: input(), output } }), 'asyncInference.output'],
    [
      'failures',
      (failure) => config({ asyncInference: { input: input(), output: input(), failure } }),
      'asyncInference.failure',
    ],
  ])('applies to %s', (_, make, property) => {
    expect(() => make(destination(512))).not.toThrow();
    stack = newStack();
    expect(errorOf(() => make(destination(513)))).toContain(
      `\`${property} (S3 URI)\` must have at most 512 characters, got 513`,
    );
  });
});
