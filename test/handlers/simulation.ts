import type {
  AddTagsCommandInput,
  CreateTrainingJobCommandInput,
  ListTagsCommandInput,
  Tag,
} from '@aws-sdk/client-sagemaker';
import type { PollInput } from '../../lib/handlers/contract';
import type { Dependencies } from '../../lib/handlers/jobs/dependencies';

type Status = 'InProgress' | 'Stopping' | 'Completed' | 'Failed' | 'Stopped';

export interface SimulatedJob {
  readonly name: string;
  readonly request: CreateTrainingJobCommandInput;
  readonly tags: Map<string, string>;
  status: Status;
  secondary: string;
  reason?: string;
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

/** A grace that stopping takes in the simulation, well within what a Delete waits. */
const STOPPING_MS = 130_000;

/**
 * SageMaker, Step Functions and the URLs of CloudFormation, with a clock of their own. Jobs have the states, the tags and
 * the errors of the service; time passes only while somebody waits.
 */
export class World implements Dependencies {
  public readonly jobs = new Map<string, SimulatedJob>();
  public readonly answers: { url: string; body: Record<string, unknown> }[] = [];
  public readonly waiters = new Map<string, PollInput>();
  public readonly calls: string[] = [];

  /** Errors that the next calls of a kind meet, before or (`after`) despite having their effect. */
  public readonly faults: { call: string; error: Error; after?: boolean }[] = [];

  /** Statuses that the next PUTs are answered with. */
  public readonly putStatuses: number[] = [];
  public readonly sagemaker = { send: (command: unknown) => this.send(command) } as Dependencies['sagemaker'];
  private readonly timers: Timer[] = [];
  private clock = 0;

  public now(): number {
    return this.clock;
  }

  public sleep(milliseconds: number): Promise<void> {
    return new Promise((ring) => this.timers.push({ at: this.clock + milliseconds, ring }));
  }

  public startWaiter(_stateMachine: string, name: string, input: PollInput): Promise<void> {
    this.meetFault('StartExecution', false);
    this.waiters.set(name, input);
    this.meetFault('StartExecution', true);
    return Promise.resolve();
  }

  public put(url: string, body: string): Promise<number> {
    const status = this.putStatuses.shift() ?? 200;
    if (status < 300) this.answers.push({ url, body: JSON.parse(body) as Record<string, unknown> });
    return Promise.resolve(status);
  }

  /** Lets time pass until the work is done. */
  public async until<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const ended = work.finally(() => (isDone = true));
    ended.catch(() => undefined);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isDone) return ended;
      const next = this.timers.sort((a, b) => a.at - b.at).shift();
      if (next === undefined) continue;
      this.clock = Math.max(this.clock, next.at);
      next.ring();
    }
  }

  /** Does something at a time of the simulation's clock. */
  public at(milliseconds: number, act: () => void): void {
    this.timers.push({ at: this.clock + milliseconds, ring: act });
  }

  /** The job ends by itself. */
  public end(
    name: string,
    status: 'Completed' | 'Failed' | 'Stopped',
    reason?: string,
    secondary: string = status,
  ): void {
    const job = this.job(name);
    if (job.status !== 'InProgress' && job.status !== 'Stopping') return;
    Object.assign(job, { status, reason, secondary });
  }

  public get running(): SimulatedJob[] {
    return [...this.jobs.values()].filter(({ status }) => status === 'InProgress');
  }

  private send(command: unknown): Promise<unknown> {
    const { constructor, input } = command as { constructor: { name: string }; input: object };
    const call = constructor.name.replace('Command', '');
    this.calls.push(call);
    return Promise.resolve().then(() => {
      this.meetFault(call, false);
      const output = this.perform(call, input);
      this.meetFault(call, true);
      return output;
    });
  }

  private meetFault(call: string, after: boolean): void {
    const index = this.faults.findIndex((fault) => fault.call === call && (fault.after ?? false) === after);
    if (index >= 0) throw this.faults.splice(index, 1)[0].error;
  }

  private perform(call: string, input: object): unknown {
    const { TrainingJobName: name = '' } = input as { TrainingJobName?: string };
    switch (call) {
      case 'CreateTrainingJob':
        return this.create(input as CreateTrainingJobCommandInput);
      case 'DescribeTrainingJob': {
        const job = this.job(name);
        const TrainingJobArn = arnOf(name);
        return {
          TrainingJobArn,
          TrainingJobStatus: job.status,
          SecondaryStatus: job.secondary,
          FailureReason: job.reason,
        };
      }
      case 'StopTrainingJob':
        return this.stop(this.job(name));
      case 'ListTags':
        return { Tags: tagList(this.job(nameOf((input as ListTagsCommandInput).ResourceArn)).tags) };
      case 'AddTags': {
        const { ResourceArn, Tags = [] } = input as AddTagsCommandInput;
        setTags(this.job(nameOf(ResourceArn)).tags, Tags);
        return {};
      }
      default:
        throw new Error(`The simulation knows no ${call}`);
    }
  }

  private create(request: CreateTrainingJobCommandInput): object {
    const name = request.TrainingJobName ?? '';
    if (this.jobs.has(name)) throw new ServiceError('ResourceInUse', 'Training job names must be unique');
    const tags = new Map<string, string>();
    setTags(tags, request.Tags ?? []);
    this.jobs.set(name, { name, request, tags, status: 'InProgress', secondary: 'Starting' });
    return { TrainingJobArn: arnOf(name) };
  }

  private stop(job: SimulatedJob): object {
    if (job.status !== 'InProgress') {
      throw new ServiceError(
        'ValidationException',
        `The request was rejected because the training job is in status ${job.status}.`,
      );
    }
    job.status = 'Stopping';
    job.secondary = 'Stopping';
    this.at(STOPPING_MS, () => this.end(job.name, 'Stopped'));
    return {};
  }

  private job(name: string): SimulatedJob {
    const job = this.jobs.get(name);
    if (job === undefined) throw new ServiceError('ValidationException', 'Requested resource not found.');
    return job;
  }
}

function arnOf(name: string): string {
  return `arn:aws:sagemaker:eu-west-1:111122223333:training-job/${name}`;
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
