import {
  App,
  CfnParameter,
  Duration,
  Size,
  Stack,
  Tags,
  aws_ec2 as ec2,
  aws_efs as efs,
  aws_events_targets as targets,
  aws_kms as kms,
  aws_lambda as lambda,
  aws_s3 as s3,
  aws_sns as sns,
} from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  Algorithm,
  AlgorithmImages,
  Channel,
  ContainerImage,
  Hyperparameter,
  InputMode,
  FileSystemAccessMode,
  InstanceType,
  JobWait,
  MetricDefinition,
  Model,
  Profiler,
  S3DataDistribution,
  S3Location,
  TrainingInput,
  TrainingJob,
  type TrainingJobProps,
  TrainingOutput,
  TrainingOutputCompression,
  TrainingResources,
} from '../../lib';
import {
  ACCOUNT,
  REGION,
  errorOf,
  image,
  newAlgorithm,
  newStack,
  onlyResource,
  placedStack,
  startJson,
  statementsOf,
} from '../stacks';

const TYPE = 'Custom::SageMakerTrainingJob';
const CONDITION = 'AWS::CloudFormation::WaitCondition';
const RESOURCES = TrainingResources.of(InstanceType.ML_M5_XLARGE);

function bucket(stack: Stack, name = 'data'): s3.IBucket {
  return (stack.node.tryFindChild(name) as s3.IBucket | undefined) ?? s3.Bucket.fromBucketName(stack, name, name);
}

/** A training job with an image and an existing bucket. */
function imageJob(stack: Stack, props: Partial<TrainingJobProps> = {}): TrainingJob {
  const output = TrainingOutput.toBucket(bucket(stack, 'out'), 'models');
  return new TrainingJob(stack, 'Train', { image: image(), resources: RESOURCES, output, ...props });
}

/** A training job with an algorithm of the same stack. */
function algorithmJob(
  stack: Stack,
  props: Partial<TrainingJobProps> = {},
  algorithm = newAlgorithm(stack),
): TrainingJob {
  const inputs = { train: TrainingInput.fromBucket(bucket(stack), 'churn/train/', { contentType: 'text/csv' }) };
  return new TrainingJob(stack, 'Train', {
    algorithm,
    inputs,
    resources: RESOURCES,
    output: TrainingOutput.toBucket(bucket(stack, 'out'), 'models'),
    ...props,
  });
}

const jobJson = (stack: Stack, property: 'Request' | 'Identity' | 'Tags'): Record<string, unknown> =>
  startJson(stack, TYPE, property);

function fileSystem(): TrainingInput {
  const stack = newStack();
  const securityGroup = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0');
  const attributes = { fileSystemId: 'fs-0123456789abcdef0', securityGroup };
  return TrainingInput.fromEfs(efs.FileSystem.fromFileSystemAttributes(stack, 'Efs', attributes), '/train');
}

function requestOf(props: Partial<TrainingJobProps>): Record<string, unknown> {
  const stack = newStack();
  imageJob(stack, props);
  return jobJson(stack, 'Request');
}

function logicalIds(stack: Stack): string[] {
  const template = Template.fromStack(stack);
  return [TYPE, CONDITION, 'AWS::CloudFormation::WaitConditionHandle'].flatMap((type) =>
    Object.keys(template.findResources(type)),
  );
}

