import type { CreateTransformJobCommandInput } from '@aws-sdk/client-sagemaker';
import { createReadStream } from 'node:fs';
import * as path from 'node:path';
import { Run, transform } from '../../container';
import type { Ecr } from '../aws/ecr';
import type { Logs } from '../aws/logs';
import type { S3 } from '../aws/s3';
import type { Context } from '../context';
import type { Store } from '../store';
import type { Operations } from '../wire/json';
import { type Wire, now } from '../wire/record';
import { ServiceError, validationError } from '../wire/service-error';
import type { Models } from './models';
import { page } from './page';
import type { Tags } from './tags';

export const TRANSFORM_LOGS = '/aws/sagemaker/TransformJobs';

type Input = Wire<CreateTransformJobCommandInput>;
type TransformJob = Input & {
  readonly TransformJobName: string;
  readonly TransformJobArn: string;
  readonly TransformJobStatus: string;
  readonly CreationTime: number;
  readonly FailureReason?: string;
  readonly TransformStartTime?: number;
  readonly TransformEndTime?: number;
};

interface Services {
  readonly context: Context;
  readonly s3: S3;
  readonly ecr: Ecr;
  readonly logs: Logs;
  readonly tags: Tags;
  readonly models: Models;
}

/** Batch transform jobs: a model in a container of this machine answers all records of a data set. */
export class TransformJobs {
  public readonly operations: Operations;
  private readonly store: Store<TransformJob>;
  private readonly running = new Map<string, { stop: AbortController; over: Promise<void> }>();

  constructor(private readonly services: Services) {
    this.store = services.context.store<TransformJob>('transform-jobs');
    this.operations = {
      CreateTransformJob: (input: Input) => ({ TransformJobArn: this.create(input).TransformJobArn }),
      DescribeTransformJob: ({ TransformJobName }: { TransformJobName: string }) => this.existing(TransformJobName),
      StopTransformJob: ({ TransformJobName }: { TransformJobName: string }) => this.stop(TransformJobName),
      ListTransformJobs: (query: object) => {
        const { items, NextToken } = page(
          this.store.list(),
          query,
          ({ TransformJobName }) => TransformJobName,
          ({ TransformJobStatus }) => TransformJobStatus,
        );
        return {
          TransformJobSummaries: items.map(
            ({ TransformJobName, TransformJobArn, TransformJobStatus, CreationTime }) => ({
              TransformJobName,
              TransformJobArn,
              TransformJobStatus,
              CreationTime,
            }),
          ),
          NextToken,
        };
      },
    };
  }

  /** What was under way when the service was killed starts anew. */
  public resume(): void {
    for (const job of this.store.list()) {
      if (job.TransformJobStatus === 'Stopping') this.end(job.TransformJobName, 'Stopped');
      if (job.TransformJobStatus === 'InProgress') this.start(job);
    }
  }

  public async close(): Promise<void> {
    const all = [...this.running.values()];
    all.forEach(({ stop }) => stop.abort('closing'));
    await Promise.all(all.map(({ over }) => over));
  }

  private existing(name: string): TransformJob {
    const job = this.store.get(name);
    if (job === undefined) throw new ServiceError('ResourceNotFound', `Could not find transform job "${name}".`);
    return job;
  }

  private create({ Tags: tags, ...input }: Input): TransformJob {
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
    return job;
  }

  /** What cannot be done is an error before anything starts. */
  private check(input: Input): void {
    const { DataProcessing = {}, DataCaptureConfig, TransformInput, ModelName = '' } = input;
    const { InputFilter = '$', OutputFilter = '$', JoinSource = 'None' } = DataProcessing;
    if (InputFilter !== '$' || OutputFilter !== '$' || JoinSource !== 'None' || DataCaptureConfig !== undefined) {
      throw validationError('Filters, joins and data capture of transform jobs are not part of the local service.');
    }
    if (!['None', 'Line'].includes(TransformInput?.SplitType ?? 'None')) {
      throw validationError('The local service splits the input of transform jobs by Line, or not at all.');
    }
    this.services.models.existing(ModelName);
    this.objectsOf(input);
    const { bucket } = this.output(input);
    if (!this.services.s3.hasBucket(bucket))
      throw validationError(`The bucket of S3OutputPath does not exist: "${bucket}"`);
  }

