import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { ListTrainingJobsCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { DockerEngine } from '../local/container';
import { LocalService } from '../local/services';
import { Objects } from '../local/services/s3/objects';
import { Store } from '../local/services/store';
import { type Bench, type Measured, alternating, median } from './bench';

const FEW = 100;
const MANY_JOBS = 10_000;
const MANY_OBJECTS = 100_000;
const PAGE = 100;
const MAX_RATIO = 10;
const ROUNDS = 25;
const BUCKET = 'bench-lists';

/** A local service, in this process, with training jobs and objects that need no container. */
class Listed {
  private readonly directory = mkdtempSync(path.join(tmpdir(), 'bench-lists-'));
  private readonly service: LocalService;

  constructor(jobs: number, objects: number) {
    this.createJobs(jobs);
    this.createObjects(objects);
    const options = { directory: this.directory, port: 0, region: 'us-east-1', engine: new DockerEngine() };
    this.service = new LocalService(options);
  }

  public async start(): Promise<{ jobs(): Promise<number>; objects(): Promise<number> }> {
    await this.service.start();
    const config = {
      endpoint: this.service.context.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    };
    const sagemaker = new SageMakerClient(config);
    const s3 = new S3Client({ ...config, forcePathStyle: true });
    return {
      jobs: () =>
        milliseconds(async () => {
          const { TrainingJobSummaries } = await sagemaker.send(new ListTrainingJobsCommand({ MaxResults: PAGE }));
          return TrainingJobSummaries?.length;
        }),
      objects: () =>
        milliseconds(async () => {
          const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, MaxKeys: PAGE }));
          return Contents?.length;
        }),
    };
  }

  public async close(): Promise<void> {
    await this.service.close();
    rmSync(this.directory, { recursive: true });
  }

  private createJobs(count: number): void {
    const store = new Store<object>(path.join(this.directory, 'state', 'training-jobs'));
    for (let index = 0; index < count; index++) {
      const TrainingJobName = `job-${index}`;
      store.put(TrainingJobName, {
        TrainingJobName,
        TrainingJobArn: `arn:aws:sagemaker:us-east-1:000000000000:training-job/${TrainingJobName}`,
        TrainingJobStatus: 'Completed',
        SecondaryStatus: 'Completed',
        CreationTime: 1.7e9 + index,
        LastModifiedTime: 1.7e9 + index,
        HyperParameters: { epochs: '20' },
      });
    }
  }

  /** Only the objects of the first page have a file: the others are only listed by their keys. */
  private createObjects(count: number): void {
    const directory = path.join(this.directory, 's3', BUCKET);
    const records = new Store<{ key: string; etag: string; metadata: Record<string, string> }>(
      path.join(directory, 'info'),
    );
    const objects = new Objects(directory, records);
    const content = path.join(this.directory, 'content');
    for (let index = 0; index < count; index++) {
      const key = `object-${String(index).padStart(6, '0')}`;
      const info = { etag: '"0"', metadata: {} };
      if (index < PAGE) {
        writeFileSync(content, 'x');
        objects.put(key, content, info);
      } else records.put(key, { key, ...info });
    }
  }
}

async function milliseconds(list: () => Promise<number | undefined>): Promise<number> {
  const started = performance.now();
  const count = await list();
  if (count !== PAGE) throw new Error(`A page of ${PAGE} items was expected, got: ${count}.`);
  return performance.now() - started;
}

/** One page of a list, through the AWS SDK, if there are few items and if there are many. */
export const bench: Bench = async ({ isShort }) => {
  const [jobs, objects] = isShort ? [1000, 1000] : [MANY_JOBS, MANY_OBJECTS];
  const services = [new Listed(FEW, FEW), new Listed(jobs, objects)];
  try {
    const [few, many] = [await services[0].start(), await services[1].start()];
    const measured = async (kind: 'jobs' | 'objects', metric: string): Promise<Measured> => {
      const samples = await alternating(['few', 'many'], isShort ? 1 : ROUNDS, (name) =>
        (name === 'few' ? few : many)[kind](),
      );
      const [peer, ours] = ['few', 'many'].map((name) => median(samples.get(name) ?? []));
      return {
        metric,
        unit: 'ms',
        ours,
        peers: { [`of ${FEW}`]: peer },
        goal: `at most ${MAX_RATIO} ×`,
        met: ours <= MAX_RATIO * peer,
      };
    };
    return [
      await measured('jobs', `a page of ${PAGE} training jobs of ${jobs}`),
      await measured('objects', `a page of ${PAGE} objects of ${objects}`),
    ];
  } finally {
    for (const service of services) await service.close();
  }
};