describe('TrainingJob', () => {
  test('renders the required members of the request for an image', () => {
    expect(requestOf({})).toEqual({
      AlgorithmSpecification: { TrainingImage: 'example.com/algorithm:1', TrainingInputMode: 'File' },
      RoleArn: expect.stringContaining('TrainRole') as unknown,
      OutputDataConfig: { S3OutputPath: 's3://out/models', CompressionType: 'GZIP' },
      ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeSizeInGB: 30 },
      StoppingCondition: { MaxRuntimeInSeconds: 41_400 },
    });
  });

  test('renders an algorithm by its name, with channels and hyperparameters', () => {
    const stack = newStack();
    const algorithm = newAlgorithm(stack);
    algorithmJob(stack, { hyperparameters: { max_depth: '8' } }, algorithm);
    expect(jobJson(stack, 'Request')).toMatchObject({
      AlgorithmSpecification: {
        AlgorithmName: stack.resolve(algorithm.algorithmName) as string,
        TrainingInputMode: 'File',
      },
      HyperParameters: { max_depth: '8' },
      InputDataConfig: [
        {
          ChannelName: 'train',
          ContentType: 'text/csv',
          InputMode: 'File',
          DataSource: {
            S3DataSource: {
              S3DataType: 'S3Prefix',
              S3Uri: 's3://data/churn/train/',
              S3DataDistributionType: 'FullyReplicated',
            },
          },
        },
      ],
    });
  });

  test('renders all optional properties', () => {
    const stack = newStack();
    const key = new kms.Key(stack, 'Key');
    imageJob(stack, {
      inputs: {
        pipe: TrainingInput.fromBucket(bucket(stack), 'a/', {
          inputMode: InputMode.PIPE,
          distribution: S3DataDistribution.SHARDED_BY_S3_KEY,
          recordIoWrapped: true,
          shuffleSeed: 7,
        }),
        manifest: TrainingInput.fromManifest(bucket(stack), 'm.json'),
        augmented: TrainingInput.fromAugmentedManifest(bucket(stack), 'a.json', {
          attributeNames: ['source-ref', 'label'],
        }),
      },
      resources: TrainingResources.of(InstanceType.ML_P3_2XLARGE, {
        instanceCount: 2,
        volumeSize: Size.gibibytes(100),
        volumeEncryptionKey: key,
      }),
      output: TrainingOutput.toBucket(bucket(stack, 'out'), 'models/', {
        encryptionKey: key,
        compression: TrainingOutputCompression.NONE,
      }),
      maxRuntime: Duration.hours(1),
      useSpotInstances: true,
      maxWaitTime: Duration.hours(2),
      checkpoints: { location: S3Location.fromBucket(bucket(stack), 'checkpoints/'), localPath: '/opt/ml/state' },
      maxRetryAttempts: 3,
      environment: { LOG: 'debug' },
      entrypoint: ['python', 'train.py'],
      arguments: ['--fast'],
      metrics: [MetricDefinition.of('auc', 'auc=(.*)')],
      encryptInterContainerTraffic: true,
      networkIsolation: true,
    });
    expect(jobJson(stack, 'Request')).toMatchObject({
      AlgorithmSpecification: {
        TrainingInputMode: 'Pipe',
        ContainerEntrypoint: ['python', 'train.py'],
        ContainerArguments: ['--fast'],
        MetricDefinitions: [{ Name: 'auc', Regex: 'auc=(.*)' }],
      },
      InputDataConfig: [
        {
          ChannelName: 'augmented',
          InputMode: 'Pipe',
          DataSource: {
            S3DataSource: { S3DataType: 'AugmentedManifestFile', AttributeNames: ['source-ref', 'label'] },
          },
        },
        {
          ChannelName: 'manifest',
          DataSource: { S3DataSource: { S3DataType: 'ManifestFile', S3Uri: 's3://data/m.json' } },
        },
        {
          ChannelName: 'pipe',
          InputMode: 'Pipe',
          RecordWrapperType: 'RecordIO',
          ShuffleConfig: { Seed: 7 },
          DataSource: { S3DataSource: { S3DataDistributionType: 'ShardedByS3Key' } },
        },
      ],
      OutputDataConfig: {
        S3OutputPath: 's3://out/models',
        CompressionType: 'NONE',
        KmsKeyId: expect.stringContaining('Key') as unknown,
      },
      ResourceConfig: {
        InstanceType: 'ml.p3.2xlarge',
        InstanceCount: 2,
        VolumeSizeInGB: 100,
        VolumeKmsKeyId: expect.stringContaining('Key') as unknown,
      },
      StoppingCondition: { MaxRuntimeInSeconds: 3600, MaxWaitTimeInSeconds: 7200 },
      EnableManagedSpotTraining: true,
      CheckpointConfig: { S3Uri: 's3://data/checkpoints/', LocalPath: '/opt/ml/state' },
      RetryStrategy: { MaximumRetryAttempts: 3 },
      Environment: { LOG: 'debug' },
      EnableInterContainerTrafficEncryption: true,
      EnableNetworkIsolation: true,
    });
  });

  test('renders monitoring, debugging and the experiment, which are not part of the identity', () => {
    const props: Partial<TrainingJobProps> = {
      tensorBoard: {
        location: S3Location.fromBucket(bucket(newStack(), 'events'), 'events/'),
        localPath: '/opt/ml/output/events',
      },
      profiler: Profiler.toBucket(bucket(newStack(), 'profile'), 'p/', {
        interval: Duration.seconds(5),
        parameters: { A: '1' },
      }),
      remoteDebug: true,
      experiment: { experimentName: 'churn', runName: 'first' },
      mlflow: {
        resourceArn: 'arn:aws:sagemaker:eu-west-1:111122223333:mlflow-tracking-server/churn',
        experimentName: 'churn',
        runName: 'first',
      },
      infraCheck: true,
      metricsTimeSeries: false,
      maxPendingTime: Duration.hours(1),
    };
    expect(requestOf(props)).toMatchObject({
      TensorBoardOutputConfig: { LocalPath: '/opt/ml/output/events', S3OutputPath: 's3://events/events/' },
      ProfilerConfig: {
        S3OutputPath: 's3://profile/p',
        ProfilingIntervalInMilliseconds: 5000,
        ProfilingParameters: { A: '1' },
      },
      RemoteDebugConfig: { EnableRemoteDebug: true },
      ExperimentConfig: { ExperimentName: 'churn', RunName: 'first' },
      MlflowConfig: {
        MlflowResourceArn: 'arn:aws:sagemaker:eu-west-1:111122223333:mlflow-tracking-server/churn',
        MlflowExperimentName: 'churn',
        MlflowRunName: 'first',
      },
      InfraCheckConfig: { EnableInfraCheck: true },
      AlgorithmSpecification: { EnableSageMakerMetricsTimeSeries: false },
      StoppingCondition: { MaxPendingTimeInSeconds: 3600 },
    });
    const [plain, monitored] = [newStack(), newStack()];
    imageJob(plain);
    imageJob(monitored, props);
    expect(jobJson(monitored, 'Identity')).toEqual(jobJson(plain, 'Identity'));
    expect(requestOf({ profiler: Profiler.disabled() })).toMatchObject({ ProfilerConfig: { DisableProfiler: true } });
  });

  test.each([
    [undefined, 'ro', ['elasticfilesystem:ClientMount']],
    [FileSystemAccessMode.READ_WRITE, 'rw', ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite']],
  ])('mounts a file system with the access mode %s as %s, and grants %s', (accessMode, mode, actions) => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const files = new efs.FileSystem(stack, 'Efs', { vpc });
    imageJob(stack, { vpc, inputs: { train: TrainingInput.fromEfs(files, '/train', { accessMode }) } });
    expect(jobJson(stack, 'Request').InputDataConfig).toMatchObject([
      { DataSource: { FileSystemDataSource: { FileSystemAccessMode: mode } } },
    ]);
    const granted = JSON.stringify(statementsOf(stack, 'TrainRole')).match(/elasticfilesystem:Client(Mount|Write)/g);
    expect(granted).toEqual(actions);
  });

  test('grants permission to open a Systems Manager session only with `remoteDebug`', () => {
    const statementOf = (remoteDebug: boolean): unknown[] => {
      const stack = newStack();
      imageJob(stack, { remoteDebug });
      return statementsOf(stack, 'TrainRole').filter((statement) => JSON.stringify(statement).includes('ssmmessages'));
    };
    expect(statementOf(false)).toEqual([]);
    expect(statementOf(true)).toEqual([
      {
        Effect: 'Allow',
        Action: [
          'ssmmessages:CreateControlChannel',
          'ssmmessages:CreateDataChannel',
          'ssmmessages:OpenControlChannel',
          'ssmmessages:OpenDataChannel',
        ],
        Resource: '*',
      },
    ]);
  });

  test('waits for Spot Instances for the maximum run time by default', () => {
    expect(requestOf({ useSpotInstances: true, maxRuntime: Duration.hours(2) })).toMatchObject({
      EnableManagedSpotTraining: true,
      StoppingCondition: { MaxRuntimeInSeconds: 7200, MaxWaitTimeInSeconds: 7200 },
    });
  });

  test('renders instance groups, and the channels that are assigned to some of them', () => {
    const resources = TrainingResources.ofGroups([
      { name: 'compute', instanceType: InstanceType.ML_G5_XLARGE, instanceCount: 2 },
      { name: 'data', instanceType: InstanceType.ML_M5_LARGE },
    ]);
    const inputs = {
      train: TrainingInput.fromBucket(bucket(newStack()), 'a/', { instanceGroups: ['data'] }),
    };
    expect(requestOf({ resources, inputs })).toMatchObject({
      ResourceConfig: {
        InstanceGroups: [
          { InstanceGroupName: 'compute', InstanceType: 'ml.g5.xlarge', InstanceCount: 2 },
          { InstanceGroupName: 'data', InstanceType: 'ml.m5.large', InstanceCount: 1 },
        ],
        VolumeSizeInGB: 30,
      },
      InputDataConfig: [{ DataSource: { S3DataSource: { InstanceGroupNames: ['data'] } } }],
    });
    expect(resources.instanceCount).toBe(3);
  });

  test('renders the ARN of a training plan', () => {
    const trainingPlanArn = 'arn:aws:sagemaker:eu-west-1:111122223333:training-plan/p5-in-may';
    const resources = TrainingResources.of(InstanceType.ML_M5_LARGE, { trainingPlanArn });
    expect(requestOf({ resources }).ResourceConfig).toMatchObject({ TrainingPlanArn: trainingPlanArn });
  });

  test('renders an image of a private registry with its credentials provider', () => {
    const stack = newStack();
    const functionArn = 'arn:aws:lambda:eu-west-1:111122223333:function:login';
    new TrainingJob(stack, 'Private', {
      image: ContainerImage.fromPrivateRegistry('registry.example.com/a:1', {
        credentialsProvider: lambda.Function.fromFunctionArn(stack, 'Login', functionArn),
      }),
      resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
      vpc: new ec2.Vpc(stack, 'Network', { maxAzs: 2 }),
    });
    expect(startJson(stack, 'Custom::SageMakerTrainingJob', 'Request').AlgorithmSpecification).toMatchObject({
      TrainingImage: 'registry.example.com/a:1',
      TrainingImageConfig: {
        TrainingRepositoryAccessMode: 'Vpc',
        TrainingRepositoryAuthConfig: { TrainingRepositoryCredentialsProviderArn: functionArn },
      },
    });
  });

  test('runs in a VPC with a security group that allows traffic between the instances', () => {
    const stack = newStack();
    const job = imageJob(stack, { vpc: new ec2.Vpc(stack, 'Vpc') });
    expect(job.connections.securityGroups).toHaveLength(1);
    expect(jobJson(stack, 'Request').VpcConfig).toMatchObject({ Subnets: expect.any(Array) as unknown });
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', { IpProtocol: '-1' });
  });

  test('has a new bucket for its artifacts by default, which is retained', () => {
    const stack = newStack();
    new TrainingJob(stack, 'Train', { image: image(), resources: RESOURCES });
    Template.fromStack(stack).hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Retain' });
  });

  test('has a new bucket that deletes the parts of uploads that were not completed within 7 days', () => {
    const stack = newStack();
    new TrainingJob(stack, 'Train', { image: image(), resources: RESOURCES });
    expect(onlyResource(stack, 'AWS::S3::Bucket').LifecycleConfiguration).toEqual({
      Rules: [{ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 }, Status: 'Enabled' }],
    });
  });

  test('has the tags of its scope, which do not change the logical IDs', () => {
    const [plain, tagged] = [newStack(), newStack()];
    [plain, tagged].forEach((stack) => imageJob(stack));
    Tags.of(tagged).add('team', 'fraud');
    expect(jobJson(tagged, 'Tags')).toEqual([{ Key: 'team', Value: 'fraud' }]);
    expect(logicalIds(tagged)).toEqual(logicalIds(plain));
  });

  test('grants its role permission to read the data and to write artifacts, logs and metrics, and no other permission', () => {
    const stack = placedStack();
    imageJob(stack, { inputs: { train: TrainingInput.fromBucket(bucket(stack), 'train/') } });
    const partition = { Ref: 'AWS::Partition' };
    const arn = (resource: string): unknown => ({ 'Fn::Join': ['', ['arn:', partition, `:s3:::${resource}`]] });
    expect(statementsOf(stack, 'TrainRole')).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
        Resource: {
          'Fn::Join': ['', ['arn:', partition, `:logs:${REGION}:${ACCOUNT}:log-group:/aws/sagemaker/TrainingJobs:*`]],
        },
      },
      {
        Effect: 'Allow',
        Action: 'cloudwatch:PutMetricData',
        Resource: '*',
        Condition: { StringLike: { 'cloudwatch:namespace': '/aws/sagemaker/*' } },
      },
      expect.objectContaining({
        Action: expect.arrayContaining(['s3:PutObject']) as unknown,
        Resource: arn('out/models/*'),
      }),
      {
        Effect: 'Allow',
        Action: ['s3:GetObject*', 's3:GetBucket*', 's3:List*'],
        Resource: [arn('data'), arn('data/train/*')],
      },
    ]);
  });

  test('has a role that SageMaker can only assume for resources of the account', () => {
    const stack = newStack('Stack', { env: { account: ACCOUNT, region: REGION } });
    imageJob(stack);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: 'sts:AssumeRole',
            Effect: 'Allow',
            Principal: { Service: 'sagemaker.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
          },
        ],
      },
    });
  });

  test('grants its role only the creation of grants with the key of the volumes', () => {
    const stack = newStack();
    const volumeEncryptionKey = new kms.Key(stack, 'Key');
    imageJob(stack, { resources: TrainingResources.of(InstanceType.ML_M5_LARGE, { volumeEncryptionKey }) });
    const actions = statementsOf(stack, 'TrainRole').flatMap((statement) => (statement as { Action: string[] }).Action);
    expect(actions.filter((action) => action.startsWith('kms:'))).toEqual(['kms:CreateGrant', 'kms:DescribeKey']);
  });

  test('is rejected with a name that contains consecutive hyphens', () => {
    const stack = newStack();
    expect(() => imageJob(stack, { trainingJobName: 'churn--big' })).toThrow(
      '`trainingJobName` must not contain consecutive hyphens, which separate it from a hash of the job, got: "churn--big". Use single hyphens',
    );
  });

  test('grants its role the KMS permissions that volumes and uploads need', () => {
    const stack = newStack();
    const key = new kms.Key(stack, 'Key');
    const output = TrainingOutput.toBucket(bucket(stack, 'out'), 'models', { encryptionKey: key });
    imageJob(stack, {
      output,
      resources: TrainingResources.of(InstanceType.ML_M5_LARGE, { volumeEncryptionKey: key }),
    });
    const actions = statementsOf(stack, 'TrainRole').flatMap((statement) => (statement as { Action: string[] }).Action);
    expect(actions).toEqual(
      expect.arrayContaining([
        'kms:Decrypt',
        'kms:Encrypt',
        'kms:GenerateDataKey*',
        'kms:CreateGrant',
        'kms:DescribeKey',
      ]),
    );
  });
});

