import {
  App,
  Duration,
  Size,
  Stack,
  Tags,
  aws_ec2 as ec2,
  aws_iam as iam,
  aws_kms as kms,
  aws_s3 as s3,
} from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as path from 'node:path';
import {
  ContainerImage,
  ContentCompression,
  InputMode,
  InstanceType,
  JobWait,
  Model,
  ModelData,
  Processor,
  ProcessingInput,
  ProcessingJob,
  type ProcessingJobProps,
  ProcessingOutput,
  ProcessingResources,
  ProcessingUploadMode,
  S3DataDistribution,
  type S3Location,
  TrainingInput,
  TrainingJob,
  TrainingResources,
  TransformInput,
  TransformJob,
  TransformOutput,
  TransformResources,
} from '../../lib';
import {
  ACCOUNT,
  PlainImage,
  REGION,
  errorOf,
  image,
  newStack,
  onlyResource,
  placedStack,
  startJson,
  statementsOf,
} from '../stacks';

const TYPE = 'Custom::SageMakerProcessingJob';
const DATA = s3.Bucket.fromBucketName(newStack(), 'data', 'data');
const RESOURCES = ProcessingResources.of(InstanceType.ML_M5_XLARGE);

function process(stack: Stack, props: Partial<ProcessingJobProps> = {}, id = 'Prepare'): ProcessingJob {
  return new ProcessingJob(stack, id, { image: image(), resources: RESOURCES, ...props });
}

function requestOf(props: Partial<ProcessingJobProps> = {}): Record<string, unknown> {
  const stack = newStack();
  process(stack, props);
  return startJson(stack, TYPE, 'Request');
}

function startIds(props: (stack: Stack) => Partial<ProcessingJobProps> = () => ({})): string[] {
  const stack = newStack();
  process(stack, props(stack));
  return Object.keys(Template.fromStack(stack).findResources(TYPE));
}

