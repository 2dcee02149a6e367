import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { Inside, Program } from '../../../fake-engine';
import { ROLE, controlPlane } from '../control-plane';

const IMAGE = '000000000000.dkr.ecr.us-east-1.amazonaws.com/prepare:1';
const RAW = '/opt/ml/processing/input/raw';
const OUT = '/opt/ml/processing/output/out';
const NAME = { ProcessingJobName: 'job' };
const CLUSTER = { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 } as const;

const input = (source: object = {}): object => ({
  InputName: 'raw',
  S3Input: { S3Uri: 's3://data/in/', S3DataType: 'S3Prefix', LocalPath: RAW, S3InputMode: 'File', ...source },
});
const output = (target: object = {}): object => ({
  OutputName: 'out',
  S3Output: { S3Uri: 's3://data/out', LocalPath: OUT, S3UploadMode: 'EndOfJob', ...target },
});
const clusterOf = (cluster: object): object => ({ ProcessingResources: { ClusterConfig: cluster } });
const job = (more: object = {}): object => ({
  ...NAME,
  RoleArn: ROLE,
  AppSpecification: { ImageUri: IMAGE },
  ProcessingOutputConfig: { Outputs: [output()] },
  ...clusterOf(CLUSTER),
  ...more,
});

type Plane = ReturnType<typeof controlPlane>;

async function run(program: Program, more: object = {}, objects: string[] = []): Promise<Plane> {
  const plane = controlPlane(program);
  for (const key of objects) await plane.s3.put('data', key, Readable.from([key]));
  plane.call('CreateProcessingJob', job(more));
  await plane.changes.until('job Completed', 'job Failed', 'job Stopped');
  return plane;
}

const write = (inside: Inside, name: string, content = '1'): void =>
  writeFileSync(inside.host(`${OUT}/${name}`), content);

const contentOf = ({ s3 }: Plane, key: string): string => readFileSync(s3.file('data', key), 'utf8');