describe('A training job with an algorithm from AWS Marketplace', () => {
  const marketplaceJob = (stack: Stack, props: Partial<TrainingJobProps> = {}): TrainingJob =>
    new TrainingJob(stack, 'Train', {
      algorithm: Algorithm.fromAlgorithmAttributes(stack, 'Product', {
        algorithmArn: 'arn:aws:sagemaker:eu-west-1:999988887777:algorithm/product',
        isMarketplaceProduct: true,
      }),
      inputs: { train: TrainingInput.fromBucket(bucket(stack), 'train/') },
      resources: RESOURCES,
      ...props,
    });

  test('runs with network isolation by default', () => {
    const stack = newStack();
    marketplaceJob(stack);
    expect(jobJson(stack, 'Request').EnableNetworkIsolation).toBe(true);
  });

  test.each<[string, Partial<TrainingJobProps>, string]>([
    ['without network isolation', { networkIsolation: false }, '`networkIsolation` must not be false'],
    ['with remote debugging', { remoteDebug: true }, '`remoteDebug` must not be true'],
    [
      'with a maximum wait time of more than 1 hour',
      { maxRuntime: Duration.hours(1), useSpotInstances: true, maxWaitTime: Duration.hours(2) },
      '`maxWaitTime` must be at most 1 hour for an algorithm from AWS Marketplace, got: 2 hours',
    ],
    [
      'with Spot Instances and a maximum run time of more than 1 hour, the default of the maximum wait time',
      { maxRuntime: Duration.hours(2), useSpotInstances: true },
      '`maxWaitTime` must be at most 1 hour for an algorithm from AWS Marketplace, got: 2 hours',
    ],
  ])('is rejected %s', (_, props, message) => {
    expect(errorOf(() => marketplaceJob(newStack(), props))).toContain(message);
  });

  test('can access its data in a VPC with network isolation', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
    expect(() => marketplaceJob(stack, { vpc, networkIsolation: true })).not.toThrow();
  });
});