describe('ProcessingJob', () => {
  test('renders the required members of the request', () => {
    expect(requestOf()).toEqual({
      AppSpecification: { ImageUri: 'example.com/algorithm:1' },
      RoleArn: expect.stringMatching(/^{'Fn::GetAtt':\['PrepareRole[0-9A-F]+','Arn'\]}$/) as string,
      ProcessingResources: {
        ClusterConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeSizeInGB: 30 },
      },
      // The deployment waits for 12 hours, of which 30 minutes are for start, download and upload.
      StoppingCondition: { MaxRuntimeInSeconds: 41_400 },
    });
  });

  test('renders all optional properties', () => {
    const stack = placedStack();
    const key = kms.Key.fromKeyArn(stack, 'Key', `arn:aws:kms:${REGION}:${ACCOUNT}:key/1`);
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['a'],
      privateSubnetIds: ['subnet-1'],
    });
    process(stack, {
      entrypoint: ['python3', '/prepare.py'],
      arguments: ['--rows', '10'],
      environment: { LOG_LEVEL: 'debug' },
      inputs: {
        raw: ProcessingInput.fromBucket(DATA, 'raw/'),
        listed: ProcessingInput.fromManifest(DATA, 'm.json', {
          localPath: '/opt/ml/processing/listed',
          inputMode: InputMode.PIPE,
          compression: ContentCompression.GZIP,
          distribution: S3DataDistribution.SHARDED_BY_S3_KEY,
        }),
      },
      outputs: {
        train: ProcessingOutput.toBucket(DATA, 'train/'),
        log: ProcessingOutput.toBucket(DATA, 'log', {
          localPath: '/opt/ml/processing/log',
          uploadMode: ProcessingUploadMode.CONTINUOUS,
        }),
      },
      outputEncryptionKey: key,
      resources: ProcessingResources.of(InstanceType.ML_M5_XLARGE, {
        instanceCount: 2,
        volumeSize: Size.gibibytes(100),
        volumeEncryptionKey: key,
      }),
      maxRuntime: Duration.hours(2),
      experiment: { experimentName: 'churn' },
      vpc,
      networkIsolation: true,
      encryptInterContainerTraffic: true,
    });
    expect(startJson(stack, TYPE, 'Request')).toMatchObject({
      AppSpecification: {
        ContainerEntrypoint: ['python3', '/prepare.py'],
        ContainerArguments: ['--rows', '10'],
      },
      Environment: { LOG_LEVEL: 'debug' },
      ProcessingInputs: [
        {
          InputName: 'listed',
          S3Input: {
            S3Uri: 's3://data/m.json',
            LocalPath: '/opt/ml/processing/listed',
            S3DataType: 'ManifestFile',
            S3InputMode: 'Pipe',
            S3DataDistributionType: 'ShardedByS3Key',
            S3CompressionType: 'Gzip',
          },
        },
        {
          InputName: 'raw',
          S3Input: {
            S3Uri: 's3://data/raw/',
            LocalPath: '/opt/ml/processing/input/raw',
            S3DataType: 'S3Prefix',
            S3InputMode: 'File',
            S3DataDistributionType: 'FullyReplicated',
          },
        },
      ],
      ProcessingOutputConfig: {
        Outputs: [
          {
            OutputName: 'log',
            S3Output: { S3Uri: 's3://data/log', LocalPath: '/opt/ml/processing/log', S3UploadMode: 'Continuous' },
          },
          {
            OutputName: 'train',
            S3Output: {
              S3Uri: 's3://data/train',
              LocalPath: '/opt/ml/processing/output/train',
              S3UploadMode: 'EndOfJob',
            },
          },
        ],
        KmsKeyId: key.keyArn,
      },
      ProcessingResources: {
        ClusterConfig: { InstanceCount: 2, VolumeSizeInGB: 100, VolumeKmsKeyId: key.keyArn },
      },
      StoppingCondition: { MaxRuntimeInSeconds: 7200 },
      ExperimentConfig: { ExperimentName: 'churn' },
      NetworkConfig: {
        EnableNetworkIsolation: true,
        EnableInterContainerTrafficEncryption: true,
        VpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: [expect.stringContaining('SecurityGroup') as string] },
      },
    });
  });

  test('runs on the first of several instance types that has capacity', () => {
    const types = [InstanceType.ML_M5_XLARGE, InstanceType.ML_M6I_XLARGE];
    const preferences = types.map((instanceType) => ({ instanceType }));
    const clusterOf = (resources: ProcessingResources): unknown =>
      (requestOf({ resources }).ProcessingResources as { ClusterConfig: unknown }).ClusterConfig;
    expect(clusterOf(ProcessingResources.preferring(preferences, { instanceCount: 2 }))).toEqual({
      InstancePreferences: [{ InstanceType: 'ml.m5.xlarge' }, { InstanceType: 'ml.m6i.xlarge' }],
      InstanceCount: 2,
      VolumeSizeInGB: 30,
    });
    const counted = preferences.map((preference, index) => ({ ...preference, instanceCount: index + 1 }));
    expect(clusterOf(ProcessingResources.preferring(counted))).toEqual({
      InstancePreferences: [
        { InstanceType: 'ml.m5.xlarge', InstanceCount: 1 },
        { InstanceType: 'ml.m6i.xlarge', InstanceCount: 2 },
      ],
      VolumeSizeInGB: 30,
    });
  });

  test('has a role with exactly the permissions that the job needs', () => {
    const stack = placedStack();
    process(stack, {
      inputs: { raw: ProcessingInput.fromBucket(DATA, 'raw/'), listed: ProcessingInput.fromManifest(DATA, 'm.json') },
      outputs: { train: ProcessingOutput.toBucket(DATA, 'train') },
    });
    const partition = ['arn:', { Ref: 'AWS::Partition' }];
    const s3Arn = (key: string): object => ({ 'Fn::Join': ['', [...partition, `:s3:::data${key}`]] });
    expect(statementsOf(stack, 'PrepareRole')).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
        Resource: {
          'Fn::Join': ['', [...partition, `:logs:${REGION}:${ACCOUNT}:log-group:/aws/sagemaker/ProcessingJobs:*`]],
        },
      },
      {
        Effect: 'Allow',
        Action: 'cloudwatch:PutMetricData',
        Resource: '*',
        Condition: { StringLike: { 'cloudwatch:namespace': '/aws/sagemaker/*' } },
      },
      { Effect: 'Allow', Action: ['s3:GetObject*', 's3:GetBucket*', 's3:List*'], Resource: [s3Arn(''), s3Arn('/*')] },
      {
        Effect: 'Allow',
        Action: ['s3:GetObject*', 's3:GetBucket*', 's3:List*'],
        Resource: [s3Arn(''), s3Arn('/raw/*')],
      },
      {
        Effect: 'Allow',
        Action: [
          's3:PutObject',
          's3:PutObjectLegalHold',
          's3:PutObjectRetention',
          's3:PutObjectTagging',
          's3:PutObjectVersionTagging',
          's3:Abort*',
        ],
        Resource: s3Arn('/train/*'),
      },
    ]);
  });

  test('lets its role use the keys of its outputs, of their bucket and of the volumes', () => {
    const stack = placedStack();
    const [outputs, volumes] = ['Outputs', 'Volumes'].map((id) => new kms.Key(stack, id));
    const bucket = new s3.Bucket(stack, 'Bucket', { encryptionKey: new kms.Key(stack, 'Objects') });
    process(stack, {
      outputs: { train: ProcessingOutput.toBucket(bucket, 'train') },
      outputEncryptionKey: outputs,
      resources: ProcessingResources.of(InstanceType.ML_M5_XLARGE, { volumeEncryptionKey: volumes }),
    });
    const statements = statementsOf(stack, 'PrepareRole') as { Action: string[]; Resource: unknown }[];
    const keyOf = (id: string): object => ({ 'Fn::GetAtt': [expect.stringMatching(`^${id}`) as string, 'Arn'] });
    const encrypt = ['kms:Decrypt', 'kms:Encrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'];
    expect(statements).toContainEqual({ Effect: 'Allow', Action: encrypt, Resource: keyOf('Outputs') });
    expect(statements).toContainEqual({ Effect: 'Allow', Action: encrypt, Resource: keyOf('Objects') });
    expect(statements).toContainEqual({
      Effect: 'Allow',
      Action: ['kms:CreateGrant', 'kms:DescribeKey'],
      Resource: keyOf('Volumes'),
    });
  });

  test('is created by the handler with permission for the names of the job only, and to pass its role to SageMaker', () => {
    const stack = placedStack();
    process(stack);
    const { Prefix } = onlyResource(stack, TYPE);
    const statements = statementsOf(stack, 'SageMakerJobsRole');
    expect(statements).toContainEqual({
      Effect: 'Allow',
      Action: ['sagemaker:CreateProcessingJob', 'sagemaker:AddTags'],
      Resource: {
        'Fn::Join': [
          '',
          ['arn:', { Ref: 'AWS::Partition' }, `:sagemaker:${REGION}:${ACCOUNT}:processing-job/${Prefix as string}--*`],
        ],
      },
    });
    expect(statements).toContainEqual({
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: { 'Fn::GetAtt': [expect.stringMatching('^PrepareRole') as string, 'Arn'] },
      Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    });
  });

  test('starts after its role has its permissions, also if the role is an existing one', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Existing', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    const job = process(stack, { role });
    expect(job.grantPrincipal).toBe(role.grantPrincipal);
    Template.fromStack(stack).hasResource(TYPE, {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^ExistingDefaultPolicy')]),
    });
  });

  test('lets the deployment wait for its maximum run time and 30 minutes, for the time of `wait`, or not at all', () => {
    const timesOf = (props: Partial<ProcessingJobProps>): unknown[] => {
      const stack = newStack();
      process(stack, props);
      const conditions = Template.fromStack(stack).findResources('AWS::CloudFormation::WaitCondition');
      const timeouts = Object.values(conditions).map(({ Properties }) => (Properties as { Timeout: string }).Timeout);
      return [startJson(stack, TYPE, 'Request').StoppingCondition, ...timeouts];
    };
    const limit = (MaxRuntimeInSeconds: number): object => ({ MaxRuntimeInSeconds });
    expect(timesOf({})).toEqual([limit(41_400), '43200']);
    expect(timesOf({ maxRuntime: Duration.hours(1) })).toEqual([limit(3600), '5400']);
    expect(timesOf({ wait: JobWait.upTo(Duration.hours(2)) })).toEqual([limit(5400), '7200']);
    expect(timesOf({ wait: JobWait.none() })).toEqual([limit(86_400)]);
  });

  test('changes its identity if the result can change, and not with role, network, tags, times or storage', () => {
    const bucket = (): ProcessingOutput => ProcessingOutput.toBucket(DATA, 'out');
    for (const props of [
      { environment: { A: '1' } },
      { arguments: ['a'] },
      { entrypoint: ['a'] },
      { revision: '2' },
      { image: image('2') },
      { inputs: { raw: ProcessingInput.fromBucket(DATA, 'raw/') } },
      { outputs: { train: bucket() } },
      { outputs: { train: ProcessingOutput.toNewBucket() } },
      { resources: ProcessingResources.of(InstanceType.ML_M5_XLARGE, { instanceCount: 2 }) },
    ])
      expect(startIds(() => props)).not.toEqual(startIds());
    const other = (stack: Stack): Partial<ProcessingJobProps> => {
      Tags.of(stack).add('team', 'fraud');
      return {
        role: iam.Role.fromRoleArn(stack, 'Other', `arn:aws:iam::${ACCOUNT}:role/other`),
        vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 1 }),
        networkIsolation: true,
        encryptInterContainerTraffic: true,
        maxRuntime: Duration.hours(1),
        experiment: { runName: 'first' },
        resources: ProcessingResources.of(InstanceType.ML_M5_XLARGE, { volumeSize: Size.gibibytes(50) }),
      };
    };
    expect(startIds(other)).toEqual(startIds());
  });

  test('keeps its identity while the image is built from an unchanged directory', () => {
    const stack = newStack();
    process(stack, { image: ContainerImage.fromAsset(path.join(__dirname, '..', 'fixtures', 'image')) });
    const { AppSpecification } = startJson(stack, TYPE, 'Identity') as { AppSpecification: { ImageUri: string } };
    expect(AppSpecification.ImageUri).not.toContain('Fn::Sub');
  });

  test('matches EventBridge events by the prefix of its name', () => {
    const stack = newStack();
    process(stack, { processingJobName: 'prepare' }).onFailed('Failed');
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'detail-type': ['SageMaker Processing Job State Change'],
        detail: {
          ProcessingJobName: [{ prefix: Match.stringLikeRegexp('^stack-[0-9a-z]{4}-prepare--$') }],
          ProcessingJobStatus: ['Failed'],
        },
      },
    });
  });

  test('has connections in its VPC, whose instances may communicate, and an error states how to get them', () => {
    const stack = newStack();
    const job = process(stack, { vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 1 }) });
    job.connections.allowToAnyIpv4(ec2.Port.tcp(443));
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      Description: 'Instances of one processing job',
    });
    expect(errorOf(() => process(newStack()).connections)).toBe(
      'Processing job Stack/Prepare has no connections: set `vpc`.',
    );
  });

  test('warns about an instance type that was unknown for processing', () => {
    const stack = newStack();
    process(stack, { resources: ProcessingResources.of(InstanceType.of('ml.new1.large')) });
    Annotations.fromStack(stack).hasWarning(
      '*',
      Match.stringLikeRegexp('Instance types for processing that were unknown'),
    );
  });
});