describe('A processing job', () => {
  test('reads its inputs, and uploads its outputs', async () => {
    const plane = await run(
      (inside) => {
        for (const file of readdirSync(inside.host(RAW)))
          write(inside, file, readFileSync(inside.host(`${RAW}/${file}`), 'utf8').toUpperCase());
        return 0;
      },
      { ProcessingInputs: [input()] },
      ['in/a.csv', 'in/b.csv', 'other/c.csv'],
    );
    expect(plane.changes.all).toEqual(['job InProgress', 'job Completed']);
    expect(plane.s3.keys('data', 'out/')).toEqual(['out/a.csv', 'out/b.csv']);
    expect(contentOf(plane, 'out/a.csv')).toBe('IN/A.CSV');
  });

  test.each([
    ['s3://data/in', ['in/a.csv', 'in/b.csv'], ['a.csv', 'b.csv']],
    ['s3://data/in/a', ['in/a-1.csv', 'in/a-2.csv'], ['a-1.csv', 'a-2.csv']],
    ['s3://data/in', ['in/a.csv', 'in-2/b.csv'], ['in', 'in-2']],
    ['s3://data/in/a.csv', ['in/a.csv'], ['a.csv']],
  ])('whose input is %s has the files %s as %s: only a folder may lack its last slash', async (S3Uri, keys, files) => {
    const seen: string[] = [];
    const program: Program = (inside) => (seen.push(...readdirSync(inside.host(RAW))), 0);
    await run(program, { ProcessingInputs: [input({ S3Uri })] }, keys);
    expect(seen.sort()).toEqual(files);
  });

  test('distributes the objects of an input among its instances', async () => {
    const seen: string[][] = [];
    await run(
      (inside) => (seen.push(readdirSync(inside.host(RAW))), 0),
      {
        ProcessingInputs: [input({ S3DataDistributionType: 'ShardedByS3Key' })],
        ...clusterOf({ ...CLUSTER, InstanceCount: 2 }),
      },
      ['in/a', 'in/b', 'in/c'],
    );
    expect(seen).toEqual([['a', 'c'], ['b']]);
  });

  test('finds its own request in its configuration', async () => {
    let config: unknown;
    await run(
      (inside) => {
        config = JSON.parse(readFileSync(inside.host('/opt/ml/config/processingjobconfig.json'), 'utf8'));
        return 0;
      },
      { Environment: { A: '1' } },
    );
    expect(config).toEqual({
      ProcessingJobArn: 'arn:aws:sagemaker:us-east-1:000000000000:processing-job/job',
      ProcessingJobName: 'job',
      AppSpecification: { ImageUri: IMAGE, ContainerEntrypoint: null, ContainerArguments: null },
      Environment: { A: '1' },
      ProcessingInputs: [],
      ProcessingOutputConfig: { Outputs: [output()], KmsKeyId: null },
      ProcessingResources: { ClusterConfig: { ...CLUSTER, VolumeKmsKeyId: null } },
      RoleArn: ROLE,
      StoppingCondition: { MaxRuntimeInSeconds: 86_400 },
    });
  });

  test('that fails has the failure reason of SageMaker, the message of its container, and its outputs', async () => {
    const plane = await run((inside) => {
      writeFileSync(inside.host('/opt/ml/output/message'), 'no column "age"');
      write(inside, 'partial.csv');
      return 1;
    });
    expect(plane.call('DescribeProcessingJob', NAME)).toMatchObject({
      ProcessingJobStatus: 'Failed',
      FailureReason: 'AlgorithmError: See job logs for more information',
      ExitMessage: 'no column "age"',
      ProcessingStartTime: expect.any(Number) as number,
      ProcessingEndTime: expect.any(Number) as number,
    });
    expect(plane.s3.keys('data', 'out/')).toEqual(['out/partial.csv']);
  });

  test('with a message that is not UTF-8 fails although its container has succeeded', async () => {
    const plane = await run((inside) => {
      writeFileSync(inside.host('/opt/ml/output/message'), Buffer.from([0xff]));
      return 0;
    });
    expect(plane.call('DescribeProcessingJob', NAME)).toMatchObject({
      ProcessingJobStatus: 'Failed',
      FailureReason: 'ClientError: The exit message is not valid UTF-8.',
    });
  });

  test('has a log stream for each instance', async () => {
    const { logs } = await run((inside) => (inside.print('hello'), 0), clusterOf({ ...CLUSTER, InstanceCount: 2 }));
    const streams = logs.of('job').map(({ stream }) => stream);
    expect(streams.sort()).toEqual([
      expect.stringMatching(/^job\/algo-1-\d{10}$/),
      expect.stringMatching(/^job\/algo-2-\d{10}$/),
    ]);
  });

  test('is stopped, and uploads what its container has saved by then', async () => {
    const plane = controlPlane(async (inside) => {
      await inside.terminated;
      write(inside, 'saved.csv');
      return 0;
    });
    plane.call('CreateProcessingJob', job());
    plane.call('StopProcessingJob', NAME);
    await plane.changes.until('job Stopped');
    expect(plane.changes.all).toEqual(['job InProgress', 'job Stopping', 'job Stopped']);
    expect(plane.s3.keys('data', 'out/')).toEqual(['out/saved.csv']);
    expect(() => plane.call('StopProcessingJob', NAME)).toThrow('because the processing job is in status Stopped');
  });

  test('is stopped at its maximum run time, for which it has run, without a failure reason', async () => {
    const plane = await run(async ({ terminated }) => (await terminated, 0), {
      StoppingCondition: { MaxRuntimeInSeconds: 1 },
    });
    const described = plane.call('DescribeProcessingJob', NAME) as Record<string, number>;
    expect(described.FailureReason).toBeUndefined();
    expect(described.ProcessingJobStatus).toBe('Stopped');
    expect(described.ProcessingEndTime - described.ProcessingStartTime).toBeGreaterThanOrEqual(1);
  });

  test('uploads a continuous output while its container runs', async () => {
    const plane = controlPlane(async (inside) => {
      write(inside, 'early.csv');
      await inside.terminated;
      return 0;
    });
    plane.call(
      'CreateProcessingJob',
      job({ ProcessingOutputConfig: { Outputs: [output({ S3UploadMode: 'Continuous' })] } }),
    );
    while (plane.s3.keys('data', 'out/').length === 0) await new Promise((resolve) => setImmediate(resolve));
    plane.call('StopProcessingJob', NAME);
    await plane.changes.until('job Stopped');
    expect(plane.s3.keys('data', 'out/')).toEqual(['out/early.csv']);
  });

  test('is listed, and described with the members that SageMaker adds', async () => {
    const { call } = await run(
      () => 0,
      clusterOf({ InstancePreferences: [{ InstanceType: 'ml.m5.large' }], VolumeSizeInGB: 1 }),
    );
    expect(call('ListProcessingJobs', {})).toMatchObject({
      ProcessingJobSummaries: [{ ...NAME, ProcessingJobStatus: 'Completed' }],
    });
    expect(call('DescribeProcessingJob', NAME)).toMatchObject({
      StoppingCondition: { MaxRuntimeInSeconds: 86_400 },
      ProcessingResources: {
        ClusterConfig: { SelectedInstanceType: 'ml.m5.large', SelectedInstanceCount: 1 },
      },
      ProcessingOutputConfig: { Outputs: [{ ...output(), AppManaged: false }] },
    });
  });

  test('with inputs and outputs that its container manages downloads and uploads nothing', async () => {
    const plane = await run((inside) => (inside.spec.mounts.some(({ target }) => target === RAW) ? 1 : 0), {
      ProcessingInputs: [{ ...input(), AppManaged: true }],
      ProcessingOutputConfig: { Outputs: [{ ...output(), AppManaged: true }] },
    });
    expect(plane.changes.all.at(-1)).toBe('job Completed');
  });
});

