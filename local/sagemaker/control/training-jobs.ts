import type {
  AlgorithmSpecification,
  Channel,
  CreateTrainingJobCommandInput,
  DescribeTrainingJobCommandOutput,
} from '@aws-sdk/client-sagemaker';
import { copyFileSync, createReadStream, existsSync, linkSync, mkdirSync } from 'node:fs';
import * as path from 'node:path';
import { type ChannelInput, Run, train } from '../../container';
import type { Ecr } from '../aws/ecr';
import type { Logs } from '../aws/logs';
import type { S3 } from '../aws/s3';
import type { Context } from '../context';
import type { Store } from '../store';
import type { Operations } from '../wire/json';
import { type Wire, now } from '../wire/record';
import { ServiceError, validationError } from '../wire/service-error';
import type { Algorithms } from './algorithms';
import { page } from './page';
import type { Tags } from './tags';

export const TRAINING_LOGS = '/aws/sagemaker/TrainingJobs';

type Input = Wire<CreateTrainingJobCommandInput>;
export type TrainingJob = Omit<Wire<DescribeTrainingJobCommandOutput>, '$metadata'> & {
  readonly TrainingJobName: string;
  readonly TrainingJobArn: string;
  readonly TrainingJobStatus: string;
  readonly CreationTime: number;
};

/** What a job asks for and the local service has no way to give. Ignoring it would change what the job does. */
const NOT_HERE: (keyof CreateTrainingJobCommandInput)[] = [
  'ServerlessJobConfig',
  'ModelPackageConfig',
  'DebugHookConfig',
  'DebugRuleConfigurations',
];

interface Services {
  readonly context: Context;
  readonly s3: S3;
  readonly ecr: Ecr;
  readonly logs: Logs;
  readonly tags: Tags;
  readonly algorithms: Algorithms;
}

/** Training jobs, which really train: in containers of this machine. */
export class TrainingJobs {
  public readonly operations: Operations;
  private readonly store: Store<TrainingJob>;
  private readonly running = new Map<string, { stop: AbortController; over: Promise<void> }>();

  constructor(private readonly services: Services) {
    this.store = services.context.store<TrainingJob>('training-jobs');
    this.operations = {
      CreateTrainingJob: (input: Input) => ({ TrainingJobArn: this.create(input).TrainingJobArn }),
      DescribeTrainingJob: ({ TrainingJobName }: { TrainingJobName: string }) => this.existing(TrainingJobName),
      StopTrainingJob: ({ TrainingJobName }: { TrainingJobName: string }) => this.stop(TrainingJobName),
      ListTrainingJobs: (query: object) => {
        const { items, NextToken } = page(
          this.store.list(),
          query,
          ({ TrainingJobName }) => TrainingJobName,
          ({ TrainingJobStatus }) => TrainingJobStatus,
        );
        return { TrainingJobSummaries: items.map(summaryOf), NextToken };
      },
    };
  }

  /** What was under way when the service was killed starts anew, as a job does whose machine has failed. */
  public resume(): void {
    for (const job of this.store.list()) {
      if (job.TrainingJobStatus === 'Stopping') this.end(job.TrainingJobName, 'Stopped');
      if (job.TrainingJobStatus === 'InProgress') this.start(job);
    }
  }

  /** Ends what runs without a trace in the records: the next start takes it up again. */
  public async close(): Promise<void> {
    const all = [...this.running.values()];
    all.forEach(({ stop }) => stop.abort('closing'));
    await Promise.all(all.map(({ over }) => over));
  }

  public existing(name: string): TrainingJob {
    const job = this.store.get(name);
    if (job === undefined) throw validationError('Requested resource not found.');
    return job;
  }

  private create({ Tags: tags, ...input }: Input): TrainingJob {
    const { context } = this.services;
    const name = input.TrainingJobName ?? '';
    if (this.store.get(name) !== undefined) {
      throw new ServiceError(
        'ResourceInUse',
        `Training job names must be unique within an AWS account and region, and a training job with this name already exists (${name})`,
      );
    }
    const hyperparameters = this.check(input);
    const TrainingJobArn = context.arn('sagemaker', `training-job/${name.toLowerCase()}`);
    this.services.tags.add(TrainingJobArn, tags as never);
    const time = now();
    const job = this.store.put(name, {
      ...input,
      HyperParameters: hyperparameters,
      TrainingJobName: name,
      TrainingJobArn,
      TrainingJobStatus: 'InProgress',
      SecondaryStatus: 'Starting',
      SecondaryStatusTransitions: [{ Status: 'Starting', StartTime: time }],
      CreationTime: time,
      LastModifiedTime: time,
    } as TrainingJob);
    this.start(job);
    return job;
  }