describe('The output of a processing job in a new bucket', () => {
  const outputs = { train: ProcessingOutput.toNewBucket(), test: ProcessingOutput.toNewBucket() };

  function uriOf(props: Partial<ProcessingJobProps> = {}): string {
    const { ProcessingOutputConfig } = requestOf({ outputs, ...props }) as {
      ProcessingOutputConfig: { Outputs: { S3Output: { S3Uri: string } }[] };
    };
    return ProcessingOutputConfig.Outputs[0].S3Output.S3Uri;
  }

  test('is stored under a key prefix that changes with the identity of the job, in a bucket that is retained', () => {
    expect(uriOf()).toMatch(/\/processing\/[0-9a-f]{16}\/test$/);
    expect(uriOf()).toBe(uriOf({ maxRuntime: Duration.hours(1) }));
    expect(uriOf()).not.toBe(uriOf({ arguments: ['other'] }));
    const stack = newStack();
    process(stack, { outputs });
    Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 1);
    Template.fromStack(stack).hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Retain' });
  });

  test('changes its key prefix with an override of the request, which starts a new job', () => {
    const folders = [undefined, '2'].map((value) => {
      const stack = newStack();
      const job = process(stack, { outputs });
      if (value !== undefined) job.addRequestOverride('AppSpecification.ContainerArguments', [value]);
      const config = JSON.stringify(startJson(stack, TYPE, 'Request').ProcessingOutputConfig);
      return /[0-9a-f]{16}/.exec(config)?.[0];
    });
    expect(folders[0]).not.toBe(folders[1]);
  });

  test('is written with a permission that stays the same when the job changes', () => {
    const policyOf = (props: Partial<ProcessingJobProps>): unknown => {
      const stack = newStack();
      process(stack, { outputs, ...props });
      return statementsOf(stack, 'PrepareRole');
    };
    expect(policyOf({ arguments: ['other'] })).toEqual(policyOf({}));
    expect(JSON.stringify(policyOf({}))).toContain('/processing/*');
  });
});

