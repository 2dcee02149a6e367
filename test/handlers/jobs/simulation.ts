import type { AddTagsCommandInput, ListTagsCommandInput, Tag } from '@aws-sdk/client-sagemaker';
import type { PollInput, PollOutput } from '../../../lib/handlers/contract';
import type { Dependencies } from '../../../lib/handlers/jobs/dependencies';
import type { StartEvent } from '../../../lib/handlers/jobs/events';
import { handle } from '../../../lib/handlers/jobs/handler';

type Status = 'InProgress' | 'Stopping' | 'Completed' | 'Failed' | 'Stopped';

/** The nouns of the API, with their resource type in ARNs and their errors. */
const NOUNS = {
  TrainingJob: { arn: 'training-job', taken: 'ResourceInUse', missing: 'ValidationException' },
  HyperParameterTuningJob: {
    arn: 'hyper-parameter-tuning-job',
    taken: 'ResourceInUse',
    missing: 'ResourceNotFound',
  },
  TransformJob: { arn: 'transform-job', taken: 'ResourceInUse', missing: 'ResourceNotFound' },
  ProcessingJob: { arn: 'processing-job', taken: 'ResourceInUse', missing: 'ResourceNotFound' },
  Algorithm: { arn: 'algorithm', taken: 'ValidationException', missing: 'ValidationException' },
} as const;

const END_TIMES: Record<string, string> = {
  TrainingJob: 'TrainingEndTime',
  HyperParameterTuningJob: 'HyperParameterTuningEndTime',
  TransformJob: 'TransformEndTime',
  ProcessingJob: 'ProcessingEndTime',
};

export type Noun = keyof typeof NOUNS;

export interface SimulatedJob {
  readonly noun: Noun;
  readonly name: string;
  readonly request: Record<string, unknown>;
  readonly tags: Map<string, string>;

  /** The time of its creation, which tells it from another one with the same name. */
  readonly createdAt?: Date;
  endedAt?: Date;
  status: Status;
  secondary: string;
  reason?: string;

  /** The message that the container of a processing job has written. */
  exitMessage?: string;

  /** The best training job of a tuning job. */
  best?: string;

  /** The final metrics of a training job. */
  metrics?: Record<string, number>;
}

export class ServiceError extends Error {
  public readonly $metadata: { httpStatusCode: number };

  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.$metadata = { httpStatusCode: status };
  }
}

interface Timer {
  readonly at: number;
  readonly ring: () => void;
}

/** The duration of a function: its timeout. */
export const FUNCTION_MS = 15 * 60_000;

/** A version of what has a name, from a time on. */
interface Version {
  readonly from: number;
  readonly job?: SimulatedJob;
}

/** The duration of deleting an algorithm, less than the deadline of a Create event. */
const DELETING_MS = 15_000;

/**
 * A simulation of SageMaker, AWS Step Functions and the URLs of CloudFormation with a clock of its own. Jobs have the states, tags and
 * errors of the service. Reads can lag behind writes. The clock only advances while work is awaited.
 */
export class World {
  public readonly jobs = new Map<string, SimulatedJob>();
  /** The PUT requests to the URLs of CloudFormation that succeeded. */
  public readonly requests: { url: string; body: Record<string, unknown> }[] = [];
  public readonly waiters = new Map<string, PollInput>();
  public readonly calls: string[] = [];

  /** Errors that the next calls of an operation throw: before the call has an effect, or `after` it. */
  public readonly errors: { call: string; error: Error; after?: boolean }[] = [];

  /** The operations for which a permission is missing, until a time. */
  public readonly denials = new Map<string, number>();

  /** The HTTP statuses of the next PUT requests. */
  public readonly putStatuses: number[] = [];

  /** The time until which no PUT request succeeds. */
  public unavailableUntil = 0;

  /** The age of the state that the next read of jobs or of tags returns, in milliseconds. */
  public lag = (_read: 'job' | 'tags' | 'execution'): number => 0;

