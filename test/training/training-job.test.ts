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
  AlgorithmImages,
  Channel,
  ContainerImage,
  Hyperparameter,
  InputMode,
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

const START = 'Custom::SageMakerTrainingJob';
const CONDITION = 'AWS::CloudFormation::WaitCondition';
const RESOURCES = TrainingResources.of(InstanceType.ML_M5_XLARGE);

function bucket(stack: Stack, name = 'data'): s3.IBucket {
  return (stack.node.tryFindChild(name) as s3.IBucket | undefined) ?? s3.Bucket.fromBucketName(stack, name, name);
}

/** A job that runs an image and puts its results in a bucket that exists. */
function imageJob(stack: Stack, props: Partial<TrainingJobProps> = {}): TrainingJob {
  const output = TrainingOutput.toBucket(bucket(stack, 'out'), 'models');
  return new TrainingJob(stack, 'Train', { image: image(), resources: RESOURCES, output, ...props });
}

/** A job that runs an algorithm of the same stack. */
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

const parsed = (stack: Stack, property: 'Request' | 'Identity' | 'Tags'): Record<string, unknown> =>
  startJson(stack, START, property);

function fileSystem(): TrainingInput {
  const stack = newStack();
  const securityGroup = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0');
  const attributes = { fileSystemId: 'fs-0123456789abcdef0', securityGroup };
  return TrainingInput.fromEfs(efs.FileSystem.fromFileSystemAttributes(stack, 'Efs', attributes), '/train');
}

function requestOf(props: Partial<TrainingJobProps>): Record<string, unknown> {
  const stack = newStack();
  imageJob(stack, props);
  return parsed(stack, 'Request');
}

function logicalIds(stack: Stack): string[] {
  const template = Template.fromStack(stack);
  return [START, CONDITION, 'AWS::CloudFormation::WaitConditionHandle'].flatMap((type) =>
    Object.keys(template.findResources(type)),
  );
}