describe('The creation of a processing job is rejected', () => {
  test.each<[string, object, string]>([
    [
      'with an input without objects',
      { ProcessingInputs: [input({ S3Uri: 's3://data/none/' })] },
      'No S3 objects found under S3 URL "s3://data/none/" given in input data source.',
    ],
    [
      'with a path elsewhere in the container',
      { ProcessingInputs: [input({ LocalPath: '/data' })] },
      'Processing input raw: LocalPath is required, and must start with /opt/ml/processing/, got: "/data"',
    ],
    [
      'with an output without a path',
      { ProcessingOutputConfig: { Outputs: [output({ LocalPath: undefined })] } },
      'Processing output out: LocalPath is required, and must start with /opt/ml/processing/, got: ""',
    ],
    [
      'with an output in a bucket that does not exist',
      { ProcessingOutputConfig: { Outputs: [output({ S3Uri: 's3://missing/out' })] } },
      'Processing output out: the bucket of "s3://missing/out" does not exist or is read-only.',
    ],
    [
      'with two inputs with the same name',
      { ProcessingInputs: [input(), input()] },
      'The name of each processing input must be unique, got: raw',
    ],
    [
      'without an instance type',
      clusterOf({ VolumeSizeInGB: 1 }),
      'Exactly one of InstanceType and InstancePreferences',
    ],
    [
      'with both an instance type and preferred ones',
      clusterOf({ ...CLUSTER, InstancePreferences: [{ InstanceType: 'ml.m5.large' }] }),
      'Exactly one of InstanceType and InstancePreferences',
    ],
    [
      'with a number of instances for some of the preferred types',
      clusterOf({
        VolumeSizeInGB: 1,
        InstancePreferences: [{ InstanceType: 'ml.m5.large', InstanceCount: 1 }, { InstanceType: 'ml.m5.xlarge' }],
      }),
      'InstanceCount must be set for the job, or for all of InstancePreferences',
    ],
    [
      'with Gzip in File mode',
      { ProcessingInputs: [input({ S3CompressionType: 'Gzip' })] },
      'S3CompressionType Gzip requires Pipe mode.',
    ],
    [
      'with Pipe mode, which is not documented well enough',
      { ProcessingInputs: [input({ S3InputMode: 'Pipe' })] },
      'The local service does not support Pipe mode',
    ],
    [
      'with an image in another region',
      { AppSpecification: { ImageUri: IMAGE.replace('us-east-1', 'eu-west-1') } },
      'Cross region ECR image pulls are not allowed.',
    ],
    [
      'with a volume key for local storage',
      clusterOf({ ...CLUSTER, InstanceType: 'ml.g5.xlarge', VolumeKmsKeyId: 'key' }),
      'VolumeKmsKeyId is not supported for ml.g5.xlarge',
    ],
    [
      'with a maximum run time of 10 days',
      { StoppingCondition: { MaxRuntimeInSeconds: 864_000 } },
      'Member must have value less than or equal to 777600',
    ],
  ])('%s', (_, more, message) => {
    const { call } = controlPlane(() => 0);
    expect(() => call('CreateProcessingJob', job(more))).toThrow(message);
  });

  test('with a name that is taken', async () => {
    const { call } = await run(() => 0);
    expect(() => call('CreateProcessingJob', job())).toThrow('a job with this name already exists (job)');
  });

  test('and an unknown job is not found', () => {
    const { call } = controlPlane(() => 0);
    expect(() => call('DescribeProcessingJob', NAME)).toThrow('Could not find requested job with name: job');
  });
});