  /** The duration of stopping a job, less than the deadline of a Delete event. */
  public stoppingMs = 130_000;

  /** The part of a pause before an attempt that is waited. */
  public random = (): number => 1;

  /** Whether an algorithm cannot be deleted while it is being validated. */
  public isConflicting = false;

  /** The last one rings first. */
  private readonly timers: Timer[] = [];
  private readonly versions = new Map<string, Version[]>();
  protected invocations = 0;
  protected scheduled = 0;
  protected clock = 0;

  public now(): number {
    return this.clock;
  }

  public sleep(milliseconds: number): Promise<void> {
    return new Promise((ring) => this.schedule({ at: this.clock + milliseconds, ring }));
  }

  /** Invokes the handler. After its timeout, or if it dies before, the function does nothing any more. */
  public invoke(event: StartEvent | PollInput, diesAfter?: number): Promise<PollOutput | undefined> {
    return this.run((dependencies, end) => handle(event, dependencies, end), diesAfter);
  }

  /** Runs a function with its dependencies and the time of its end. Undefined if it dies before it ends. */
  protected async run<T>(
    work: (dependencies: Dependencies, end: number) => Promise<T>,
    diesAfter = FUNCTION_MS,
  ): Promise<T | undefined> {
    const end = this.clock + FUNCTION_MS;
    const death = this.clock + diesAfter;
    const alive = <T>(work: () => Promise<T>): Promise<T> =>
      this.clock >= death ? new Promise<T>(() => undefined) : work();
    // All clients of the simulation send to the same services.
    const client = { send: (command: unknown) => alive(() => this.send(command)) };
    this.invocations++;
    const handled = work(
      {
        now: () => this.clock,
        random: () => this.random(),
        sleep: (milliseconds) => alive(() => this.sleep(milliseconds)),
        put: (url, body) => alive(() => this.put(url, body)),
        startWaiter: (_, name, input) => alive(() => this.startWaiter(name, input)),
        sagemaker: client as Dependencies['sagemaker'],
        s3: client as Dependencies['s3'],
      },
      end,
    );
    const died = this.sleep(diesAfter).then(() => undefined);
    return Promise.race([handled, died]).finally(() => this.invocations--);
  }

  private startWaiter(name: string, input: PollInput): Promise<void> {
    this.throwInjectedError('StartExecution', false);
    this.waiters.set(name, input);
    this.throwInjectedError('StartExecution', true);
    return Promise.resolve();
  }

  private put(url: string, body: string): Promise<number> {
    const status = this.putStatuses.shift() ?? (this.clock < this.unavailableUntil ? 503 : 200);
    if (status < 300) this.requests.push({ url, body: JSON.parse(body) as Record<string, unknown> });
    return Promise.resolve(status);
  }

