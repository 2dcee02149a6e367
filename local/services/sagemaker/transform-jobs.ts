import type { CreateTransformJobCommandInput } from '@aws-sdk/client-sagemaker';
import * as path from 'node:path';
import { parseS3Folder } from '../../aws-model/s3-uri';
import { ServiceError, validationError } from '../../aws-model/service-error';
import { type Run, type TransformRequest, transformEnvironment, transformWith, withRun } from '../../container';
import { type BucketsOfRole, kmsKeyArn } from '../s3';
import type { Store } from '../store';
import type { Operations } from '../wire/json';
import { type Wire, now } from '../wire/record';
import { type DataObject, objectsOf } from './data/data-sources';
import { instanceId } from './instance-id';
import { checkTransform } from './model-rules';
import { ModelServer } from './model-server';
import type { Models } from './models';
import { describe } from './descriptions';
import { ExecutionRole, type ExecutionRoleServices } from './execution-role';
import { list, pick } from './pages';
import { type Outcome, RunningJobs } from './running-jobs';
import type { Tags } from './tags';
import { outputOf, writeManifests } from './transform-capture';

const LOG_GROUP = '/aws/sagemaker/TransformJobs';

type Input = Wire<CreateTransformJobCommandInput>;
export type TransformJob = Input & {
  readonly TransformJobName: string;
  readonly TransformJobArn: string;
  readonly TransformJobStatus: string;
  readonly CreationTime: number;
  readonly FailureReason?: string;
  readonly TransformStartTime?: number;
  readonly TransformEndTime?: number;
};

interface Services extends ExecutionRoleServices {
  readonly tags: Tags;
  readonly models: Models;
}

/** Batch transform jobs: the containers of a model run on this machine, and process the records of a data set. */
export class TransformJobs {
  public readonly operations: Operations;

  private readonly store: Store<TransformJob>;
  private readonly running = new RunningJobs();

  constructor(private readonly services: Services) {
    this.store = services.context.store<TransformJob>('transform-jobs');
    this.operations = {
      CreateTransformJob: (input: Input) => pick(this.create(input), 'TransformJobArn'),
      DescribeTransformJob: ({ TransformJobName }: { TransformJobName: string }) =>
        describe('DescribeTransformJob', this.existing(TransformJobName)),
      StopTransformJob: ({ TransformJobName }: { TransformJobName: string }) => this.stop(TransformJobName),
      ListTransformJobs: (query: object) =>
        list(
          'ListTransformJobs',
          this.store
            .list()
            .map((job) => ({ LastModifiedTime: job.TransformEndTime ?? job.TransformStartTime, ...job })),
          query,
        ),
    };
  }

  /** Starts the jobs again that were in progress when the service stopped. */
  public resume(): void {
    for (const job of this.store.list()) {
      if (job.TransformJobStatus === 'Stopping') this.end(job.TransformJobName, { status: 'Stopped' });
      if (job.TransformJobStatus === 'InProgress') this.start(job);
    }
  }

  public close(): Promise<void> {
    return this.running.close();
  }

  public has(name: string): boolean {
    return this.store.get(name) !== undefined;
  }

  public existing(name: string): TransformJob {
    const job = this.store.get(name);
    if (job === undefined) throw new ServiceError('ResourceNotFound', `Could not find transform job "${name}".`);
    return job;
  }

  public create({ Tags: tags, ...input }: Input): TransformJob {
    const name = input.TransformJobName ?? '';
    if (this.store.get(name) !== undefined) {
      throw new ServiceError(
        'ResourceInUse',
        `Job name must be unique within an AWS account and region, and a job with this name already exists (${name})`,
      );
    }
    this.check(input);
    const TransformJobArn = this.services.context.arn('sagemaker', `transform-job/${name.toLowerCase()}`);
    this.services.tags.add(TransformJobArn, tags as never);
    const job = this.store.put(name, {
      ...input,
      TransformJobName: name,
      TransformJobArn,
      TransformJobStatus: 'InProgress',
      CreationTime: now(),
    });
    this.start(job);
    this.services.context.events.publish('transformJob', job);
    return job;
  }

