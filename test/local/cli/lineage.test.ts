import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateModelPackageCommand,
  type CreateModelPackageCommandInput,
  CreateModelPackageGroupCommand,
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { inputTags } from '../../../lib/handlers/jobs/input-tags';
import { ServiceFixture } from '../services/fixture';
import { byoa, byoaHere } from './byoa';

const ACCOUNT = 'arn:aws:sagemaker:us-east-1:000000000000';
const VERSION = `${ACCOUNT}:model-package/churn/1`;
const IMAGE = '000000000000.dkr.ecr.us-east-1.amazonaws.com/churn:1';
const MANIFEST = '{"schemaVersion":2}';
const DIGEST = `sha256:${createHash('sha256').update(MANIFEST).digest('hex')}`;
const JOB = 'stack-train--0123456789';
const INPUTS = [
  {
    ChannelName: 'train',
    DataSource: { S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri: 's3://data/train/' } },
  },
];

const service = ServiceFixture.forEachTest();

/** The command line with the endpoint and the credentials that `byoa local run` sets. */
function lineage(
  args: string[],
  env: Record<string, string> = {},
  run: typeof byoa | typeof byoaHere = byoaHere,
): ReturnType<typeof byoaHere> {
  const credentials = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
  return run(['lineage', ...args], { env: { AWS_ENDPOINT_URL: service.url, ...credentials, ...env } });
}

const putObject = (Key: string, Body: string): Promise<unknown> =>
  service.s3.send(new PutObjectCommand({ Bucket: 'data', Key, Body }));

/** Trains as the handlers do. Returns the URI of the model artifact. */
async function train(): Promise<string> {
  await service.s3.send(new CreateBucketCommand({ Bucket: 'data' }));
  await putObject('train/a.csv', '1,2\n');
  await service.client(ECRClient).send(new CreateRepositoryCommand({ repositoryName: 'churn' }));
  await fetch(`${service.url}/v2/churn/manifests/1`, { method: 'PUT', body: MANIFEST });
  const { sagemaker } = service;
  const request = {
    RoleArn: 'arn:aws:iam::000000000000:role/any',
    AlgorithmSpecification: {
      TrainingImage: IMAGE,
      TrainingInputMode: 'File' as const,
      MetricDefinitions: [{ Name: 'auc', Regex: 'auc=([0-9.]+)' }],
    },
    HyperParameters: { epochs: '30' },
    InputDataConfig: INPUTS,
    OutputDataConfig: { S3OutputPath: 's3://data/out' },
    ResourceConfig: { InstanceType: 'ml.m5.large' as const, InstanceCount: 1, VolumeSizeInGB: 1 },
    StoppingCondition: { MaxRuntimeInSeconds: 60 },
  };
  const Tags = await inputTags(request, { s3: service.s3 } as never);
  await sagemaker.send(new CreateTrainingJobCommand({ TrainingJobName: JOB, ...request, Tags }));
  for (;;) {
    const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: JOB }));
    if (job.TrainingJobStatus === 'Completed') return job.ModelArtifacts?.S3ModelArtifacts ?? '';
    if (job.TrainingJobStatus === 'Failed') throw new Error(job.FailureReason);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function register(ModelDataUrl?: string, more: Partial<CreateModelPackageCommandInput> = {}): Promise<void> {
  const { sagemaker } = service;
  await sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: 'churn' }));
  const InferenceSpecification = {
    Containers: [{ Image: IMAGE, ModelDataUrl }],
    SupportedContentTypes: ['text/csv'],
    SupportedResponseMIMETypes: ['text/csv'],
  };
  const request = { ModelPackageGroupName: 'churn', InferenceSpecification, ...more };
  await sagemaker.send(new CreateModelPackageCommand(request));
}

const EXECUTION = 'arn:aws:states:us-east-1:000000000000:execution:churn:gone';
const BY_WORKFLOW: Partial<CreateModelPackageCommandInput> = {
  MetadataProperties: { GeneratedBy: `${ACCOUNT}:training-job/${JOB}` },
  CustomerMetadataProperties: { execution: EXECUTION, trainingJob: JOB, 'metric:auc': '0.9', commitId: '0a1b2c3' },
  ModelMetrics: { ModelQuality: { Statistics: { ContentType: 'application/json', S3Uri: 's3://data/report.json' } } },
};

/** Trains in containers that log a metric. */
const trainer = (): Promise<void> =>
  service.restart({
    program: (inside) => {
      inside.print('auc=0.9');
      return 0;
    },
  });