describe('The deployment of a training job', () => {
  test('waits for the maximum run time and 30 more minutes by default', () => {
    const stack = newStack();
    imageJob(stack, { maxRuntime: Duration.hours(2) });
    expect(onlyResource(stack, CONDITION)).toMatchObject({ Timeout: '9000', Count: 1 });
  });

  test('waits for 12 hours if neither `maxRuntime` nor `wait` is set', () => {
    const stack = newStack();
    imageJob(stack);
    expect(onlyResource(stack, CONDITION)).toMatchObject({ Timeout: '43200' });
  });

  test('waits for 12 hours if `maxRuntime` is a token, and for the time of `wait` if that is a token', () => {
    const stack = newStack();
    const seconds = new CfnParameter(stack, 'Seconds', { type: 'Number', default: 3600 });
    imageJob(stack, { maxRuntime: Duration.seconds(seconds.valueAsNumber) });
    expect(onlyResource(stack, CONDITION)).toMatchObject({ Timeout: '43200' });
    expect(JSON.stringify(onlyResource(stack, TYPE).Request)).toContain('{"Ref":"Seconds"}');
    const waiting = newStack();
    const wait = new CfnParameter(waiting, 'Wait', { type: 'Number', default: 7200 });
    imageJob(waiting, { wait: JobWait.upTo(Duration.seconds(wait.valueAsNumber)) });
    expect(onlyResource(waiting, CONDITION)).toMatchObject({ Timeout: { Ref: 'Wait' } });
  });

  test('waits for the time of `wait`, and limits the run time to 30 minutes less', () => {
    const stack = newStack();
    imageJob(stack, { wait: JobWait.upTo(Duration.hours(6)) });
    expect(onlyResource(stack, CONDITION)).toMatchObject({ Timeout: '21600' });
    expect(jobJson(stack, 'Request').StoppingCondition).toEqual({ MaxRuntimeInSeconds: 19_800 });
  });

  test('limits the run time to 1 day if it does not wait', () => {
    expect(requestOf({ wait: JobWait.none() }).StoppingCondition).toEqual({ MaxRuntimeInSeconds: 86_400 });
  });

  test('creates a model from the model artifact after the end of the job', () => {
    const stack = newStack();
    const job = imageJob(stack);
    new Model(stack, 'Model', { image: image(), modelData: job.modelData });
    const [condition] = Object.keys(Template.fromStack(stack).findResources(CONDITION));
    Template.fromStack(stack).hasResource('AWS::SageMaker::Model', {
      DependsOn: Match.arrayWith([condition]),
      Properties: {
        PrimaryContainer: {
          ModelDataUrl: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TrainJobStart'), 'ModelDataUrl'] },
        },
      },
    });
    expect(JSON.stringify(statementsOf(stack, 'ModelRole'))).toContain('out/models/*');
  });

  test('is rejected if the stack uses the model artifact of a job without waiting for it', () => {
    const stack = newStack();
    const { modelData } = imageJob(stack, { wait: JobWait.none() });
    expect(errorOf(() => new Model(stack, 'Model', { image: image(), modelData }))).toContain(
      'with JobWait.none() it does not exist',
    );
  });

  test.each(['onCompleted', 'onFailed', 'onStateChange'] as const)(
    'creates the EventBridge rule of %s before the job starts',
    (on) => {
      const stack = newStack();
      const job = imageJob(stack);
      job[on]('Rule', { target: new targets.SnsTopic(new sns.Topic(stack, 'Topic')) });
      const status = { onCompleted: ['Completed'], onFailed: ['Failed'], onStateChange: undefined }[on];
      Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
        EventPattern: {
          source: ['aws.sagemaker'],
          'detail-type': ['SageMaker Training Job State Change'],
          detail: {
            TrainingJobName: [{ prefix: Match.stringLikeRegexp('^stack-.*[^-]--$') }],
            ...(status && { TrainingJobStatus: status }),
          },
        },
      });
      Template.fromStack(stack).hasResource(TYPE, {
        DependsOn: Match.arrayWith([Match.stringLikeRegexp('^TrainRule')]),
      });
    },
  );

  test('is deployed after the stack of its algorithm, which it refers to by name without a CloudFormation export', () => {
    const app = new App();
    const [producer, consumer] = [new Stack(app, 'Producer'), new Stack(app, 'Consumer')];
    algorithmJob(consumer, {}, newAlgorithm(producer));
    app.synth();
    expect(consumer.dependencies.map(({ stackName }) => stackName)).toEqual(['Producer']);
    expect(Template.fromStack(producer).toJSON()).not.toHaveProperty('Outputs');
  });

  test('has a CloudWatch metric for a metric definition of the job', () => {
    const job = imageJob(newStack());
    expect(job.metric('auc', { statistic: 'Maximum' })).toMatchObject({
      namespace: '/aws/sagemaker/TrainingJobs',
      metricName: 'auc',
      statistic: 'Maximum',
      dimensions: { TrainingJobName: job.jobName },
    });
  });
});