  /** The hyperparameters that the containers get; what cannot be done is an error before anything starts. */
  private check(input: Input): Record<string, string> {
    const missing = NOT_HERE.find((member) => input[member] !== undefined);
    if (missing !== undefined) throw validationError(`${missing} is not part of the local service.`);
    const { AlgorithmSpecification: source, InputDataConfig: channels = [], ResourceConfig: resources } = input;
    if (source === undefined || resources === undefined) {
      throw validationError('AlgorithmSpecification and ResourceConfig are required.');
    }
    if ((source.AlgorithmName === undefined) === (source.TrainingImage === undefined)) {
      throw validationError('Exactly one of AlgorithmName and TrainingImage is required.');
    }
    const [, bucket = ''] = /^s3:\/\/([^/]+)/.exec(input.OutputDataConfig?.S3OutputPath ?? '') ?? [];
    if (!this.services.s3.hasBucket(bucket))
      throw validationError(`The bucket of S3OutputPath does not exist: "${bucket}"`);
    channels.forEach((channel) => this.objectsOf(channel, resources.InstanceCount ?? 1));
    if (source.AlgorithmName === undefined) return input.HyperParameters ?? {};
    return this.services.algorithms.training(source.AlgorithmName, input.HyperParameters).hyperparameters;
  }

  private stop(name: string): void {
    const job = this.existing(name);
    if (job.TrainingJobStatus !== 'InProgress') {
      throw validationError(`The request was rejected because the training job is in status ${job.TrainingJobStatus}.`);
    }
    this.store.update(name, { TrainingJobStatus: 'Stopping' });
    this.move(name, 'Stopping');
    this.running.get(name)?.stop.abort('stopped');
  }

  private start(job: TrainingJob): void {
    const stop = new AbortController();
    const run = new Run(this.services.context.engine);
    const over = this.work(job, run, stop)
      .catch((error: unknown) => {
        if (stop.signal.reason !== 'closing')
          this.end(job.TrainingJobName, 'Failed', `InternalServerError: ${(error as Error).message}`);
      })
      .finally(async () => {
        await run.dispose();
        this.running.delete(job.TrainingJobName);
      });
    this.running.set(job.TrainingJobName, { stop, over });
  }

  private async work(job: TrainingJob, run: Run, stop: AbortController): Promise<void> {
    const { s3, ecr, logs, context } = this.services;
    const name = job.TrainingJobName;
    const { image, metrics, entrypoint, args } = this.sourceOf(job);
    const outputDirectory = run.directory();
    const started = now();
    this.store.update(name, { TrainingStartTime: started });
    const result = await train(
      run,
      {
        jobName: name,
        image: ecr.localName(image),
        hyperparameters: job.HyperParameters,
        channels: (job.InputDataConfig ?? []).map((channel) => this.download(run, channel, job)),
        environment: {
          ...job.Environment,
          TRAINING_JOB_ARN: job.TrainingJobArn,
          AWS_REGION: context.region,
        },
        instanceCount: job.ResourceConfig?.InstanceCount ?? 1,
        instanceType: job.ResourceConfig?.InstanceType,
        metrics,
        entrypoint,
        arguments: args,
        networkIsolation: job.EnableNetworkIsolation,
        checkpoints: job.CheckpointConfig && path.join(context.directory, 'checkpoints', name),
        outputDirectory,
        maxRuntimeSeconds: job.StoppingCondition?.MaxRuntimeInSeconds,
      },
      {
        stop: stop.signal,
        onPhase: (phase) => this.move(name, phase),
        onLog: ({ host, text }) => logs.write(TRAINING_LOGS, `${name}/${host}-1`, text),
      },
    );
    if (stop.signal.reason === 'closing') return;
    const artifacts = await this.upload(s3, job, [result.modelArtifact, result.outputArtifact]);
    this.store.update(name, {
      ModelArtifacts: { S3ModelArtifacts: artifacts },
      TrainingEndTime: now(),
      TrainingTimeInSeconds: Math.ceil(now() - started),
      FinalMetricDataList: Object.entries(finalOf(result.metrics)).map(([MetricName, Value]) => ({
        MetricName,
        Value,
        Timestamp: now(),
      })),
    });
    const isLate = result.status === 'Stopped' && stop.signal.reason !== 'stopped';
    const reason = result.status === 'Failed' ? `AlgorithmError: ${result.failureReason ?? ''}` : undefined;
    this.end(name, result.status, reason, isLate ? 'MaxRuntimeExceeded' : result.status);
  }