describe('`byoa lineage`', () => {
  beforeEach(trainer);

  test('prints what has made a version that a workflow has registered', async () => {
    const artifact = await train();
    await register(artifact, BY_WORKFLOW);
    const { code, stdout, stderr } = await lineage([VERSION, '--format', 'json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      modelPackageArn: VERSION,
      status: 'Completed',
      approvalStatus: 'PendingManualApproval',
      commit: { commitId: '0a1b2c3' },
      containers: [
        {
          image: IMAGE,
          digest: DIGEST,
          modelDataUrl: artifact,
          modelDataETag: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
        },
      ],
      metrics: { auc: '0.9' },
      evaluationReport: 's3://data/report.json',
      trainingJob: {
        trainingJobName: JOB,
        status: 'Completed',
        image: { image: IMAGE, digest: DIGEST },
        instances: '1 × ml.m5.large',
        hyperparameters: { epochs: '30' },
        metrics: { auc: 0.9 },
        inputs: {
          channels: [{ channel: 'train', source: 's3://data/train/', dataType: 'S3Prefix' }],
          recorded: { objects: 1, bytes: 4, isPartial: false },
          isUnchanged: true,
          versions: { missing: 'the buckets have no versions' },
        },
        modelArtifact: artifact,
      },
      execution: {
        executionArn: EXECUTION,
        details: {
          missing: 'the execution does not exist any more: its record is deleted 90 days after its end',
        },
      },
    });
  });

  test('prints a report in which each line has a name, and each unknown value a reason', async () => {
    await register(await train(), BY_WORKFLOW);
    await putObject('train/b.csv', '3\n');
    const { code, stdout } = await lineage([VERSION], {}, byoa);
    expect(code).toBe(0);
    const lines = stdout.split('\n').map((line) => line.trim().replace(/ {2,}/, ' | '));
    expect(lines).toEqual(
      expect.arrayContaining([
        `Version | ${VERSION}`,
        'status | Completed, PendingManualApproval',
        'commit | 0a1b2c3',
        `digest | ${DIGEST}`,
        `Training job | ${JOB}`,
        'epochs | 30',
        'auc | 0.9',
        'train | s3://data/train/ (S3Prefix)',
        expect.stringMatching(/^when created \| 1 objects, 4 bytes, newest .+, sha256 [0-9a-f]{64}$/),
        expect.stringMatching(/^now \| 2 objects, 6 bytes, newest .+, sha256 [0-9a-f]{64}$/),
        'versions | unknown: the buckets have no versions',
        'report | s3://data/report.json',
        'status | unknown: the execution does not exist any more: its record is deleted 90 days after its end',
      ]),
    );
  });

  test('finds the training job of a version without a record by its model data', async () => {
    await register(await train());
    const { stdout } = await lineage([VERSION, '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      trainingJob: { trainingJobName: JOB, hyperparameters: { epochs: '30' } },
      commit: { missing: expect.stringContaining('not recorded: set `commitId`') as unknown },
      execution: { missing: 'not recorded: the version was registered outside of a workflow' },
    });
  });

  test.each([
    ['model data that no job has written', 's3://data/model.tar.gz', 'its model data is not that of a training job'],
    [
      'the name of another job in the URI of its model data',
      `s3://copies/${JOB}/output/model.tar.gz`,
      `the training job ${JOB} exists, but has not written the model data of the version`,
    ],
    [
      'model data of a job of another account',
      's3://data/other/output/model.tar.gz',
      'the training job other does not exist in the region of the version and the account of the credentials',
    ],
  ])('reports no training job for a version with %s', async (_, modelData, reason) => {
    await train();
    await register(modelData);
    const { code, stdout } = await lineage([VERSION, '--format', 'json']);
    expect(code).toBe(0);
    const { trainingJob } = JSON.parse(stdout) as { trainingJob: { missing: string } };
    expect(trainingJob.missing).toContain(reason);
  });

  test('names no digest of an image whose tag was moved after the job was created', async () => {
    await register(await train(), {
      InferenceSpecification: {
        Containers: [{ Image: 'other', ModelDataUrl: `s3://data/out/${JOB}/output/model.tar.gz` }],
        SupportedContentTypes: ['text/csv'],
        SupportedResponseMIMETypes: ['text/csv'],
      },
    });
    const moved = '{"schemaVersion":2,"layers":[]}';
    const digest = createHash('sha256').update(moved).digest('hex');
    const digestOfJob = async (): Promise<unknown> => {
      const { stdout } = await lineage([VERSION, '--format', 'json']);
      return (JSON.parse(stdout) as { trainingJob: { image: { digest: unknown } } }).trainingJob.image.digest;
    };
    expect(await digestOfJob()).toBe(DIGEST);
    await fetch(`${service.url}/v2/churn/manifests/1`, { method: 'PUT', body: moved });
    expect(await digestOfJob()).toEqual({
      missing: `the tag 1 was moved after the job was created, and is now sha256:${digest}`,
    });
  });
});