describe('The identity of a training job', () => {
  const ids = (
    props: Partial<TrainingJobProps> = {},
    prepare?: (stack: Stack) => Partial<TrainingJobProps>,
  ): string[] => {
    const stack = newStack();
    imageJob(stack, { ...props, ...prepare?.(stack) });
    return logicalIds(stack);
  };

  test.each<[string, Partial<TrainingJobProps>]>([
    ['a hyperparameter', { hyperparameters: { a: '1' } }],
    ['the image', { image: image('2') }],
    ['the revision', { revision: '2' }],
    ['the number of instances', { resources: TrainingResources.of(InstanceType.ML_M5_XLARGE, { instanceCount: 2 }) }],
    ['the environment', { environment: { A: '1' } }],
  ])('changes if %s changes', (_, props) => {
    expect(ids(props)).toHaveLength(3);
    expect(ids(props).filter((id) => ids().includes(id))).toEqual([]);
  });

  test.each<[string, (stack: Stack) => Partial<TrainingJobProps>]>([
    ['the network', (stack) => ({ vpc: new ec2.Vpc(stack, 'Vpc') })],
    ['the maximum run time', () => ({ maxRuntime: Duration.hours(1) })],
    ['the number of retries', () => ({ maxRetryAttempts: 2 })],
  ])('does not change if %s changes', (_, prepare) => {
    expect(ids({}, prepare)).toEqual(ids());
  });

  function split(training: string, inference: string): string[] {
    const stack = newStack();
    const images = AlgorithmImages.split({ training: image(training), inference: image(inference) });
    algorithmJob(stack, {}, newAlgorithm(stack, { images }));
    return logicalIds(stack);
  }

  test('changes with the training image of a split algorithm, and not with its inference image', () => {
    expect(split('train', 'serve-2')).toEqual(split('train', 'serve-1'));
    expect(split('train-2', 'serve-1')).not.toEqual(split('train', 'serve-1'));
  });
});

