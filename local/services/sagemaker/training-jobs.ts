import type { CreateTrainingJobCommandInput, DescribeTrainingJobCommandOutput } from '@aws-sdk/client-sagemaker';
import { createReadStream, readdirSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { type Run, train, withRun } from '../../container';
import type { Ecr } from '../ecr/operations';
import type { Logs } from '../logs/operations';
import type { Buckets } from '../s3/store';
import type { Context } from '../context';
import type { Store } from '../store';
import type { Operations } from '../wire/json';
import { type Wire, now } from '../wire/record';
import { ServiceError, validationError } from '../wire/service-error';
import type { Algorithms } from './algorithms';
import { Channels } from './channels';
import type { DataObject } from './data-sources';
import { page } from './page';
import { type Outcome, RunningJobs } from './running-jobs';
import { s3Folder, s3Uri } from '../../aws-model/s3-uri';
import type { Tags } from './tags';
import { trainingRequest } from './training-request';

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
  'DebugRuleConfigurations',
];

interface Services {
  readonly context: Context;
  readonly s3: Buckets;
  readonly ecr: Ecr;
  readonly logs: Logs;
  readonly tags: Tags;
  readonly algorithms: Algorithms;
}

/** Training jobs, which really train: in containers of this machine. */
export class TrainingJobs {
  public readonly operations: Operations;

  /** Whoever watches jobs hears here that one has ended. */
  public onEnd: (job: TrainingJob) => void = () => undefined;
  private readonly store: Store<TrainingJob>;
  private readonly running = new RunningJobs();
  private readonly interruptions = new Map<string, AbortController>();
  private readonly channels: Channels;