describe('The S3 location of an output', () => {
  const outputs = { train: ProcessingOutput.toBucket(DATA, 'train') };

  function train(stack: Stack, location: S3Location): TrainingJob {
    return new TrainingJob(stack, 'Train', {
      image: image(),
      inputs: { train: TrainingInput.fromLocation(location) },
      resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
    });
  }

  test('includes the objects of the output only, and not those of another one with a similar name', () => {
    const job = process(newStack(), { outputs });
    expect(job.output('train').uri).toBe('s3://data/train/');
  });

  test.each<[string, (location: S3Location) => (stack: Stack) => void, string]>([
    ['A training job', (location) => (stack) => train(stack, location), 'Custom::SageMakerTrainingJob'],
    [
      'Another processing job',
      (location) => (stack) => process(stack, { inputs: { raw: ProcessingInput.fromLocation(location) } }, 'Evaluate'),
      TYPE,
    ],
    [
      'A transform job',
      (location) => (stack) =>
        new TransformJob(stack, 'Score', {
          model: Model.fromModelName(stack, 'Model', 'churn'),
          input: TransformInput.fromLocation(location),
          output: TransformOutput.toBucket(DATA, 'scores'),
          resources: TransformResources.of(InstanceType.ML_M5_XLARGE),
        }),
      'Custom::SageMakerTransformJob',
    ],
  ])('makes its readers start after the end of the job: %s', (_, read, type) => {
    const stack = newStack();
    read(process(stack, { outputs }).output('train'))(stack);
    Template.fromStack(stack).hasResource(type, {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^PrepareJobCondition')]),
    });
  });

  test('starts a new training job when the processing job changes', () => {
    const idOf = (props: Partial<ProcessingJobProps>): string[] => {
      const stack = newStack();
      train(stack, process(stack, { outputs: { train: ProcessingOutput.toNewBucket() }, ...props }).output('train'));
      return Object.keys(Template.fromStack(stack).findResources('Custom::SageMakerTrainingJob'));
    };
    expect(idOf({ arguments: ['other'] })).not.toEqual(idOf({}));
    expect(idOf({ maxRuntime: Duration.hours(1) })).toEqual(idOf({}));
  });

  test('is read by a job with the same role, without a circular dependency', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Shared', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    const location = process(stack, { outputs, role }).output('train');
    process(stack, { role, inputs: { raw: ProcessingInput.fromLocation(location) } }, 'Evaluate');
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('is rejected in the stack of a job for which the deployment does not wait, and used in a later stack', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const location = process(stack, { outputs, wait: JobWait.none() }).output('train');
    expect(errorOf(() => train(stack, location))).toContain(
      'Output "train" of processing job Stack/Prepare must not be used in its stack: with JobWait.none()',
    );
    const later = new Stack(app, 'Later');
    train(later, location);
    app.synth();
    expect(later.dependencies).toEqual([stack]);
  });

  test('of an unknown output is an error that lists the outputs', () => {
    expect(errorOf(() => process(newStack(), { outputs }).output('test'))).toBe(
      'Processing job Stack/Prepare: `name` must be the name of one of its outputs (train), got: "test"',
    );
  });
});