  /** Advances the clock until the work is done. */
  public async until<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const ended = work.finally(() => (isDone = true));
    ended.catch(() => undefined);
    await this.advance(() => isDone);
    return ended;
  }

  /** Advances the clock until no function is running and nothing is scheduled any more. */
  public settle(): Promise<void> {
    return this.advance(() => this.invocations === 0 && this.scheduled === 0);
  }

  protected async advance(isDone: () => boolean): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isDone()) return;
      const next = this.timers.pop();
      if (next === undefined) continue;
      this.clock = Math.max(this.clock, next.at);
      next.ring();
    }
  }

  /** Adds a timer, which rings after those of the same time. */
  private schedule(timer: Timer): void {
    let [from, to] = [0, this.timers.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.timers[middle].at > timer.at) from = middle + 1;
      else to = middle;
    }
    this.timers.splice(from, 0, timer);
  }

  /** Schedules an action by the clock of the simulation. */
  public at(milliseconds: number, act: () => void): void {
    this.scheduled++;
    const ring = (): void => {
      this.scheduled--;
      act();
    };
    this.schedule({ at: this.clock + milliseconds, ring });
  }

  /** Ends a job that is running or stopping. */
  public end(
    name: string,
    status: 'Completed' | 'Failed' | 'Stopped',
    reason?: string,
    secondary: string = status,
  ): void {
    const job = this.job(name);
    if (job.status !== 'InProgress' && job.status !== 'Stopping') return;
    Object.assign(job, { status, reason, secondary, endedAt: new Date(this.clock) });
    this.record(name);
  }

  public get running(): SimulatedJob[] {
    return [...this.jobs.values()].filter(({ status }) => status === 'InProgress');
  }

  protected send(command: unknown): Promise<unknown> {
    const { constructor, input } = command as { constructor: { name: string }; input: object };
    const call = constructor.name.replace('Command', '');
    this.calls.push(call);
    return Promise.resolve().then(() => {
      this.throwInjectedError(call, false);
      const output = this.perform(call, input);
      this.throwInjectedError(call, true);
      return output;
    });
  }

  private throwInjectedError(call: string, after: boolean): void {
    if (!after && this.clock < (this.denials.get(call) ?? 0)) {
      throw new ServiceError('AccessDeniedException', `User is not authorized to perform: sagemaker:${call}`);
    }
    const index = this.errors.findIndex((error) => error.call === call && (error.after ?? false) === after);
    if (index >= 0) throw this.errors.splice(index, 1)[0].error;
  }

  protected perform(call: string, input: object): unknown {
    const [, verb, noun] = /^(Create|Describe|Stop|Delete)(\w+)$/.exec(call) ?? [];
    if (noun in NOUNS) {
      const name = (input as Record<string, string>)[`${noun}Name`];
      return this.performOn(verb, noun as Noun, name, input as Record<string, unknown>);
    }
    switch (call) {
      case 'ListTags':
        return { Tags: this.tags(nameOf((input as ListTagsCommandInput).ResourceArn)) };
      case 'AddTags': {
        const { ResourceArn, Tags = [] } = input as AddTagsCommandInput;
        exists(this.readable(nameOf(ResourceArn)));
        setTags(this.job(nameOf(ResourceArn)).tags, Tags);
        this.record(nameOf(ResourceArn));
        return {};
      }
      default:
        throw new Error(`The simulation does not support ${call}`);
    }
  }

  private performOn(verb: string, noun: Noun, name: string, input: Record<string, unknown>): unknown {
    switch (verb) {
      case 'Create':
        return this.create(noun, name, input);
      case 'Describe':
        return describe(this.read(name, noun));
      case 'Stop':
        return this.stop(this.job(name, noun));
      default:
        return this.delete(this.job(name, noun));
    }
  }

  private create(noun: Noun, name: string, request: Record<string, unknown>): object {
    if (this.jobs.has(name)) throw new ServiceError(NOUNS[noun].taken, `${noun} ${name} already exists`);
    const tags = new Map<string, string>();
    setTags(tags, (request.Tags ?? []) as Tag[]);
    const createdAt = new Date(this.clock);
    this.jobs.set(name, { noun, name, request, tags, createdAt, status: 'InProgress', secondary: 'Starting' });
    this.record(name);
    return { [`${noun}Arn`]: arnOf(noun, name) };
  }

  private stop(job: SimulatedJob): object {
    if (job.status !== 'InProgress') {
      throw new ServiceError(
        'ValidationException',
        `The request was rejected because the job is in status ${job.status}.`,
      );
    }
    job.status = 'Stopping';
    job.secondary = 'Stopping';
    this.record(job.name);
    this.at(this.stoppingMs, () => this.end(job.name, 'Stopped'));
    return {};
  }

  private delete(job: SimulatedJob): object {
    if (job.status === 'Stopping') throw new ServiceError('ConflictException', `${job.name} is being deleted.`);
    if (job.status === 'InProgress' && this.isConflicting) {
      throw new ServiceError('ConflictException', `${job.name} is being validated.`);
    }
    job.status = 'Stopping';
    this.record(job.name);
    this.at(DELETING_MS, () => {
      this.jobs.delete(job.name);
      this.record(job.name);
    });
    return {};
  }

  /** Remembers the current state of a name for reads that lag behind. */
  private record(name: string): void {
    const job = this.jobs.get(name);
    const versions = this.versions.get(name) ?? [];
    this.versions.set(name, versions);
    versions.push({ from: this.clock, job: job && { ...job, tags: new Map(job.tags) } });
  }

  /** The state that a read returns. Jobs that a test has put into the simulation have no history. */
  private readable(name: string, read: 'job' | 'tags' = 'job'): SimulatedJob | undefined {
    const lag = this.lag(read);
    const versions = this.versions.get(name);
    if (lag === 0 || versions === undefined) return this.jobs.get(name);
    return versions.filter(({ from }) => from <= this.clock - lag).at(-1)?.job;
  }

  private read(name: string, noun: Noun): SimulatedJob {
    return exists(this.readable(name), noun);
  }

  /** A resource that cannot be read yet has no tags. */
  private tags(name: string): Tag[] {
    exists(this.jobs.get(name));
    return tagList(this.readable(name, 'tags')?.tags ?? new Map<string, string>());
  }

  private job(name: string, noun?: Noun): SimulatedJob {
    return exists(this.jobs.get(name), noun);
  }
}