  private stop(name: string): void {
    const job = this.existing(name);
    if (job.TransformJobStatus !== 'InProgress') {
      throw validationError(
        `The request was rejected because the transform job is in status ${job.TransformJobStatus}.`,
      );
    }
    this.store.update(name, { TransformJobStatus: 'Stopping' });
    this.running.get(name)?.stop.abort('stopped');
  }

  private start(job: TransformJob): void {
    const name = job.TransformJobName;
    const stop = new AbortController();
    const run = new Run(this.services.context.engine);
    const over = this.work(job, run, stop)
      .then(
        () => undefined,
        (error: Error) => error.message,
      )
      .then((fault) => {
        // Whoever closes the service leaves the job to the next start.
        if (stop.signal.reason === 'closing') return;
        if (stop.signal.aborted) this.end(name, 'Stopped');
        else this.end(name, fault === undefined ? 'Completed' : 'Failed', fault && `ClientError: ${fault}`);
      })
      .finally(async () => {
        await run.dispose();
        this.running.delete(name);
      });
    this.running.set(name, { stop, over });
  }

  private async work(job: TransformJob, run: Run, stop: AbortController): Promise<void> {
    const { s3, ecr, logs, models } = this.services;
    this.store.update(job.TransformJobName, { TransformStartTime: now() });
    const { image, modelDataUrl, environment } = models.hosted(job.ModelName ?? '');
    const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(modelDataUrl ?? '') ?? [];
    const { TransformInput: input, TransformOutput: output } = job;
    const outputDirectory = run.directory();
    const target = this.output(job);
    await transform(
      run,
      {
        image: ecr.localName(image),
        model: modelDataUrl === undefined ? undefined : s3.file(bucket, key),
        environment: { ...environment, ...job.Environment },
        objects: this.objectsOf(job),
        isCompressed: input?.CompressionType === 'Gzip',
        split: (input?.SplitType ?? 'None') as 'None' | 'Line',
        batchStrategy: job.BatchStrategy,
        maxPayloadInMB: job.MaxPayloadInMB,
        maxConcurrentTransforms: job.MaxConcurrentTransforms,
        contentType: input?.ContentType,
        accept: output?.Accept,
        assembleWith: output?.AssembleWith ?? 'None',
        timeoutSeconds: job.ModelClientConfig?.InvocationsTimeoutInSeconds,
        outputDirectory,
      },
      {
        stop: stop.signal,
        onLog: ({ text }) => logs.write(TRANSFORM_LOGS, `${job.TransformJobName}/i-local`, text),
        onOutput: async (file) => {
          await s3.put(
            target.bucket,
            `${target.prefix}${path.relative(outputDirectory, file)}`,
            createReadStream(file),
          );
        },
      },
    );
  }

  private objectsOf({ TransformInput }: Input): { name: string; file: string }[] {
    const { s3 } = this.services;
    const { S3DataType, S3Uri = '' } = TransformInput?.DataSource?.S3DataSource ?? {};
    if (S3DataType !== 'S3Prefix') throw validationError('The local service transforms what is below a prefix of S3.');
    const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(S3Uri) ?? [];
    const keys = s3.hasBucket(bucket) ? s3.keys(bucket, prefix) : [];
    if (keys.length === 0)
      throw validationError(`No S3 objects found under S3 URL "${S3Uri}" given in input data source.`);
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    return keys.map((key) => ({ name: key.slice(folder.length), file: s3.file(bucket, key) }));
  }

  private output({ TransformOutput }: Input): { bucket: string; prefix: string } {
    const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*?)\/?$/.exec(TransformOutput?.S3OutputPath ?? '') ?? [];
    return { bucket, prefix: prefix === '' ? '' : `${prefix}/` };
  }

  private end(name: string, TransformJobStatus: string, FailureReason?: string): void {
    this.store.update(name, {
      TransformJobStatus,
      FailureReason: FailureReason?.slice(0, 1024),
      TransformEndTime: now(),
    });
  }
}
