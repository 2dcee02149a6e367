import { Duration, Size, type Stack, Tags, aws_iam as iam, aws_kms as kms, aws_s3 as s3 } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import {
  AssembleWith,
  BatchStrategy,
  ContainerImage,
  ContentCompression,
  InstanceType,
  JobWait,
  JoinSource,
  Model,
  Processor,
  S3Location,
  SplitType,
  TransformInput,
  TransformJob,
  type TransformJobProps,
  TransformOutput,
  TransformResources,
} from '../../lib';
import {
  ACCOUNT,
  REGION,
  errorOf,
  image,
  newStack,
  onlyResource,
  placedStack,
  startJson,
  statementsOf,
} from '../stacks';

const START = 'Custom::SageMakerTransformJob';
const CONDITION = 'AWS::CloudFormation::WaitCondition';
const DATA = s3.Bucket.fromBucketName(newStack(), 'data', 'data');
const RESOURCES = TransformResources.of(InstanceType.ML_M5_XLARGE);

function score(stack: Stack, props: Partial<TransformJobProps> = {}): TransformJob {
  return new TransformJob(stack, 'Score', {
    model: new Model(stack, 'Model', { image: image() }),
    input: TransformInput.fromBucket(DATA, 'in/'),
    output: TransformOutput.toBucket(DATA, 'out'),
    resources: RESOURCES,
    ...props,
  });
}

function requestOf(props: Partial<TransformJobProps> = {}): Record<string, unknown> {
  const stack = newStack();
  score(stack, props);
  return startJson(stack, START, 'Request');
}

describe('A transform job', () => {
  test('asks for the least that the service needs', () => {
    expect(requestOf()).toEqual({
      ModelName: "{'Fn::GetAtt':['Model2AAC9E6D','ModelName']}".replace('Model2AAC9E6D', modelId()),
      TransformInput: {
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/in/' } },
        CompressionType: 'None',
        SplitType: 'None',
      },
      TransformOutput: { S3OutputPath: 's3://data/out', AssembleWith: 'None' },
      TransformResources: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1 },
    });
  });

  test('asks for everything else that is set', () => {
    const key = kms.Key.fromKeyArn(newStack(), 'Key', `arn:aws:kms:${REGION}:${ACCOUNT}:key/1`);
    expect(
      requestOf({
        input: TransformInput.fromManifest(DATA, 'm.json', {
          contentType: 'text/csv',
          splitType: SplitType.LINE,
          compression: ContentCompression.GZIP,
        }),
        output: TransformOutput.toBucket(DATA, 'out/', {
          accept: 'application/json',
          assembleWith: AssembleWith.LINE,
          encryptionKey: key,
        }),
        resources: TransformResources.of(InstanceType.ML_M5_XLARGE, { instanceCount: 3, volumeEncryptionKey: key }),
        batchStrategy: BatchStrategy.MULTI_RECORD,
        maxConcurrentTransforms: 10,
        maxPayload: Size.mebibytes(10),
        environment: { A: '1' },
        dataProcessing: { inputFilter: '$[1:]', outputFilter: '$[0,-1]', joinSource: JoinSource.INPUT },
        dataCapture: {
          destination: S3Location.fromBucket(DATA, 'captured/'),
          encryptionKey: key,
          generateInferenceId: true,
        },
        invocationTimeout: Duration.minutes(20),
        invocationMaxRetries: 0,
      }),
    ).toMatchObject({
      TransformInput: {
        DataSource: { S3DataSource: { S3DataType: 'ManifestFile', S3Uri: 's3://data/m.json' } },
        ContentType: 'text/csv',
        CompressionType: 'Gzip',
        SplitType: 'Line',
      },
      TransformOutput: {
        S3OutputPath: 's3://data/out',
        Accept: 'application/json',
        AssembleWith: 'Line',
        KmsKeyId: key.keyArn,
      },
      TransformResources: { InstanceCount: 3, VolumeKmsKeyId: key.keyArn },
      BatchStrategy: 'MultiRecord',
      MaxConcurrentTransforms: 10,
      MaxPayloadInMB: 10,
      Environment: { A: '1' },
      DataProcessing: { InputFilter: '$[1:]', OutputFilter: '$[0,-1]', JoinSource: 'Input' },
      DataCaptureConfig: { DestinationS3Uri: 's3://data/captured/', KmsKeyId: key.keyArn, GenerateInferenceId: true },
      ModelClientConfig: { InvocationsTimeoutInSeconds: 1200, InvocationsMaxRetries: 0 },
    });
  });

  test('lets the role of its model read the data and write the answers, and starts when it may', () => {
    const stack = newStack();
    score(stack, { dataCapture: { destination: S3Location.fromBucket(DATA, 'captured/') } });
    const statements = JSON.stringify(statementsOf(stack, 'ModelRole'));
    for (const path of ['data/in/*', 'data/out/*', 'data/captured/*']) expect(statements).toContain(path);
    Template.fromStack(stack).hasResource(START, {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^ModelRoleDefaultPolicy')]),
    });
  });

  test('starts when a role that the user gave the model has all its rights, too', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Given', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    score(stack, { model: new Model(stack, 'Own', { image: image(), role }) });
    Template.fromStack(stack).hasResource(START, {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^GivenDefaultPolicy')]),
    });
  });

  test('of a model whose role is not known says what that role must be given', () => {
    const stack = newStack();
    score(stack, { model: Model.fromModelName(stack, 'Imported', 'churn') });
    expect(startJson(stack, START, 'Request').ModelName).toBe('churn');
    Annotations.fromStack(stack).hasWarning(
      '*',
      Match.stringLikeRegexp('The role of model Stack/Imported is not known here: let it read the input'),
    );
  });

  test('is created by the handler under its own names, with no role to pass on', () => {
    const stack = placedStack();
    score(stack);
    const { Prefix } = onlyResource(stack, START);
    const statements = statementsOf(stack, 'SageMakerJobsRole');
    expect(statements).toContainEqual({
      Effect: 'Allow',
      Action: ['sagemaker:CreateTransformJob', 'sagemaker:AddTags'],
      Resource: {
        'Fn::Join': [
          '',
          ['arn:', { Ref: 'AWS::Partition' }, `:sagemaker:${REGION}:${ACCOUNT}:transform-job/${Prefix as string}-*`],
        ],
      },
    });
    expect(JSON.stringify(statements)).not.toContain('iam:PassRole');
  });

  test('is waited for up to twelve hours, as long as is said, or not at all', () => {
    const timeouts = (wait?: JobWait): unknown[] => {
      const stack = newStack();
      score(stack, { wait });
      return Object.values(Template.fromStack(stack).findResources(CONDITION)).map(
        ({ Properties }) => (Properties as { Timeout: string }).Timeout,
      );
    };
    expect(timeouts()).toEqual(['43200']);
    expect(timeouts(JobWait.upTo(Duration.hours(2)))).toEqual(['7200']);
    expect(timeouts(JobWait.none())).toEqual([]);
  });

  test('is another one when the model or what it is asked changes, and the same when tags or patience do', () => {
    const ids = (props: (stack: Stack) => Partial<TransformJobProps> = () => ({})): string[] => {
      const stack = newStack();
      score(stack, props(stack));
      Tags.of(stack).add('team', JSON.stringify(Object.keys(props(newStack()))));
      return Object.keys(Template.fromStack(stack).findResources(START));
    };
    expect(ids(() => ({ invocationTimeout: Duration.minutes(1) }))).toEqual(ids());
    expect(ids(() => ({ environment: { A: '1' } }))).not.toEqual(ids());
    expect(ids(() => ({ revision: '2' }))).not.toEqual(ids());
    expect(ids((stack) => ({ model: new Model(stack, 'Other', { image: image('2') }) }))).not.toEqual(ids());
  });

  test('tells of its end by the start of its name', () => {
    const stack = newStack();
    score(stack, { transformJobName: 'nightly' }).onFailed('Failed');
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'detail-type': ['SageMaker Transform Job State Change'],
        detail: {
          TransformJobName: [{ prefix: Match.stringLikeRegexp('^stack-[0-9a-f]{4}-nightly-$') }],
          TransformJobStatus: ['Failed'],
        },
      },
    });
  });
});