function exists(job: SimulatedJob | undefined, noun?: Noun): SimulatedJob {
  if (job === undefined || (noun !== undefined && job.noun !== noun)) {
    throw new ServiceError(NOUNS[noun ?? 'TrainingJob'].missing, 'Requested resource not found.');
  }
  return job;
}

/** The response to a Describe operation, with the members of the noun. */
function describe(job: SimulatedJob): object {
  const { noun, name, request, createdAt, endedAt, status, secondary, reason, exitMessage, best, metrics = {} } = job;
  const base = {
    [`${noun}Arn`]: arnOf(noun, name),
    CreationTime: createdAt,
    [`${noun}Status`]: status,
    [END_TIMES[noun]]: endedAt,
  };
  switch (noun) {
    case 'TrainingJob':
      return {
        ...base,
        SecondaryStatus: secondary,
        FailureReason: reason,
        FinalMetricDataList: Object.entries(metrics).map(([MetricName, Value]) => ({ MetricName, Value })),
        ModelArtifacts: { S3ModelArtifacts: `s3://bucket/out/${name}/output/model.tar.gz` },
      };
    case 'Algorithm':
      return {
        ...base,
        AlgorithmStatus: status === 'Stopping' ? 'Deleting' : status,
        AlgorithmStatusDetails: {
          ValidationStatuses: [
            { Name: 'training', Status: reason === undefined ? 'Completed' : 'Failed', FailureReason: reason },
            { Name: 'transform', Status: 'NotStarted' },
          ],
        },
      };
    case 'HyperParameterTuningJob':
      return { ...base, FailureReason: reason, BestTrainingJob: best && { TrainingJobName: best } };
    case 'TransformJob':
      return { ...base, FailureReason: reason };
    case 'ProcessingJob':
      return {
        ...base,
        FailureReason: reason,
        ExitMessage: exitMessage,
        ProcessingStartTime: createdAt,
        StoppingCondition: request.StoppingCondition,
      };
  }
}

function arnOf(noun: Noun, name: string): string {
  return `arn:aws:sagemaker:eu-west-1:111122223333:${NOUNS[noun].arn}/${name}`;
}

function nameOf(arn = ''): string {
  return arn.split('/')[1];
}

function setTags(tags: Map<string, string>, added: Tag[]): void {
  added.forEach(({ Key = '', Value = '' }) => tags.set(Key, Value));
}

function tagList(tags: Map<string, string>): Tag[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}