  constructor(private readonly services: Services) {
    this.store = services.context.store<TrainingJob>('training-jobs');
    this.channels = new Channels(services.context, services.s3);
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
      if (job.TrainingJobStatus === 'Stopping') this.end(job.TrainingJobName, { status: 'Stopped' });
      if (job.TrainingJobStatus === 'InProgress') this.start(job);
    }
  }

  public close(): Promise<void> {
    return this.running.close();
  }

  public existing(name: string): TrainingJob {
    const job = this.store.get(name);
    if (job === undefined) throw validationError('Requested resource not found.');
    return job;
  }

  public has(name: string): boolean {
    return this.store.get(name) !== undefined;
  }

  public ofTuningJob(arn: string): TrainingJob[] {
    return this.store.list().filter(({ TuningJobArn }) => TuningJobArn === arn);
  }

  public create({ Tags: tags, ...input }: Input, TuningJobArn?: string): TrainingJob {
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
      TuningJobArn,
      TrainingJobStatus: 'InProgress',
      SecondaryStatus: 'Starting',
      SecondaryStatusTransitions: [transition('Starting', time)],
      CreationTime: time,
      LastModifiedTime: time,
    } as TrainingJob);
    this.start(job);
    return job;
  }

  /** The hyperparameters that the containers get; what cannot be done is an error before anything starts. */
  public check(input: Input): Record<string, string> {
    const missing = NOT_HERE.find((member) => input[member] !== undefined);
    if (missing !== undefined) throw validationError(`${missing} is not part of the local service.`);
    // Clients name a place for tensors without asking for any.
    if ((input.DebugHookConfig?.CollectionConfigurations ?? []).length > 0)
      throw validationError('Collections of DebugHookConfig are not part of the local service.');
    const { AlgorithmSpecification: source, InputDataConfig: channels = [], ResourceConfig: resources } = input;
    if (source === undefined || resources === undefined) {
      throw validationError('AlgorithmSpecification and ResourceConfig are required.');
    }
    if ((source.AlgorithmName === undefined) === (source.TrainingImage === undefined)) {
      throw validationError('Exactly one of AlgorithmName and TrainingImage is required.');
    }
    for (const uri of [input.OutputDataConfig?.S3OutputPath, input.CheckpointConfig?.S3Uri]) {
      const { bucket } = s3Uri(uri);
      if (uri !== undefined && !this.services.s3.isWritable(bucket))
        throw validationError(`The bucket of "${uri}" does not exist, or is only read here.`);
    }
    channels.forEach((channel) => this.channels.check(channel, source.TrainingInputMode));
    if (source.AlgorithmName === undefined) return input.HyperParameters ?? {};
    const names = channels.map(({ ChannelName = '' }) => ChannelName);
    return this.services.algorithms.training(source.AlgorithmName, input.HyperParameters, names).hyperparameters;
  }

  public stop(name: string): void {
    const job = this.existing(name);
    if (job.TrainingJobStatus !== 'InProgress') {
      throw validationError(`The request was rejected because the training job is in status ${job.TrainingJobStatus}.`);
    }
    this.store.update(name, { TrainingJobStatus: 'Stopping' });
    this.move(name, 'Stopping');
    this.running.stop(name);
  }

  /** Takes the machines of a spot job away; it starts again with its checkpoints alone. */
  public interrupt(name: string): void {
    if (this.existing(name).EnableManagedSpotTraining !== true)
      throw validationError(`${name} is no managed spot training job.`);
    const interruption = this.interruptions.get(name);
    if (interruption === undefined) throw validationError(`${name} does not run.`);
    interruption.abort();
  }

  private start(job: TrainingJob): void {
    const name = job.TrainingJobName;
    this.store.update(name, { TrainingStartTime: now() });
    this.running.start(
      name,
      async (stop) => {
        for (;;) {
          const interruption = new AbortController();
          this.interruptions.set(name, interruption);
          const work = (run: Run): Promise<Outcome | undefined> => this.attempt(job, run, stop, interruption.signal);
          const outcome = await withRun(this.services.context.engine, work).finally(() =>
            this.interruptions.delete(name),
          );
          if (outcome !== undefined) return outcome;
          this.move(name, 'Interrupted');
        }
      },
      (outcome) => this.end(name, outcome),
    );
  }

  /** Trains once; undefined when the machines were taken away. */
  private async attempt(
    job: TrainingJob,
    run: Run,
    stop: AbortSignal,
    interrupt: AbortSignal,
  ): Promise<Outcome | undefined> {
    const name = job.TrainingJobName;
    const result = await train(run, trainingRequest(this.services, this.channels, job, run), {
      stop,
      interrupt,
      onPhase: (phase) => this.move(name, phase),
      onLog: ({ host, text }) => this.services.logs.write(TRAINING_LOGS, `${name}/${host}-1`, text),
    });
    if (result.status === 'Interrupted') return undefined;
    if (stop.reason === 'closing') return { status: 'Stopped' };
    const { TrainingStartTime = now() } = this.existing(name);
    const seconds = Math.ceil(now() - TrainingStartTime);
    this.store.update(name, {
      ModelArtifacts: { S3ModelArtifacts: await this.upload(job, [result.modelArtifact, result.outputArtifact]) },
      TrainingEndTime: now(),
      TrainingTimeInSeconds: seconds,
      BillableTimeInSeconds: seconds,
      FinalMetricDataList: Object.entries(finalOf(result.metrics)).map(([MetricName, Value]) => ({
        MetricName,
        Value,
        Timestamp: now(),
      })),
    });
    if (result.status === 'Failed')
      return { status: 'Failed', reason: `AlgorithmError: ${result.failureReason ?? ''}` };
    const isLate = result.status === 'Stopped' && !stop.aborted;
    return { status: result.status, secondaryStatus: isLate ? 'MaxRuntimeExceeded' : undefined };
  }

  /** Puts what the job has made where its output is to go; the URI of the model. */
  private async upload(job: TrainingJob, results: (string | undefined)[]): Promise<string> {
    const { bucket, key } = s3Folder(job.OutputDataConfig?.S3OutputPath);
    const folder = `${key}${job.TrainingJobName}/output`;
    for (const result of results) {
      if (result === undefined) continue;
      for (const { name, file } of filesOf(result)) {
        await this.services.s3.put(bucket, `${folder}/${name}`, createReadStream(file));
      }
    }
    const isUncompressed = job.OutputDataConfig?.CompressionType === 'NONE';
    return `s3://${bucket}/${folder}/${isUncompressed ? 'model/' : 'model.tar.gz'}`;
  }

  private move(name: string, status: string): void {
    const { SecondaryStatusTransitions: before = [] } = this.existing(name);
    if (before.at(-1)?.Status === status) return;
    const time = now();
    const closed = before.map((one, index) => (index === before.length - 1 ? { ...one, EndTime: time } : one));
    this.store.update(name, {
      SecondaryStatus: status as TrainingJob['SecondaryStatus'],
      SecondaryStatusTransitions: [...closed, transition(status, time)],
      LastModifiedTime: time,
    });
  }

  private end(name: string, { status, reason, secondaryStatus = status }: Outcome): void {
    this.move(name, secondaryStatus);
    this.store.update(name, { TrainingJobStatus: status, FailureReason: reason?.slice(0, 1024) });
    this.onEnd(this.existing(name));
  }
}

type Transition = NonNullable<TrainingJob['SecondaryStatusTransitions']>[number];

/** Clients show the message of a transition to people, and expect one. */
function transition(status: string, StartTime: number): Transition {
  return {
    Status: status as 'Starting',
    StartTime,
    StatusMessage: MESSAGES[status] ?? `The training job is ${status}`,
  };
}

const MESSAGES: Record<string, string> = {
  Starting: 'Preparing the containers',
  Training: 'The containers run',
  Interrupted: 'The machines were taken away',
  Stopping: 'The containers are being stopped',
  Uploading: 'Uploading what was made',
};

/** The last value of each metric. */
function finalOf(metrics: { name: string; value: number }[]): Record<string, number> {
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

/** An archive is a file of its own; what is not packed is all files below a directory. */
function filesOf(result: string): DataObject[] {
  if (!statSync(result).isDirectory()) return [{ name: path.basename(result), file: result }];
  const entries = readdirSync(result, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => {
    const file = path.join(entry.parentPath, entry.name);
    return { name: path.relative(path.dirname(result), file), file };
  });
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