describe('A transform job is refused', () => {
  test.each<[string, Partial<TransformJobProps>, string]>([
    [
      'when more is in flight than a container may get',
      { maxConcurrentTransforms: 11, maxPayload: Size.mebibytes(10) },
      '`maxConcurrentTransforms` times `maxPayload` must be at most 100 MiB, got 11 times 10 MiB',
    ],
    [
      'when one request is larger than that',
      { maxPayload: Size.mebibytes(101) },
      '`maxConcurrentTransforms` times `maxPayload` must be at most 100 MiB, got 1 times 101 MiB',
    ],
    [
      'when records are batched that nothing splits',
      { batchStrategy: BatchStrategy.SINGLE_RECORD },
      '`batchStrategy` is about records: give the input a `splitType`',
    ],
    [
      'with a filter that is too long',
      { dataProcessing: { inputFilter: '$'.repeat(64) } },
      '`dataProcessing.inputFilter` must have at most 63 characters, got 64',
    ],
    [
      'with too many variables',
      { environment: Object.fromEntries([...Array(17).keys()].map((index) => [`V${index}`, ''])) },
      '`environment` must have at most 16 entries, got 17',
    ],
    ['with a request of two hours', { invocationTimeout: Duration.hours(2) }, '`invocationTimeout` must be 1 to 3600'],
    ['with a name that is none', { transformJobName: 'a_b' }, '`transformJobName` must start and end'],
    [
      'with too long a name',
      { transformJobName: 'a'.repeat(36) },
      '`transformJobName` must have at most 35 characters',
    ],
  ])('%s', (_, props, fault) => {
    expect(errorOf(() => score(newStack(), props))).toContain(fault);
  });

  test('with all its validation errors in one error', () => {
    const message = errorOf(() => score(newStack(), { maxPayload: Size.mebibytes(200), invocationMaxRetries: 9 }));
    expect(message).toContain('Transform job Stack/Score has 2 validation errors');
  });

  test('when its instances have no GPU and the image needs one', () => {
    const stack = newStack();
    const gpu = ContainerImage.fromRegistry('example.com/gpu:1', { processor: Processor.GPU });
    const model = new Model(stack, 'Gpu', { image: gpu });
    expect(errorOf(() => score(stack, { model }))).toContain('`resources`: ml.m5.xlarge has no GPU');
  });

  test.each([
    ['half an instance', 0.5, '`instanceCount` must be a whole number, got 0.5'],
    ['no instance', 0, '`instanceCount` must be at least 1, got 0'],
  ])('with %s', (_, instanceCount, fault) => {
    expect(errorOf(() => TransformResources.of(InstanceType.ML_M5_XLARGE, { instanceCount }))).toContain(fault);
  });
});

function modelId(): string {
  const stack = newStack();
  new Model(stack, 'Model', { image: image() });
  return Object.keys(Template.fromStack(stack).findResources('AWS::SageMaker::Model'))[0];
}
