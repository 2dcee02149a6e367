import { Duration, Size, type Stack, Tags, aws_iam as iam, aws_kms as kms, aws_s3 as s3 } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import {
  AssembleWith,
  BatchStrategy,
  ContentCompression,
  InstanceType,
  JobWait,
  JoinSource,
  Model,
  Processor,
  S3Location,
  SplitType,
  TransformAmi,
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
  PlainImage,
} from '../stacks';

const TYPE = 'Custom::SageMakerTransformJob';
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
  return startJson(stack, TYPE, 'Request');
}

describe('TransformJob', () => {
  test('renders the required members of the request', () => {
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

  test('renders all optional properties', () => {
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

  test('grants the role of its model permission to read the input and to write the output, and starts afterwards', () => {
    const stack = newStack();
    score(stack, { dataCapture: { destination: S3Location.fromBucket(DATA, 'captured/') } });
    const statements = JSON.stringify(statementsOf(stack, 'ModelRole'));
    for (const path of ['data/in/*', 'data/out/*', 'data/captured/*']) expect(statements).toContain(path);
    Template.fromStack(stack).hasResource(TYPE, {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^ModelRoleDefaultPolicy')]),
    });
  });

  test('starts after an existing role of its model has its permissions', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Existing', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    score(stack, { model: new Model(stack, 'Own', { image: image(), role }) });
    Template.fromStack(stack).hasResource(TYPE, {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^ExistingDefaultPolicy')]),
    });
  });

  test('adds a warning if the role of its model is unknown', () => {
    const stack = newStack();
    score(stack, { model: Model.fromModelName(stack, 'Imported', 'churn') });
    expect(startJson(stack, TYPE, 'Request').ModelName).toBe('churn');
    Annotations.fromStack(stack).hasWarning(
      '*',
      Match.stringLikeRegexp(
        'The execution role of model Stack/Imported is unknown: grant it permission to read the input',
      ),
    );
  });

  test('is created by the handler with permission for the names of the job only, and without passing a role', () => {
    const stack = placedStack();
    score(stack);
    const { Prefix } = onlyResource(stack, TYPE);
    const statements = statementsOf(stack, 'SageMakerJobsRole');
    expect(statements).toContainEqual({
      Effect: 'Allow',
      Action: ['sagemaker:CreateTransformJob', 'sagemaker:AddTags'],
      Resource: {
        'Fn::Join': [
          '',
          ['arn:', { Ref: 'AWS::Partition' }, `:sagemaker:${REGION}:${ACCOUNT}:transform-job/${Prefix as string}--*`],
        ],
      },
    });
    expect(JSON.stringify(statements)).not.toContain('iam:PassRole');
  });

  test('lets the deployment wait for 12 hours by default, for the time of `wait`, or not at all', () => {
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

  test('has an experiment and an AMI, which are not part of its identity', () => {
    const props = {
      experiment: { experimentName: 'churn', trialName: 'first' },
      resources: TransformResources.of(InstanceType.ML_M5_XLARGE, { ami: TransformAmi.AL2_GPU_535 }),
    };
    expect(requestOf(props)).toMatchObject({
      ExperimentConfig: { ExperimentName: 'churn', TrialName: 'first' },
      TransformResources: { TransformAmiVersion: 'al2-ami-sagemaker-batch-gpu-535' },
    });
    const [plain, changed] = [newStack(), newStack()];
    score(plain);
    score(changed, props);
    expect(startJson(changed, TYPE, 'Identity')).toEqual(startJson(plain, TYPE, 'Identity'));
    expect(errorOf(() => TransformAmi.of('al2_ami'))).toContain('Transform AMI: `version` must match');
  });

  test('changes its identity if the model or the request changes, and not if tags or timeouts change', () => {
    const ids = (props: (stack: Stack) => Partial<TransformJobProps> = () => ({})): string[] => {
      const stack = newStack();
      score(stack, props(stack));
      Tags.of(stack).add('team', Object.keys(props(newStack())).join(' '));
      return Object.keys(Template.fromStack(stack).findResources(TYPE));
    };
    expect(ids(() => ({ invocationTimeout: Duration.minutes(1) }))).toEqual(ids());
    expect(ids(() => ({ environment: { A: '1' } }))).not.toEqual(ids());
    expect(ids(() => ({ revision: '2' }))).not.toEqual(ids());
    expect(ids((stack) => ({ model: new Model(stack, 'Other', { image: image('2') }) }))).not.toEqual(ids());
  });

  test('matches EventBridge events by the prefix of its name', () => {
    const stack = newStack();
    score(stack, { transformJobName: 'nightly' }).onFailed('Failed');
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'detail-type': ['SageMaker Transform Job State Change'],
        detail: {
          TransformJobName: [{ prefix: Match.stringLikeRegexp('^stack-[0-9a-z]{4}-nightly--$') }],
          TransformJobStatus: ['Failed'],
        },
      },
    });
  });
});

describe('The validation of a transform job', () => {
  test.each<[string, Partial<TransformJobProps>, string]>([
    [
      'concurrent requests of more than 100 MiB in total',
      { maxConcurrentTransforms: 11, maxPayload: Size.mebibytes(10) },
      '`maxConcurrentTransforms` times `maxPayload` must be at most 100 MiB, got 11 times 10 MiB',
    ],
    [
      'a request of more than 100 MiB',
      { maxPayload: Size.mebibytes(101) },
      '`maxConcurrentTransforms` times `maxPayload` must be at most 100 MiB, got 1 times 101 MiB',
    ],
    [
      'a batch strategy for an input that is not split',
      { batchStrategy: BatchStrategy.SINGLE_RECORD },
      '`batchStrategy`',
    ],
    ['an experiment with an invalid name', { experiment: { runName: 'my run' } }, '`experiment.runName` must'],
    [
      'a filter of more than 63 characters',
      { dataProcessing: { inputFilter: '$'.repeat(64) } },
      '`dataProcessing.inputFilter` must have at most 63 characters, got 64',
    ],
    [
      'more than 16 environment variables',
      { environment: Object.fromEntries([...Array(17).keys()].map((index) => [`V${index}`, ''])) },
      '`environment` must have at most 16 entries, got 17',
    ],
    [
      'a request timeout of 2 hours',
      { invocationTimeout: Duration.hours(2) },
      '`invocationTimeout (seconds)` must be 1 to 3600',
    ],
    ['an invalid name', { transformJobName: 'a_b' }, '`transformJobName` must start and end'],
    [
      'a name of more than 35 characters',
      { transformJobName: 'a'.repeat(36) },
      '`transformJobName` must have at most 35 characters',
    ],
  ])('rejects %s', (_, props, message) => {
    expect(errorOf(() => score(newStack(), props))).toContain(message);
  });

  test('lists all errors in one message', () => {
    const message = errorOf(() => score(newStack(), { maxPayload: Size.mebibytes(200), invocationMaxRetries: 9 }));
    expect(message).toContain('Transform job Stack/Score has 2 validation errors');
  });

  test('rejects an instance type without a GPU for a GPU image', () => {
    const stack = newStack();
    const gpu = new PlainImage('example.com/gpu:1', { processor: Processor.GPU });
    const model = new Model(stack, 'Gpu', { image: gpu });
    expect(errorOf(() => score(stack, { model }))).toContain('`resources`: ml.m5.xlarge has no GPU');
  });
});

function modelId(): string {
  const stack = newStack();
  new Model(stack, 'Model', { image: image() });
  return Object.keys(Template.fromStack(stack).findResources('AWS::SageMaker::Model'))[0];
}