  /** Validates a job before anything starts. */
  private check(input: Input): void {
    const model = this.services.models.hosted(input.ModelName ?? '');
    const { containers, isDirect } = model;
    if (isDirect || containers.some(({ isMultiModel }) => isMultiModel)) {
      throw validationError('A transform job requires a model with one container, or a serial inference pipeline.');
    }
    checkTransform(input.TransformResources?.InstanceType, model);
    dataOf(this.services.s3, input);
    const { bucket } = parseS3Folder(input.TransformOutput?.S3OutputPath);
    if (!this.services.s3.isWritable(bucket))
      throw validationError(`The bucket of S3OutputPath does not exist or is read-only, got: "${bucket}"`);
  }

  private stop(name: string): void {
    const job = this.existing(name);
    if (job.TransformJobStatus !== 'InProgress') {
      throw validationError(
        `The request was rejected because the transform job is in status ${job.TransformJobStatus}.`,
      );
    }
    this.setStatus(name, { TransformJobStatus: 'Stopping' });
    this.running.stop(name);
  }

  private start(job: TransformJob): void {
    const name = job.TransformJobName;
    const started = this.store.update(name, { TransformStartTime: now() });
    this.running.start(
      name,
      (stop) => withRun(this.services.context.engine, (run) => this.work(started, run, stop)),
      (outcome) => this.end(name, outcome),
    );
  }

  private async work(job: TransformJob, run: Run, stop: AbortSignal): Promise<Outcome> {
    const hosted = this.services.models.hosted(job.ModelName ?? '');
    const role = new ExecutionRole(this.services, hosted.roleArn, job.TransformJobArn);
    role.checkVolumeKey(job.TransformResources?.VolumeKmsKeyId);
    const kmsKey = kmsKeyArn(this.services.context, job.TransformOutput?.KmsKeyId);
    const write = role.log(LOG_GROUP);
    const outputDirectory = run.directory();
    const target = parseS3Folder(job.TransformOutput?.S3OutputPath);
    const completed: string[] = [];
    const stream = `${job.TransformJobName}/${instanceId()}-${Math.floor(job.CreationTime)}`;
    const request = this.requestOf(job, role, outputDirectory);
    const events = {
      stop,
      onLog: ({ text }: { text: string }): void => write(stream, text),
      onOutput: async (file: string): Promise<void> => {
        const name = path.relative(outputDirectory, file);
        await role.s3.put(target.bucket, `${target.key}${name}`, outputOf(job, file), { kmsKey });
        completed.push(name.replace(/\.out$/, ''));
      },
    };
    const environment = { ...job.Environment, ...transformEnvironment(request) };
    const type = job.TransformResources?.InstanceType;
    const gpus = this.services.context.gpus.for([type], (text) => write(stream, text));
    const server = await ModelServer.start(role, run, hosted, { environment, gpus }, events);
    await transformWith(server.urls, request, events);
    await server.stop();
    await writeManifests(this.services.context, role.s3, job, completed);
    return { status: stop.aborted ? 'Stopped' : 'Completed' };
  }

  private requestOf(job: TransformJob, role: ExecutionRole, outputDirectory: string): TransformRequest {
    const { TransformInput: input, TransformOutput: output, DataProcessing: processing } = job;
    return {
      objects: dataOf(role.s3, job),
      isCompressed: input?.CompressionType === 'Gzip',
      split: input?.SplitType ?? 'None',
      dataProcessing: {
        inputFilter: processing?.InputFilter,
        outputFilter: processing?.OutputFilter,
        isJoined: processing?.JoinSource === 'Input',
      },
      batchStrategy: job.BatchStrategy,
      maxPayloadInMB: job.MaxPayloadInMB,
      maxConcurrentTransforms: job.MaxConcurrentTransforms,
      contentType: input?.ContentType,
      accept: output?.Accept,
      assembleWith: output?.AssembleWith ?? 'None',
      timeoutSeconds: job.ModelClientConfig?.InvocationsTimeoutInSeconds,
      outputDirectory,
    };
  }

  private end(name: string, { status, reason }: Outcome): void {
    this.setStatus(name, {
      TransformJobStatus: status,
      FailureReason: reason && `ClientError: ${reason}`.slice(0, 1024),
      TransformEndTime: now(),
    });
  }

  private setStatus(name: string, change: Partial<TransformJob>): void {
    this.services.context.events.publish('transformJob', this.store.update(name, change));
  }
}

function dataOf(s3: BucketsOfRole, { TransformInput }: Input): DataObject[] {
  return objectsOf(s3, TransformInput?.DataSource?.S3DataSource ?? {});
}