  private sourceOf(job: TrainingJob): {
    image: string;
    metrics: { name: string; regex: string }[];
    entrypoint?: string[];
    args?: string[];
  } {
    const source: Wire<AlgorithmSpecification> = job.AlgorithmSpecification ?? ({} as Wire<AlgorithmSpecification>);
    const specification =
      source.AlgorithmName === undefined
        ? undefined
        : this.services.algorithms.training(source.AlgorithmName, {}).specification;
    const definitions = specification?.MetricDefinitions ?? source.MetricDefinitions ?? [];
    return {
      image: specification?.TrainingImage ?? source.TrainingImage ?? '',
      metrics: definitions.map(({ Name = '', Regex = '' }) => ({ name: Name, regex: Regex })),
      entrypoint: source.ContainerEntrypoint,
      args: source.ContainerArguments,
    };
  }

  /** The objects of a channel; ways to read them that are not here are errors. */
  private objectsOf(channel: Wire<Channel>, instanceCount: number): { bucket: string; prefix: string; keys: string[] } {
    const {
      DataSource,
      ChannelName = '',
      InputMode = 'File',
      CompressionType = 'None',
      RecordWrapperType = 'None',
      ShuffleConfig,
    } = channel;
    const source = DataSource?.S3DataSource;
    const isHere =
      source?.S3DataType === 'S3Prefix' &&
      InputMode !== 'Pipe' &&
      CompressionType === 'None' &&
      RecordWrapperType === 'None' &&
      ShuffleConfig === undefined &&
      (source.S3DataDistributionType !== 'ShardedByS3Key' || instanceCount === 1);
    if (!isHere) {
      throw validationError(
        `Channel ${ChannelName}: the local service reads prefixes of S3 in File and FastFile mode, as a whole and as they are.`,
      );
    }
    const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(source.S3Uri ?? '') ?? [];
    const keys = this.services.s3.hasBucket(bucket) ? this.services.s3.keys(bucket, prefix) : [];
    if (keys.length === 0) {
      throw validationError(`No S3 objects found under S3 URL "${source.S3Uri}" given in input data source.`);
    }
    return { bucket, prefix, keys };
  }

  private download(run: Run, channel: Wire<Channel>, job: TrainingJob): ChannelInput {
    const { bucket, prefix, keys } = this.objectsOf(channel, job.ResourceConfig?.InstanceCount ?? 1);
    const directory = path.join(run.directory(), channel.ChannelName ?? '');
    mkdirSync(directory);
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    for (const key of keys) {
      const target = path.join(directory, key.slice(folder.length));
      mkdirSync(path.dirname(target), { recursive: true });
      linkOrCopy(this.services.s3.file(bucket, key), target);
    }
    return {
      name: channel.ChannelName ?? '',
      directory,
      contentType: channel.ContentType,
      inputMode: channel.InputMode === 'FastFile' ? 'FastFile' : 'File',
    };
  }

  /** Puts what the job has made where its output is to go; the URI of the model. */
  private async upload(s3: S3, job: TrainingJob, archives: (string | undefined)[]): Promise<string> {
    const { S3OutputPath = '' } = job.OutputDataConfig ?? {};
    const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*?)\/?$/.exec(S3OutputPath) ?? [];
    const folder = `${prefix === '' ? '' : `${prefix}/`}${job.TrainingJobName}/output`;
    for (const archive of archives) {
      if (archive !== undefined && existsSync(archive)) {
        await s3.put(bucket, `${folder}/${path.basename(archive)}`, createReadStream(archive));
      }
    }
    return `s3://${bucket}/${folder}/model.tar.gz`;
  }

  private move(name: string, status: string): void {
    const { SecondaryStatusTransitions: before = [] } = this.existing(name);
    if (before.at(-1)?.Status === status) return;
    const time = now();
    const closed = before.map((one, index) => (index === before.length - 1 ? { ...one, EndTime: time } : one));
    this.store.update(name, {
      SecondaryStatus: status as TrainingJob['SecondaryStatus'],
      SecondaryStatusTransitions: [...closed, { Status: status as 'Starting', StartTime: time }],
      LastModifiedTime: time,
    });
  }

  private end(
    name: string,
    status: 'Completed' | 'Failed' | 'Stopped',
    FailureReason?: string,
    secondary: string = status,
  ): void {
    this.move(name, secondary);
    this.store.update(name, { TrainingJobStatus: status, FailureReason: FailureReason?.slice(0, 1024) });
  }
}

/** The last value of each metric. */
function finalOf(metrics: { name: string; value: number }[]): Record<string, number> {
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

function linkOrCopy(source: string, target: string): void {
  // The job copies what it is given, so that two names of one file are enough here.
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target);
  }
}

function summaryOf({
  TrainingJobName,
  TrainingJobArn,
  TrainingJobStatus,
  CreationTime,
  TrainingEndTime,
  LastModifiedTime,
}: TrainingJob): object {
  return { TrainingJobName, TrainingJobArn, TrainingJobStatus, CreationTime, TrainingEndTime, LastModifiedTime };
}