describe('The validation of a training job', () => {
  test('lists all differences from the specification of its algorithm in one message', () => {
    const stack = newStack();
    const algorithm = newAlgorithm(stack, {
      hyperparameters: [
        Hyperparameter.integer('max_depth', { min: 1, max: 64 }),
        Hyperparameter.freeText('name', { required: true }),
      ],
      channels: [Channel.pipe('train', { contentTypes: ['text/csv'] }), Channel.file('labels')],
    });
    const message = errorOf(() =>
      algorithmJob(
        stack,
        {
          inputs: {
            train: TrainingInput.fromBucket(bucket(stack), 'a/', {
              inputMode: InputMode.FILE,
              contentType: 'image/png',
            }),
            other: TrainingInput.fromBucket(bucket(stack), 'b/'),
          },
          hyperparameters: { max_depth: '65', depth: '1' },
          resources: TrainingResources.of(InstanceType.ML_C5_XLARGE, { instanceCount: 2 }),
          environment: { A: '1' },
        },
        algorithm,
      ),
    );
    expect(message.split('\n')).toEqual([
      'Training job Stack/Train has 9 validation errors:',
      '  - `hyperparameters["max_depth"]` must be at most 64, got 65',
      '  - `hyperparameters["depth"]` is not a hyperparameter of the algorithm (max_depth, name)',
      '  - `hyperparameters["name"]` is required by the algorithm',
      '  - `inputs["train"]` must have an input mode that the algorithm supports (Pipe), got File',
      '  - `inputs["train"]` must have a content type that the algorithm supports (text/csv), got image/png',
      '  - `inputs["other"]` is not a channel of the algorithm, whose channels are: train, labels',
      '  - `inputs["labels"]` is required by the algorithm',
      '  - `resources` must use an instance type that the algorithm supports (ml.m5.xlarge), got ml.c5.xlarge',
      '  - `resources` must have 1 instance: the algorithm does not support distributed training, got 2',
    ]);
  });

  test.each<[string, Partial<TrainingJobProps>, string]>([
    ['neither algorithm nor image', { image: undefined }, 'exactly one of `algorithm` and `image` must be set'],
    ['an invalid name', { trainingJobName: 'a_b' }, '`trainingJobName` must start and end with a letter or digit'],
    [
      'a maximum run time of more than 28 days',
      { maxRuntime: Duration.days(29), wait: JobWait.none() },
      '`maxRuntime` must be at most 28 days',
    ],
    [
      'a maximum run time that leaves the deployment no time to wait',
      { maxRuntime: Duration.hours(12) },
      '`maxRuntime` must be at most 11 hours 30 minutes',
    ],
    [
      'a maximum run time that is longer than the wait of the deployment',
      { maxRuntime: Duration.hours(2), wait: JobWait.upTo(Duration.hours(2)) },
      '`maxRuntime` must be at most 1 hour 30 minutes if the deployment waits',
    ],
    [
      'a maximum wait time that is shorter than the maximum run time',
      { maxRuntime: Duration.hours(2), useSpotInstances: true, maxWaitTime: Duration.hours(1) },
      '`maxWaitTime` must be at least `maxRuntime` (2 hours), which it includes, got 1 hour',
    ],
    [
      'a maximum wait time without Spot Instances',
      { maxWaitTime: Duration.hours(1) },
      '`maxWaitTime` requires Spot Instances: set `useSpotInstances: true`, or remove `maxWaitTime`',
    ],
    [
      'a file system as its input without a VPC',
      { inputs: { train: fileSystem() } },
      '`inputs["train"]` requires a `vpc`: it is a file system',
    ],
    [
      'an input for an instance group that does not exist',
      { inputs: { train: TrainingInput.fromBucket(bucket(newStack()), 'a/', { instanceGroups: ['gpu'] }) } },
      '`inputs["train"]`: `instanceGroups` must each be the name of a group of `resources` (none are defined), got: gpu',
    ],
    [
      'remote debugging with network isolation',
      { remoteDebug: true, networkIsolation: true },
      '`remoteDebug` requires a network: it must not be set together with `networkIsolation`',
    ],
    [
      'an experiment with an invalid name',
      { experiment: { experimentName: 'my experiment' } },
      '`experiment.experimentName` must',
    ],
    [
      'an MLflow resource of another service, and names that are empty',
      { mlflow: { resourceArn: 'arn:aws:s3:::mlflow', experimentName: '', runName: '' } },
      'has 3 validation errors:\n  - `mlflow.resourceArn` must match',
    ],
    [
      'a maximum pending time of less than 30 minutes',
      { maxPendingTime: Duration.minutes(29) },
      '`maxPendingTime (seconds)` must be 1800 to 2419200, got 1740',
    ],
    ['more than 30 retries', { maxRetryAttempts: 31 }, '`maxRetryAttempts` must be 1 to 30, got 31'],
    ['subnets without a VPC', { vpcSubnets: {} }, '`vpcSubnets` and `securityGroups`'],
    ['an environment variable with an invalid name', { environment: { '1A': '' } }, 'must be a variable name'],
    [
      'a hyperparameter of more than 2500 characters',
      { hyperparameters: { a: 'x'.repeat(2501) } },
      'must have at most 2500 characters, got 2501',
    ],
  ])('rejects %s', (_, props, message) => {
    expect(errorOf(() => imageJob(newStack(), props))).toContain(message);
  });

  test('rejects an image of a private registry without a VPC', () => {
    const image = ContainerImage.fromPrivateRegistry('registry.example.com/a:1');
    const resources = TrainingResources.of(InstanceType.ML_M5_XLARGE);
    expect(errorOf(() => new TrainingJob(newStack(), 'Private', { image, resources }))).toContain(
      '`image` requires a `vpc`: it is in a private registry',
    );
  });
});