describe('A processing input', () => {
  test('from a local file is uploaded, and its content is part of the identity', () => {
    const stack = placedStack();
    process(stack, { inputs: { code: ProcessingInput.fromAsset(__filename) } });
    const { ProcessingInputs } = startJson(stack, TYPE, 'Request') as {
      ProcessingInputs: { S3Input: { S3Uri: string } }[];
    };
    expect(ProcessingInputs[0].S3Input.S3Uri).toMatch(/[0-9a-f]{64}\.ts$/);
    expect(JSON.stringify(statementsOf(stack, 'PrepareRole'))).toMatch(/[0-9a-f]{64}\.ts"/);
  });

  test('from the model data of a training job is read after the end of that job', () => {
    const stack = newStack();
    const { modelData } = new TrainingJob(stack, 'Train', {
      image: image(),
      resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
    });
    process(stack, { inputs: { model: ProcessingInput.fromModelData(modelData) } });
    Template.fromStack(stack).hasResource(TYPE, {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^TrainJobCondition')]),
    });
    expect(JSON.stringify(startJson(stack, TYPE, 'Request').ProcessingInputs)).toContain('ModelDataUrl');
  });

  test('from an archive is the object of the archive', () => {
    const archive = ModelData.fromObject(DATA, 'churn/model.tar.gz');
    expect(requestOf({ inputs: { model: ProcessingInput.fromModelData(archive) } })).toMatchObject({
      ProcessingInputs: [{ InputName: 'model', S3Input: { S3Uri: 's3://data/churn/model.tar.gz' } }],
    });
  });

  test.each([
    ['FastFile mode', { inputMode: InputMode.FAST_FILE }, '`inputMode` must be InputMode.FILE or InputMode.PIPE'],
    [
      'Gzip in File mode',
      { compression: ContentCompression.GZIP },
      '`compression` Gzip is supported in Pipe mode only',
    ],
    ['a path elsewhere', { localPath: '/data' }, '`localPath` must be a path below /opt/ml/processing/'],
    ['the directory itself', { localPath: '/opt/ml/processing/' }, '`localPath` must be a path below'],
    ['a path that leads out', { localPath: '/opt/ml/processing/../model' }, '`localPath` must be a path below'],
  ])('is rejected with %s', (_, options, message) => {
    expect(errorOf(() => ProcessingInput.fromBucket(DATA, 'raw/', options))).toContain(message);
  });

  test.each([
    ['does not exist', 'missing.csv', '`file` does not exist'],
    ['is a directory', __dirname, '`file` must be a file'],
  ])('from a file that %s is rejected', (_, file, message) => {
    expect(errorOf(() => ProcessingInput.fromAsset(file))).toContain(message);
  });
});

test('A processing output elsewhere in the container is rejected', () => {
  expect(errorOf(() => ProcessingOutput.toBucket(DATA, 'out', { localPath: '/tmp/out' }))).toContain(
    'Processing output: `localPath` must be a path below /opt/ml/processing/',
  );
});

describe('The validation of a processing job', () => {
  const many = (count: number): string[] => [...Array(count).keys()].map((index) => `n${index}`);
  const inputs = (names: string[]): Record<string, ProcessingInput> =>
    Object.fromEntries(names.map((name) => [name, ProcessingInput.fromBucket(DATA, 'raw/')]));
  const localPath = '/opt/ml/processing/data';

  test.each<[string, Partial<ProcessingJobProps>, string]>([
    ['more than 10 inputs', { inputs: inputs(many(11)) }, '`inputs` must have at most 10 entries, got 11'],
    [
      'a name that is not the name of a folder',
      { inputs: inputs(['a/b']) },
      '`inputs` key must be the name of a folder, since it is part of the path in the container, got: "a/b"',
    ],
    [
      'an input and an output with the same path',
      {
        inputs: { data: ProcessingInput.fromBucket(DATA, 'raw/', { localPath }) },
        outputs: { data: ProcessingOutput.toBucket(DATA, 'out', { localPath: `${localPath}/` }) },
      },
      '`localPath` must be unique, got more than one "/opt/ml/processing/data"',
    ],
    ['an empty entrypoint', { entrypoint: [] }, '`entrypoint` must have 1 to 100 entries, got 0'],
    ['a long argument', { arguments: ['a'.repeat(257)] }, '`arguments[0]` must have at most 256 characters'],
    ['an invalid name of a variable', { environment: { '1A': '' } }, '`environment key "1A"` must be a variable name'],
    [
      'a maximum run time of more than 9 days',
      { maxRuntime: Duration.days(10), wait: JobWait.none() },
      '`maxRuntime (seconds)` must be 1 to 777600',
    ],
    [
      'a maximum run time for which the deployment cannot wait',
      { maxRuntime: Duration.hours(13) },
      '`maxRuntime` must be at most 11 hours 30 minutes if the deployment waits',
    ],
    [
      'an image in a private registry',
      { image: ContainerImage.fromPrivateRegistry('registry.example.com/a:1') },
      '`image` must not be in a private registry',
    ],
    [
      'an instance type without a GPU for a GPU image',
      { image: new PlainImage('example.com/gpu:1', { processor: Processor.GPU }) },
      '`resources`: ml.m5.xlarge has no GPU',
    ],
    ['subnets without a VPC', { vpcSubnets: {} }, '`vpcSubnets` and `securityGroups` require `vpc`'],
    ['an invalid name', { processingJobName: 'a_b' }, '`processingJobName` must start and end'],
    ['an invalid experiment', { experiment: { runName: 'my run' } }, '`experiment.runName` must'],
  ])('rejects %s', (_, props, message) => {
    expect(errorOf(() => process(newStack(), props))).toContain(message);
  });

  test('lists all errors in one message', () => {
    const message = errorOf(() => process(newStack(), { entrypoint: [], arguments: [] }));
    expect(message).toContain('Processing job Stack/Prepare has 2 validation errors');
  });

  test.each<[string, () => unknown, string]>([
    [
      'more than 100 instances',
      () => ProcessingResources.of(InstanceType.ML_M5_XLARGE, { instanceCount: 101 }),
      '`instanceCount` must be 1 to 100, got 101',
    ],
    [
      'a fraction of a gibibyte',
      () => ProcessingResources.of(InstanceType.ML_M5_XLARGE, { volumeSize: Size.mebibytes(1500) }),
      '`volumeSize (GiB)` must be a whole number',
    ],
    [
      'a volume key for local storage',
      () =>
        ProcessingResources.of(InstanceType.ML_G5_XLARGE, {
          volumeEncryptionKey: kms.Key.fromKeyArn(newStack(), 'Key', `arn:aws:kms:${REGION}:${ACCOUNT}:key/1`),
        }),
      '`volumeEncryptionKey` is not supported for ml.g5.xlarge',
    ],
    ['no preferred instance type', () => ProcessingResources.preferring([]), '`preferences` must have 1 to 5 entries'],
    [
      'the same preferred instance type twice',
      () =>
        ProcessingResources.preferring([
          { instanceType: InstanceType.ML_M5_XLARGE },
          { instanceType: InstanceType.ML_M5_XLARGE },
        ]),
      '`preferences` must be unique',
    ],
    [
      'a number of instances for some of the preferred types',
      () =>
        ProcessingResources.preferring([
          { instanceType: InstanceType.ML_M5_XLARGE, instanceCount: 1 },
          { instanceType: InstanceType.ML_M6I_XLARGE },
        ]),
      '`instanceCount` must be set for all of `preferences`, or for none of them',
    ],
    [
      'a number of instances both for each and for all preferred types',
      () =>
        ProcessingResources.preferring([{ instanceType: InstanceType.ML_M5_XLARGE, instanceCount: 1 }], {
          instanceCount: 2,
        }),
      '`instanceCount` must not be set both in `preferences` and for all of them',
    ],
  ])('rejects resources with %s', (_, make, message) => {
    expect(errorOf(make)).toContain(message);
  });
});
