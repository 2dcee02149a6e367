import { CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateInferenceComponentCommand,
  CreateModelCommand,
  CreateProcessingJobCommand,
  CreateTrainingJobCommand,
  CreateTransformJobCommand,
  DescribeEndpointCommand,
  DescribeInferenceComponentCommand,
  DescribeProcessingJobCommand,
  DescribeTrainingJobCommand,
  DescribeTransformJobCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import {
  InvokeEndpointAsyncCommand,
  InvokeEndpointCommand,
  SageMakerRuntimeClient,
} from '@aws-sdk/client-sagemaker-runtime';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { type Program, serving } from '../../fake-engine';
import { ServiceFixture } from '../fixture';

const ACCOUNT = '000000000000';
const BUCKET = `cdk-hnb659fds-assets-${ACCOUNT}-us-east-1`;
const IMAGE = `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/repository:1`;
const RoleArn = `arn:aws:iam::${ACCOUNT}:role/Execution`;
const SESSION = `User: arn:aws:sts::${ACCOUNT}:assumed-role/Execution/SageMaker is not authorized to perform:`;

/** The permissions of an execution role, each in a statement of its own. */
const STATEMENTS = {
  image: {
    Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
    Resource: `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/repository`,
  },
  token: { Action: 'ecr:GetAuthorizationToken', Resource: '*' },
  list: { Action: 's3:ListBucket', Resource: `arn:aws:s3:::${BUCKET}` },
  read: { Action: 's3:GetObject', Resource: `arn:aws:s3:::${BUCKET}/in/*` },
  write: { Action: 's3:PutObject', Resource: `arn:aws:s3:::${BUCKET}/out/*` },
  logs: {
    Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    Resource: `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:/aws/sagemaker/*`,
  },
  metrics: {
    ...{ Action: 'cloudwatch:PutMetricData', Resource: '*' },
    Condition: { StringLike: { 'cloudwatch:namespace': '/aws/sagemaker/*' } },
  },
  alarms: { Action: 'cloudwatch:DescribeAlarms', Resource: `arn:aws:cloudwatch:us-east-1:${ACCOUNT}:alarm:errors` },
};
type Permission = keyof typeof STATEMENTS;

const INPUT_PATH = '/opt/ml/processing/input/raw';
const OUTPUT_PATH = '/opt/ml/processing/output/out';

const serve = serving(() => ({
  listener: (message, response) => {
    message.resume();
    response.end('result');
  },
}));
const program: Program = (inside) => {
  inside.print('loss=0.5;');
  if (inside.spec.command.includes('prepare')) {
    writeFileSync(`${inside.host(OUTPUT_PATH)}/rows.csv`, '1');
    return 0;
  }
  if (!inside.spec.command.includes('train')) return serve(inside);
  writeFileSync(`${inside.host('/opt/ml/model')}/model.json`, '{}');
  return 0;
};

const service = ServiceFixture.forEachTest();

beforeEach(async () => {
  await service.restart({ program, enforceIam: true });
  const archive = execFileSync('tar', ['-cz', '-C', __dirname, path.basename(__filename)]);
  for (const [Key, Body] of [['in/data.csv', '1\n'] as const, ['in/model.tar.gz', archive] as const]) {
    await service.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
  }
});

async function createRole(missing?: Permission, trusted = 'sagemaker.amazonaws.com'): Promise<void> {
  const iam = (action: string, parameters: Record<string, string>): Promise<unknown> =>
    service.query('iam', action, { RoleName: 'Execution', ...parameters });
  const trust = {
    Version: '2012-10-17',
    Statement: {
      ...{ Effect: 'Allow', Principal: { Service: trusted }, Action: 'sts:AssumeRole' },
      Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
    },
  };
  await iam('CreateRole', { AssumeRolePolicyDocument: JSON.stringify(trust) });
  const given = Object.entries(STATEMENTS).filter(([name]) => name !== missing);
  const policy = { Version: '2012-10-17', Statement: given.map(([, one]) => ({ Effect: 'Allow', ...one })) };
  await iam('PutRolePolicy', { PolicyName: 'Policy', PolicyDocument: JSON.stringify(policy) });
}

/** Polls a record until its status is final. */
async function settled<T>(describe: () => Promise<T>, statusOf: (record: T) => string | undefined): Promise<T> {
  for (;;) {
    const record = await describe();
    if (!['InProgress', 'Creating', 'Updating', 'RollingBack'].includes(statusOf(record) ?? '')) return record;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const S3DataSource = { S3DataType: 'S3Prefix' as const, S3Uri: `s3://${BUCKET}/in/data` };

async function train(more: object = {}): Promise<{ TrainingJobStatus?: string; FailureReason?: string }> {
  await service.sagemaker.send(
    new CreateTrainingJobCommand({
      TrainingJobName: 'job',
      RoleArn,
      AlgorithmSpecification: {
        ...{ TrainingImage: IMAGE, TrainingInputMode: 'File' },
        MetricDefinitions: [{ Name: 'loss', Regex: 'loss=([0-9.]+);' }],
      },
      InputDataConfig: [{ ChannelName: 'train', DataSource: { S3DataSource } }],
      OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/out` },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 60 },
      ...more,
    }),
  );
  const describe = new DescribeTrainingJobCommand({ TrainingJobName: 'job', ...more });
  return settled(
    () => service.sagemaker.send(describe),
    ({ TrainingJobStatus }) => TrainingJobStatus,
  );
}

async function prepare(): Promise<{ ProcessingJobStatus?: string; FailureReason?: string }> {
  const Outputs = [
    {
      OutputName: 'out',
      S3Output: { S3Uri: `s3://${BUCKET}/out`, LocalPath: OUTPUT_PATH, S3UploadMode: 'EndOfJob' as const },
    },
  ];
  await service.sagemaker.send(
    new CreateProcessingJobCommand({
      ProcessingJobName: 'job',
      RoleArn,
      AppSpecification: { ImageUri: IMAGE, ContainerArguments: ['prepare'] },
      ProcessingInputs: [{ InputName: 'raw', S3Input: { ...S3DataSource, LocalPath: INPUT_PATH } }],
      ProcessingOutputConfig: { Outputs },
      ProcessingResources: {
        ClusterConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
      },
    }),
  );
  const describe = new DescribeProcessingJobCommand({ ProcessingJobName: 'job' });
  return settled(
    () => service.sagemaker.send(describe),
    ({ ProcessingJobStatus }) => ProcessingJobStatus,
  );
}

async function createModel(): Promise<void> {
  const PrimaryContainer = { Image: IMAGE, ModelDataUrl: `s3://${BUCKET}/in/model.tar.gz` };
  await service.sagemaker.send(
    new CreateModelCommand({ ModelName: 'model', ExecutionRoleArn: RoleArn, PrimaryContainer }),
  );
}

async function deploy(more: object = {}): Promise<{ EndpointStatus?: string; FailureReason?: string }> {
  await createModel();
  const variant = { VariantName: 'main', ModelName: 'model', InitialInstanceCount: 1, InstanceType: 'ml.m5.large' };
  await service.sagemaker.send(
    new CreateEndpointConfigCommand({ EndpointConfigName: 'config', ProductionVariants: [variant as never], ...more }),
  );
  await service.sagemaker.send(new CreateEndpointCommand({ EndpointName: 'name', EndpointConfigName: 'config' }));
  const describe = new DescribeEndpointCommand({ EndpointName: 'name' });
  return settled(
    () => service.sagemaker.send(describe),
    ({ EndpointStatus }) => EndpointStatus,
  );
}

async function logGroups(): Promise<(string | undefined)[]> {
  const { logGroups: groups = [] } = await service
    .client(CloudWatchLogsClient)
    .send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/sagemaker' }));
  return groups.map(({ logGroupName }) => logGroupName);
}

async function metrics(): Promise<(string | undefined)[]> {
  const { Metrics = [] } = await service.client(CloudWatchClient).send(new ListMetricsCommand({}));
  return Metrics.map(({ Namespace, MetricName }) => `${Namespace} ${MetricName}`);
}

/** The first message in the log of the endpoint that contains a text, as soon as there is one. */
async function messageOfEndpoint(text: string): Promise<string> {
  const filter = new FilterLogEventsCommand({ logGroupName: '/aws/sagemaker/Endpoints/name' });
  for (;;) {
    const { events = [] } = await service.client(CloudWatchLogsClient).send(filter);
    const found = events.find(({ message = '' }) => message.includes(text));
    if (found?.message !== undefined) return found.message;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('A training job', () => {
  test('completes with the permissions of its role', async () => {
    await createRole();
    expect(await train()).toMatchObject({ TrainingJobStatus: 'Completed' });
    expect(await logGroups()).toEqual(['/aws/sagemaker/TrainingJobs']);
    expect(await metrics()).toEqual(['/aws/sagemaker/TrainingJobs loss']);
  });

  test('without the permission to publish metrics completes without metrics', async () => {
    await createRole('metrics');
    expect(await train()).toMatchObject({ TrainingJobStatus: 'Completed' });
    expect(await metrics()).toEqual([]);
  });

  test.each<[Permission, string]>([
    ['image', 'ClientError: Cannot pull algorithm container. Either the image does not exist or its permissions are'],
    ['token', 'ClientError: Cannot pull algorithm container. Either the image does not exist or its permissions are'],
    [
      'list',
      `ClientError: Data download failed: ${SESSION} s3:ListBucket on resource: "arn:aws:s3:::${BUCKET}" because`,
    ],
    [
      'read',
      `ClientError: Data download failed: ${SESSION} s3:GetObject on resource: "arn:aws:s3:::${BUCKET}/in/data.csv"`,
    ],
    [
      'write',
      `ClientError: Artifact upload failed: ${SESSION} s3:PutObject on resource: "arn:aws:s3:::${BUCKET}/out/job/`,
    ],
  ])('without the permission for %s fails with: %s', async (missing, reason) => {
    await createRole(missing);
    const { TrainingJobStatus, FailureReason } = await train();
    expect([TrainingJobStatus, FailureReason]).toEqual(['Failed', expect.stringContaining(reason)]);
  });

  test('without the permission to write logs completes without logs', async () => {
    await createRole('logs');
    expect(await train()).toMatchObject({ TrainingJobStatus: 'Completed' });
    expect(await logGroups()).toEqual([]);
  });

  test('is not created with a role that does not exist, or that does not trust SageMaker', async () => {
    const message = `Could not assume role ${RoleArn}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com'`;
    await expect(train()).rejects.toThrow(message);
    await createRole(undefined, 'lambda.amazonaws.com');
    await expect(train()).rejects.toThrow(message);
  });
});

describe('A processing job', () => {
  test('completes with the permissions of its role', async () => {
    await createRole();
    expect(await prepare()).toMatchObject({ ProcessingJobStatus: 'Completed' });
    expect(await logGroups()).toEqual(['/aws/sagemaker/ProcessingJobs']);
  });

  test.each<[Permission, string]>([
    ['image', 'ClientError: Cannot pull processing container.'],
    [
      'list',
      `ClientError: Data download failed: ${SESSION} s3:ListBucket on resource: "arn:aws:s3:::${BUCKET}" because`,
    ],
    [
      'read',
      `ClientError: Data download failed: ${SESSION} s3:GetObject on resource: "arn:aws:s3:::${BUCKET}/in/data.csv"`,
    ],
    [
      'write',
      `ClientError: Output upload failed: ${SESSION} s3:PutObject on resource: "arn:aws:s3:::${BUCKET}/out/rows.csv`,
    ],
  ])('without the permission for %s fails with: %s', async (missing, reason) => {
    await createRole(missing);
    const { ProcessingJobStatus, FailureReason } = await prepare();
    expect([ProcessingJobStatus, FailureReason]).toEqual(['Failed', expect.stringContaining(reason)]);
  });

  test('is not created with a role that does not trust SageMaker', async () => {
    await createRole(undefined, 'lambda.amazonaws.com');
    await expect(prepare()).rejects.toThrow(`Could not assume role ${RoleArn}.`);
  });
});

describe('A KMS key', () => {
  const arn = async (): Promise<string> => {
    const TemplateBody = JSON.stringify({
      Resources: {
        Key: { Type: 'AWS::KMS::Key' },
        Bucket: {
          Type: 'AWS::S3::Bucket',
          Properties: {
            BucketName: 'encrypted',
            BucketEncryption: {
              ServerSideEncryptionConfiguration: [
                {
                  ServerSideEncryptionByDefault: {
                    SSEAlgorithm: 'aws:kms',
                    KMSMasterKeyID: { 'Fn::GetAtt': ['Key', 'Arn'] },
                  },
                },
              ],
            },
          },
        },
      },
      Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Key', 'Arn'] } } },
    });
    await service.cloudformation.send(new CreateStackCommand({ StackName: 'Keys', TemplateBody }));
    const describe = new DescribeStacksCommand({ StackName: 'Keys' });
    for (;;) {
      const { Stacks: [stack] = [] } = await service.cloudformation.send(describe);
      if (stack.StackStatus === 'CREATE_COMPLETE') return stack.Outputs?.[0].OutputValue ?? '';
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const allow = (PolicyName: string, Action: string | string[], Resource: string): Promise<unknown> => {
    const document = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action, Resource } };
    const input = { RoleName: 'Execution', PolicyName, PolicyDocument: JSON.stringify(document) };
    return service.query('iam', 'PutRolePolicy', input);
  };
  const ResourceConfig = { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 };

  test('of a volume requires the permission to grant its use', async () => {
    await createRole();
    const key = await arn();
    const more = { ResourceConfig: { ...ResourceConfig, VolumeKmsKeyId: key } };
    expect((await train(more)).FailureReason).toContain(`${SESSION} kms:DescribeKey on resource: ${key}`);
    await allow('Key', ['kms:DescribeKey', 'kms:CreateGrant'], key);
    expect(await train({ ...more, TrainingJobName: 'second' })).toMatchObject({ TrainingJobStatus: 'Completed' });
  });

  test.each([
    ['of the output', (key: string) => ({ S3OutputPath: `s3://${BUCKET}/out`, KmsKeyId: key })],
    ['of the bucket', () => ({ S3OutputPath: 's3://encrypted/out' })],
  ])('%s requires the permission to encrypt with it, and then to decrypt with it', async (_title, outputOf) => {
    await createRole();
    const key = await arn();
    await allow('Bucket', ['s3:GetObject', 's3:PutObject'], 'arn:aws:s3:::*');
    const OutputDataConfig = outputOf(key);
    expect((await train({ OutputDataConfig })).FailureReason).toContain(`${SESSION} kms:GenerateDataKey on`);
    await allow('Key', 'kms:GenerateDataKey', key);
    await train({ OutputDataConfig, TrainingJobName: 'second' });
    const { ModelArtifacts } = await service.sagemaker.send(
      new DescribeTrainingJobCommand({ TrainingJobName: 'second' }),
    );
    const { S3ModelArtifacts: S3Uri = '' } = ModelArtifacts ?? {};
    const InputDataConfig = [{ ChannelName: 'train', DataSource: { S3DataSource: { ...S3DataSource, S3Uri } } }];
    await allow('List', 's3:ListBucket', 'arn:aws:s3:::encrypted');
    const { FailureReason } = await train({ InputDataConfig, TrainingJobName: 'third' });
    expect(FailureReason).toContain(`Data download failed: ${SESSION} kms:Decrypt on resource: ${key}`);
    await allow('Key', 'kms:Decrypt', key);
    expect(await train({ InputDataConfig, TrainingJobName: 'fourth' })).toMatchObject({
      TrainingJobStatus: 'Completed',
    });
  });
});

describe('An endpoint', () => {
  test.each<[Permission, string]>([
    ['image', `The role '${RoleArn}' does not have BatchGetImage permission for the image: '${IMAGE}'.`],
    ['read', `Failed to download model data for container from URL: "s3://${BUCKET}/in/model.tar.gz".`],
  ])('without the permission for %s fails with: %s', async (missing, reason) => {
    await createRole(missing);
    const { EndpointStatus, FailureReason } = await deploy();
    expect([EndpointStatus, FailureReason]).toEqual(['Failed', expect.stringContaining(reason)]);
  });

  test('without the permission to write logs is in service without logs', async () => {
    await createRole('logs');
    expect(await deploy()).toMatchObject({ EndpointStatus: 'InService' });
    expect(await logGroups()).toEqual([]);
  });

  test('without the permission to publish metrics is in service, and its log states the missing permission', async () => {
    await createRole('metrics');
    expect(await deploy()).toMatchObject({ EndpointStatus: 'InService' });
    expect(await messageOfEndpoint('cloudwatch:')).toContain('it has no cloudwatch:PutMetricData');
  });

  describe('that captures data', () => {
    const capture = async (folder: string): Promise<void> => {
      await createRole();
      const DataCaptureConfig = {
        ...{ InitialSamplingPercentage: 100, DestinationS3Uri: `s3://${BUCKET}/${folder}` },
        CaptureOptions: [{ CaptureMode: 'Input' }],
      };
      await deploy({ DataCaptureConfig });
      const invoke = new InvokeEndpointCommand({ EndpointName: 'name', Body: '1' });
      const { Body } = await service.client(SageMakerRuntimeClient).send(invoke);
      expect(Body.transformToString()).toBe('result');
      await service.advance(5);
    };

    test('writes it with the role of its model', async () => {
      await capture('out');
      const list = new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'out/name/main/' });
      const keyCount = async (): Promise<number> => (await service.s3.send(list)).KeyCount ?? 0;
      while ((await keyCount()) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(await keyCount()).toBe(1);
    });

    test('to which the role of its model may not write is in service, and its log has the denial', async () => {
      await capture('private');
      expect(await messageOfEndpoint('captured')).toContain(`${SESSION} s3:PutObject on resource: "arn:aws:s3:::`);
    });
  });

  describe('that alarms can roll back', () => {
    async function update(): Promise<{ EndpointStatus?: string; FailureReason?: string }> {
      await deploy();
      const DeploymentConfig = {
        BlueGreenUpdatePolicy: {
          TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE' as const, WaitIntervalInSeconds: 0 },
        },
        AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'errors' }] },
      };
      await service.sagemaker.send(
        new UpdateEndpointCommand({ EndpointName: 'name', EndpointConfigName: 'config', DeploymentConfig }),
      );
      const describe = new DescribeEndpointCommand({ EndpointName: 'name' });
      return settled(
        () => service.sagemaker.send(describe),
        ({ EndpointStatus }) => EndpointStatus,
      );
    }

    test('is updated if the role of its model may describe the alarms', async () => {
      await createRole();
      expect((await update()).FailureReason).toBeUndefined();
    });

    test('is not updated without that permission', async () => {
      await createRole('alarms');
      expect((await update()).FailureReason).toBe(
        `${SESSION} cloudwatch:DescribeAlarms on resource: arn:aws:cloudwatch:us-east-1:${ACCOUNT}:alarm:errors ` +
          'because no identity-based policy allows the cloudwatch:DescribeAlarms action',
      );
    });
  });

  test('reads and writes the data of asynchronous invocations with the role of its model', async () => {
    await createRole();
    await service.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'private/data.csv', Body: '1' }));
    const OutputConfig = { S3OutputPath: `s3://${BUCKET}/out`, S3FailurePath: `s3://${BUCKET}/out/failed` };
    await deploy({ AsyncInferenceConfig: { OutputConfig } });
    const invoke = (key: string): Promise<{ OutputLocation?: string; FailureLocation?: string }> =>
      service
        .client(SageMakerRuntimeClient)
        .send(new InvokeEndpointAsyncCommand({ EndpointName: 'name', InputLocation: `s3://${BUCKET}/${key}` }));
    const body = async (uri = ''): Promise<string> => {
      const get = new GetObjectCommand({ Bucket: BUCKET, Key: uri.replace(`s3://${BUCKET}/`, '') });
      for (;;) {
        const found = await service.s3.send(get).catch(() => undefined);
        if (found !== undefined) return (await found.Body?.transformToString()) ?? '';
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    expect(await body((await invoke('in/data.csv')).OutputLocation)).toBe('result');
    expect(await body((await invoke('private/data.csv')).FailureLocation)).toContain(`${SESSION} s3:GetObject`);
  });
});

describe('An inference component', () => {
  async function create(specification: object): Promise<{ InferenceComponentStatus?: string; FailureReason?: string }> {
    const variant = { VariantName: 'main', InitialInstanceCount: 1, InstanceType: 'ml.m5.large', ModelName: undefined };
    await deploy({ ExecutionRoleArn: RoleArn, ProductionVariants: [variant] });
    await service.sagemaker.send(
      new CreateInferenceComponentCommand({
        ...{ InferenceComponentName: 'component', EndpointName: 'name', VariantName: 'main' },
        Specification: { ComputeResourceRequirements: { MinMemoryRequiredInMb: 128 }, ...specification },
        RuntimeConfig: { CopyCount: 1 },
      }),
    );
    const describe = new DescribeInferenceComponentCommand({ InferenceComponentName: 'component' });
    return settled(
      () => service.sagemaker.send(describe),
      ({ InferenceComponentStatus }) => InferenceComponentStatus,
    );
  }
  const OF_MODEL = { ModelName: 'model' };
  const OF_CONTAINER = { Container: { Image: IMAGE, ArtifactUrl: `s3://${BUCKET}/in/model.tar.gz` } };

  test.each([
    ['a model', OF_MODEL],
    ['a container', OF_CONTAINER],
  ])('of %s is in service with the permissions of the role', async (_title, specification) => {
    await createRole();
    expect(await create(specification)).toMatchObject({ InferenceComponentStatus: 'InService' });
  });

  test.each([
    ['a model', OF_MODEL],
    ['a container', OF_CONTAINER],
  ])('of %s fails if the role may not read the model data', async (_title, specification) => {
    await createRole('read');
    const { InferenceComponentStatus, FailureReason } = await create(specification);
    expect([InferenceComponentStatus, FailureReason]).toEqual([
      'Failed',
      expect.stringContaining('Failed to download model data for container from URL'),
    ]);
  });
});

describe('A transform job', () => {
  async function transform(): Promise<{ TransformJobStatus?: string; FailureReason?: string }> {
    await createModel();
    await service.sagemaker.send(
      new CreateTransformJobCommand({
        TransformJobName: 'job',
        ModelName: 'model',
        TransformInput: { DataSource: { S3DataSource } },
        TransformOutput: { S3OutputPath: `s3://${BUCKET}/out` },
        TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
      }),
    );
    const describe = new DescribeTransformJobCommand({ TransformJobName: 'job' });
    return settled(
      () => service.sagemaker.send(describe),
      ({ TransformJobStatus }) => TransformJobStatus,
    );
  }

  test('completes with the permissions of the role of its model', async () => {
    await createRole();
    expect(await transform()).toMatchObject({ TransformJobStatus: 'Completed' });
    expect(await logGroups()).toEqual(['/aws/sagemaker/TransformJobs']);
  });

  test.each<[Permission, string]>([
    ['list', `ClientError: ${SESSION} s3:ListBucket`],
    ['write', `ClientError: ${SESSION} s3:PutObject on resource: "arn:aws:s3:::${BUCKET}/out/data.csv.out"`],
  ])('without the permission for %s fails with: %s', async (missing, reason) => {
    await createRole(missing);
    const { TransformJobStatus, FailureReason } = await transform();
    expect([TransformJobStatus, FailureReason]).toEqual(['Failed', expect.stringContaining(reason)]);
  });
});