test('`byoa lineage` does not report a job of the same name in the account of the credentials as that of another account', async () => {
  const version = 'arn:aws:sagemaker:us-east-1:111122223333:model-package/churn/1';
  const responses: Record<string, object> = {
    DescribeModelPackage: { ModelPackageArn: version, CustomerMetadataProperties: { trainingJob: JOB } },
    DescribeTrainingJob: {
      TrainingJobName: JOB,
      TrainingJobArn: `arn:aws:sagemaker:us-east-1:444455556666:training-job/${JOB}`,
    },
  };
  const server = createServer(({ headers }, response) => {
    const [, action = ''] = String(headers['x-amz-target']).split('.');
    response
      .writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
      .end(JSON.stringify(responses[action] ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { code, stdout } = await lineage([version, '--format', 'json', '--endpoint-url', url]);
  server.close();
  expect(code).toBe(0);
  expect((JSON.parse(stdout) as { trainingJob: unknown }).trainingJob).toEqual({
    missing: `the training job ${JOB} is in account 111122223333, and the credentials are of account 444455556666`,
  });
});

describe('`byoa lineage` of a version that cannot be described', () => {
  test('exits with code 1 and names the list of versions if it does not exist', async () => {
    await register('s3://data/model.tar.gz');
    const { code, stdout, stderr } = await lineage([`${ACCOUNT}:model-package/churn/9`]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      `${ACCOUNT}:model-package/churn/9 does not exist in account 000000000000 and region us-east-1. The versions of a group: ` +
        'aws sagemaker list-model-packages --model-package-group-name churn --region us-east-1\n',
    );
  });

  test.each([
    ['arn:aws:s3:::data', '<arn> must be the ARN of a model package version such as'],
    [`${ACCOUNT}:model-package/churn/0`, '<arn> must be the ARN of a model package version such as'],
    [
      `${ACCOUNT}:model-package-group/churn`,
      '<arn> must be the ARN of a version, and not of a model package group, got: ' +
        `"${ACCOUNT}:model-package-group/churn". The versions of the group: aws sagemaker list-model-packages --model-package-group-name churn`,
    ],
  ])('exits with code 2 for %s, together with the errors of its options', async (arn, error) => {
    const { code, stderr } = await lineage([arn, '--endpoint-url', 'localhost']);
    expect(code).toBe(2);
    expect(stderr).toContain(`error: ${error}`);
    expect(stderr).toContain(
      'error: --endpoint-url must be an HTTP URL such as http://127.0.0.1:8080, got: "localhost"',
    );
  });

  test('exits with code 2 and names the ways to set credentials if there are none', async () => {
    const home = mkdtempSync(path.join(tmpdir(), 'home-'));
    const none = {
      HOME: home,
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_PROFILE: '',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    const { code, stderr } = await lineage([VERSION], none);
    rmSync(home, { recursive: true });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error: No AWS credentials were found: .+\. Set AWS_PROFILE or other credentials of account 000000000000/,
    );
  });

  test('exits with code 2 and names the address if the endpoint does not respond', async () => {
    const { code, stderr } = await lineage([VERSION, '--endpoint-url', 'http://127.0.0.1:1'], {}, byoa);
    expect(code).toBe(2);
    expect(stderr).toBe(
      `error: ${VERSION} cannot be described (ECONNREFUSED): connect ECONNREFUSED 127.0.0.1:1. The endpoint is http://127.0.0.1:1: ` +
        'start its service, or change --endpoint-url or AWS_ENDPOINT_URL\n',
    );
  });

  test('exits with code 2 if AWS_ENDPOINT_URL is not a URL', async () => {
    const { code, stderr } = await lineage([VERSION], { AWS_ENDPOINT_URL: 'localhost' });
    expect(code).toBe(2);
    expect(stderr).toBe(
      'error: AWS_ENDPOINT_URL must be an HTTP URL such as http://127.0.0.1:8080, got: "localhost"\n',
    );
  });

  test('exits with code 2 and names the profile if that has no credentials', async () => {
    const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' };
    const { code, stderr } = await lineage([VERSION], { ...none, AWS_PROFILE: 'absent' });
    expect(code).toBe(2);
    expect(stderr).toContain(
      'The profile "absent" of AWS_PROFILE has none. Set other credentials of account 000000000000',
    );
  });

  test.each([
    [
      { __type: 'AccessDeniedException', message: 'User: arn:aws:iam::111122223333:user/a is not authorized' },
      'No permission for sagemaker:DescribeModelPackage on arn:aws:sagemaker:eu-central-1:111122223333:model-package/churn/7: User: ',
    ],
    [
      { __type: 'ExpiredTokenException', message: 'The security token included in the request is expired' },
      'AWS rejects the credentials: The security token included in the request is expired. Refresh them',
    ],
  ])('exits with code 2 for an error of the service in the region of the ARN', async (error, message) => {
    const received: (string | undefined)[] = [];
    const listener: RequestListener = ({ headers }, response) => {
      received.push(headers.authorization);
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(error));
    };
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const arn = 'arn:aws:sagemaker:eu-central-1:111122223333:model-package/churn/7';
    const { code, stderr } = await lineage([arn, '--endpoint-url', url], { AWS_REGION: 'us-east-1' });
    server.close();
    expect(code).toBe(2);
    expect(stderr).toContain(`error: ${message}`);
    expect(received[0]).toContain('/eu-central-1/sagemaker/aws4_request');
  });
});