describe('A training job', () => {
  test('asks for an image, with the least that the service needs', () => {
    expect(requestOf({})).toEqual({
      AlgorithmSpecification: { TrainingImage: 'example.com/algorithm:1', TrainingInputMode: 'File' },
      RoleArn: expect.stringContaining('TrainRole') as unknown,
      OutputDataConfig: { S3OutputPath: 's3://out/models', CompressionType: 'GZIP' },
      ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeSizeInGB: 30 },
      StoppingCondition: { MaxRuntimeInSeconds: 41_400 },
    });
  });

  test('asks for an own algorithm by name, with its channels and hyperparameters', () => {
    const stack = newStack();
    const algorithm = newAlgorithm(stack);
    algorithmJob(stack, { hyperparameters: { max_depth: '8' } }, algorithm);
    expect(parsed(stack, 'Request')).toMatchObject({
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

  test('asks for everything else that is set', () => {
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
      resources: TrainingResources.of(InstanceType.ML_G5_XLARGE, {
        instanceCount: 2,
        volumeSize: Size.gibibytes(100),
        volumeEncryptionKey: key,
        keepAlive: Duration.minutes(30),
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
    expect(parsed(stack, 'Request')).toMatchObject({
      AlgorithmSpecification: {
        TrainingInputMode: 'Pipe',
        ContainerEntrypoint: ['python', 'train.py'],
        ContainerArguments: ['--fast'],
        MetricDefinitions: [{ Name: 'auc', Regex: 'auc=(.*)' }],
      },
      InputDataConfig: [
        {
          ChannelName: 'pipe',
          InputMode: 'Pipe',
          RecordWrapperType: 'RecordIO',
          ShuffleConfig: { Seed: 7 },
          DataSource: { S3DataSource: { S3DataDistributionType: 'ShardedByS3Key' } },
        },
        {
          ChannelName: 'manifest',
          DataSource: { S3DataSource: { S3DataType: 'ManifestFile', S3Uri: 's3://data/m.json' } },
        },
        {
          ChannelName: 'augmented',
          InputMode: 'Pipe',
          DataSource: {
            S3DataSource: { S3DataType: 'AugmentedManifestFile', AttributeNames: ['source-ref', 'label'] },
          },
        },
      ],
      OutputDataConfig: {
        S3OutputPath: 's3://out/models',
        CompressionType: 'NONE',
        KmsKeyId: expect.stringContaining('Key') as unknown,
      },
      ResourceConfig: {
        InstanceType: 'ml.g5.xlarge',
        InstanceCount: 2,
        VolumeSizeInGB: 100,
        VolumeKmsKeyId: expect.stringContaining('Key') as unknown,
        KeepAlivePeriodInSeconds: 1800,
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

  test('is watched as it is told, by nothing that decides its result', () => {
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
    });
    const [plain, watched] = [newStack(), newStack()];
    imageJob(plain);
    imageJob(watched, props);
    expect(parsed(watched, 'Identity')).toEqual(parsed(plain, 'Identity'));
    expect(requestOf({ profiler: Profiler.disabled() })).toMatchObject({ ProfilerConfig: { DisableProfiler: true } });
  });

  test('that can be debugged may open message channels, and others may not', () => {
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

  test('runs on groups of instances, some of which get a channel', () => {
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

  test('uses the capacity of a training plan', () => {
    const trainingPlanArn = 'arn:aws:sagemaker:eu-west-1:111122223333:training-plan/p5-in-may';
    const resources = TrainingResources.of(InstanceType.ML_M5_LARGE, { trainingPlanArn });
    expect(requestOf({ resources }).ResourceConfig).toMatchObject({ TrainingPlanArn: trainingPlanArn });
  });

  test('runs in a VPC, with a security group whose members reach each other', () => {
    const stack = newStack();
    const job = imageJob(stack, { vpc: new ec2.Vpc(stack, 'Vpc') });
    expect(job.connections.securityGroups).toHaveLength(1);
    expect(parsed(stack, 'Request').VpcConfig).toMatchObject({ Subnets: expect.any(Array) as unknown });
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', { IpProtocol: '-1' });
  });

  test('has a bucket of its own for what it makes when none is given', () => {
    const stack = newStack();
    new TrainingJob(stack, 'Train', { image: image(), resources: RESOURCES });
    Template.fromStack(stack).hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Retain' });
  });

  test('carries the tags of its scope to the job, under the same logical ids', () => {
    const [plain, tagged] = [newStack(), newStack()];
    [plain, tagged].forEach((stack) => imageJob(stack));
    Tags.of(tagged).add('team', 'fraud');
    expect(parsed(tagged, 'Tags')).toEqual([{ Key: 'team', Value: 'fraud' }]);
    expect(logicalIds(tagged)).toEqual(logicalIds(plain));
  });

  test('may do nothing but read its data, write its results, its logs and its metrics', () => {
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

  test('may use its keys for all that its volumes and its uploads need', () => {
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

describe('The handler of jobs', () => {
  const statements = (stack: Stack): unknown[] => statementsOf(stack, 'SageMakerJobsRole');

  test('is one function and one waiter, however many jobs there are', () => {
    const stack = newStack();
    imageJob(stack);
    new TrainingJob(stack, 'Other', { image: image(), resources: RESOURCES });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Lambda::Function', 1);
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
  });

  test('is not there in a stack without jobs', () => {
    const stack = newStack();
    newAlgorithm(stack);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Lambda::Function', 0);
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 0);
  });

  test('has no waiter when nobody waits', () => {
    const stack = newStack();
    imageJob(stack, { wait: JobWait.none() });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 0);
    template.resourceCountIs(CONDITION, 0);
  });

  test('may watch and stop the jobs of its stack, and create and pass on no more than each job needs', () => {
    const stack = placedStack();
    const job = imageJob(stack);
    const arn = (name: string): unknown => ({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:sagemaker:${REGION}:${ACCOUNT}:${name}`]],
    });
    expect(statements(stack)).toEqual(
      expect.arrayContaining([
        {
          Effect: 'Allow',
          Action: [
            'sagemaker:AddTags',
            'sagemaker:ListTags',
            'sagemaker:DescribeTrainingJob',
            'sagemaker:StopTrainingJob',
            'sagemaker:DescribeHyperParameterTuningJob',
            'sagemaker:StopHyperParameterTuningJob',
            'sagemaker:DescribeTransformJob',
            'sagemaker:StopTransformJob',
            'sagemaker:DescribeAlgorithm',
            'sagemaker:DeleteAlgorithm',
          ],
          // Whatever kinds there are now: the last job of another kind may just be removed.
          Resource: [
            arn('training-job/stack-e551-*'),
            arn('hyper-parameter-tuning-job/stack-e551-*'),
            arn('transform-job/stack-e551-*'),
            arn('algorithm/stack-e551-*'),
          ],
        },
        {
          Effect: 'Allow',
          Action: ['sagemaker:CreateTrainingJob', 'sagemaker:AddTags'],
          Resource: arn('training-job/stack-e551-stack-train-3b520a86-*'),
        },
        {
          Effect: 'Allow',
          Action: 'iam:PassRole',
          Resource: stack.resolve(job.role.roleArn) as unknown,
          Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
        },
        {
          Effect: 'Allow',
          Action: 'states:StartExecution',
          Resource: { Ref: expect.stringContaining('Waiter') as unknown },
        },
      ]),
    );
    expect(JSON.stringify(statements(stack))).not.toContain('"Resource":"*"');
  });

  test('is ready before the job is started, and so is the role', () => {
    const stack = newStack();
    imageJob(stack);
    Template.fromStack(stack).hasResource(START, {
      DependsOn: Match.arrayWith([
        Match.stringLikeRegexp('SageMakerJobsFunction'),
        Match.stringLikeRegexp('SageMakerJobsPolicy'),
        Match.stringLikeRegexp('TrainJobRights'),
        Match.stringLikeRegexp('TrainRoleDefaultPolicy'),
      ]),
    });
  });
});

describe('The deployment', () => {
  test('waits for as long as the job may run, and half an hour more', () => {
    const stack = newStack();
    imageJob(stack, { maxRuntime: Duration.hours(2) });
    expect(onlyResource(stack, CONDITION)).toMatchObject({ Timeout: '9000', Count: 1 });
  });

  test('waits for up to twelve hours when nothing is said', () => {
    const stack = newStack();
    imageJob(stack);
    expect(onlyResource(stack, CONDITION)).toMatchObject({ Timeout: '43200' });
  });

  test('waits for as long as it can when only the deployment knows how long the job may run', () => {
    const stack = newStack();
    const seconds = new CfnParameter(stack, 'Seconds', { type: 'Number', default: 3600 });
    imageJob(stack, { maxRuntime: Duration.seconds(seconds.valueAsNumber) });
    expect(onlyResource(stack, CONDITION)).toMatchObject({ Timeout: '43200' });
    expect(JSON.stringify(onlyResource(stack, START).Request)).toContain('{"Ref":"Seconds"}');
    const told = newStack();
    const wait = new CfnParameter(told, 'Wait', { type: 'Number', default: 7200 });
    imageJob(told, { wait: JobWait.upTo(Duration.seconds(wait.valueAsNumber)) });
    expect(onlyResource(told, CONDITION)).toMatchObject({ Timeout: { Ref: 'Wait' } });
  });

  test('waits as it is told, and the job may run half an hour less', () => {
    const stack = newStack();
    imageJob(stack, { wait: JobWait.upTo(Duration.hours(6)) });
    expect(onlyResource(stack, CONDITION)).toMatchObject({ Timeout: '21600' });
    expect(parsed(stack, 'Request').StoppingCondition).toEqual({ MaxRuntimeInSeconds: 19_800 });
  });

  test('does not wait for a job that may run for a day', () => {
    expect(requestOf({ wait: JobWait.none() }).StoppingCondition).toEqual({ MaxRuntimeInSeconds: 86_400 });
  });

  test('hands the model on when the job is over', () => {
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

  test('is refused when it uses a model that it does not wait for', () => {
    const stack = newStack();
    const { modelData } = imageJob(stack, { wait: JobWait.none() });
    expect(errorOf(() => new Model(stack, 'Model', { image: image(), modelData }))).toContain(
      'with JobWait.none() it does not exist',
    );
  });

  test.each(['onCompleted', 'onFailed', 'onStateChange'] as const)(
    'has the rule of %s in place before the job starts',
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
            TrainingJobName: [{ prefix: Match.stringLikeRegexp('^stack-.*-$') }],
            ...(status && { TrainingJobStatus: status }),
          },
        },
      });
      Template.fromStack(stack).hasResource(START, {
        DependsOn: Match.arrayWith([Match.stringLikeRegexp('^TrainRule')]),
      });
    },
  );

  test('can watch a metric of the job', () => {
    const job = imageJob(newStack());
    expect(job.metric('auc', { statistic: 'Maximum' })).toMatchObject({
      namespace: '/aws/sagemaker/TrainingJobs',
      metricName: 'auc',
      statistic: 'Maximum',
      dimensions: { TrainingJobName: job.jobName },
    });
  });
});

describe('Another job is started', () => {
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
  ])('when %s changes', (_, props) => {
    expect(ids(props)).toHaveLength(3);
    expect(ids(props).filter((id) => ids().includes(id))).toEqual([]);
  });

  test.each<[string, (stack: Stack) => Partial<TrainingJobProps>]>([
    ['the network', (stack) => ({ vpc: new ec2.Vpc(stack, 'Vpc') })],
    ['the maximum run time', () => ({ maxRuntime: Duration.hours(1) })],
    ['how often faults are retried', () => ({ maxRetryAttempts: 2 })],
  ])('not when %s changes', (_, prepare) => {
    expect(ids({}, prepare)).toEqual(ids());
  });

  function split(training: string, inference: string): string[] {
    const stack = newStack();
    const images = AlgorithmImages.split({ training: image(training), inference: image(inference) });
    algorithmJob(stack, {}, newAlgorithm(stack, { images }));
    return logicalIds(stack);
  }

  test('not when only the inference image of a split algorithm changes', () => {
    expect(split('train', 'serve-2')).toEqual(split('train', 'serve-1'));
    expect(split('train-2', 'serve-1')).not.toEqual(split('train', 'serve-1'));
  });
});

describe('A training job is refused', () => {
  test('with all that does not fit its algorithm in one error', () => {
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
      'Training job Stack/Train has 10 validation errors:',
      '  - `environment` is for jobs with `image`; an algorithm says all that its containers get',
      '  - `hyperparameters["max_depth"]` must be at most 64, got 65',
      '  - `hyperparameters["depth"]` is not known to the algorithm, which knows max_depth, name',
      '  - `hyperparameters["name"]` is required by the algorithm',
      '  - `inputs["train"]`: the algorithm reads it as Pipe, got File',
      '  - `inputs["train"]`: the algorithm reads text/csv, got image/png',
      '  - `inputs["other"]` is no channel of the algorithm, which has train, labels',
      '  - `inputs["labels"]` is required by the algorithm',
      '  - `resources`: the algorithm trains on ml.m5.xlarge, got ml.c5.xlarge',
      '  - `resources`: the algorithm does not support distributed training, got 2 instances',
    ]);
  });

  test.each<[string, Partial<TrainingJobProps>, string]>([
    ['without algorithm and image', { image: undefined }, 'exactly one of `algorithm` and `image` must be given'],
    [
      'when its name is none',
      { trainingJobName: 'a_b' },
      '`trainingJobName` must start and end with a letter or digit',
    ],
    [
      'when it may run for more than 28 days',
      { maxRuntime: Duration.days(29), wait: JobWait.none() },
      '`maxRuntime` must be at most 28 days',
    ],
    [
      'when the deployment cannot wait that long',
      { maxRuntime: Duration.hours(12) },
      '`maxRuntime` must be at most 11 hours 30 minutes',
    ],
    [
      'when the deployment does not wait that long',
      { maxRuntime: Duration.hours(2), wait: JobWait.upTo(Duration.hours(2)) },
      '`maxRuntime` must be at most 1 hour 30 minutes when the deployment waits',
    ],
    [
      'when spot instances are waited for less than they run',
      { maxRuntime: Duration.hours(2), useSpotInstances: true, maxWaitTime: Duration.hours(1) },
      '`maxWaitTime` includes the run time and must be at least 2 hours, got 1 hour',
    ],
    [
      'when a file system is its data, and it is in no network',
      { inputs: { train: fileSystem() } },
      '`inputs["train"]` is a file system, which only a job in a `vpc` can reach',
    ],
    [
      'when an input names a group that there is not',
      { inputs: { train: TrainingInput.fromBucket(bucket(newStack()), 'a/', { instanceGroups: ['gpu'] }) } },
      '`inputs["train"]`: `instanceGroups` must each name a group of `resources` (there is none), got: gpu',
    ],
    [
      'when it is to be debugged without a network',
      { remoteDebug: true, networkIsolation: true },
      '`remoteDebug` needs a network, and `networkIsolation` leaves none',
    ],
    [
      'with an experiment whose name is none',
      { experiment: { experimentName: 'my experiment' } },
      '`experiment.experimentName` must',
    ],
    ['with too many retries', { maxRetryAttempts: 31 }, '`maxRetryAttempts` must be 1 to 30, got 31'],
    ['with subnets of no network', { vpcSubnets: {} }, '`vpcSubnets` and `securityGroups` need a `vpc`'],
    ['with an illegal variable', { environment: { '1A': '' } }, 'must be a variable name'],
    [
      'with too long a hyperparameter',
      { hyperparameters: { a: 'x'.repeat(2501) } },
      'must have at most 2500 characters, got 2501',
    ],
  ])('%s', (_, props, fault) => {
    expect(errorOf(() => imageJob(newStack(), props))).toContain(fault);
  });

  test.each([
    [
      'half an instance',
      () => TrainingResources.of(InstanceType.ML_M5_LARGE, { instanceCount: 0.5 }),
      '`instanceCount` must be a whole number',
    ],
    [
      'a warm pool of a day',
      () => TrainingResources.of(InstanceType.ML_M5_LARGE, { keepAlive: Duration.days(1) }),
      '`keepAlive` must be at most 21600',
    ],
    [
      'groups of one name',
      () =>
        TrainingResources.ofGroups([
          { name: 'a', instanceType: InstanceType.ML_M5_LARGE },
          { name: 'a', instanceType: InstanceType.ML_G5_XLARGE },
        ]),
      '`groups` must be unique, got more than one "a"',
    ],
    ['no group', () => TrainingResources.ofGroups([]), '`groups` must have at least 1 entry, got 0'],
    [
      'a training plan that is none',
      () => TrainingResources.of(InstanceType.ML_M5_LARGE, { trainingPlanArn: 'p5' }),
      '`trainingPlanArn` must',
    ],
    [
      'a profiler that measures every 3 seconds',
      () => Profiler.toBucket(bucket(newStack()), 'p', { interval: Duration.seconds(3) }),
      '`interval` must be 100, 200 or 500 milliseconds, 1 or 5 seconds, or 1 minute, got 3000 milliseconds',
    ],
    [
      'a wait of a day',
      () => JobWait.upTo(Duration.days(1)),
      'A deployment can wait more than 30 minutes and at most 12 hours for a job, got 1 day',
    ],
  ])('with %s', (_, make, fault) => {
    expect(errorOf(make)).toContain(fault);
  });

  test.each([
    [
      'Gzip in file mode',
      { inputMode: InputMode.FILE, compression: 'Gzip' as never },
      '`compression` Gzip is undone in pipe mode only',
    ],
    [
      'records in file mode',
      { inputMode: InputMode.FILE, recordIoWrapped: true },
      '`recordIoWrapped` is for pipe mode only',
    ],
    ['FastFile of a manifest', { inputMode: InputMode.FAST_FILE }, '`inputMode` FastFile reads prefixes only'],
  ])('with an input that asks for %s', (_, options, fault) => {
    expect(errorOf(() => TrainingInput.fromManifest(bucket(newStack()), 'm.json', options))).toContain(fault);
  });
});

test('An algorithm of another stack is trained by its name, deployed before, and exported by nothing', () => {
  const app = new App();
  const [owner, user] = [new Stack(app, 'Owner'), new Stack(app, 'User')];
  algorithmJob(user, {}, newAlgorithm(owner));
  app.synth();
  expect(user.dependencies.map(({ stackName }) => stackName)).toEqual(['Owner']);
  expect(Template.fromStack(owner).toJSON()).not.toHaveProperty('Outputs');
});

test('A training job runs an image of a private registry, which it reaches through its network', () => {
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

test('A training job with an image of a private registry and no network is refused', () => {
  const image = ContainerImage.fromPrivateRegistry('registry.example.com/a:1');
  const resources = TrainingResources.of(InstanceType.ML_M5_XLARGE);
  expect(errorOf(() => new TrainingJob(newStack(), 'Private', { image, resources }))).toContain(
    '`image` is in a private registry, which only a job in a `vpc` can reach',
  );
});
