import { AddTagsCommand, ListTagsCommand, type Tag } from '@aws-sdk/client-sagemaker';
import type { JobKind, JobRequests } from '../contract';
import { type Deadline, isPermissionError, isTransient, retry } from '../shared/retry';
import type { JobDependencies } from './dependencies';
import { inputTags } from './input-tags';
import type { Job, KindFactory, KindOfJob } from './kinds';

const END_POLL_MS = 10_000;

/**
 * The time after which a read is assumed to contain an earlier write. SageMaker documents no such time; the lag has been seen to be
 * a few seconds.
 */
export const READ_LAG_MS = 10_000;

/** The time in which a job whose name is taken is expected to become readable. */
const CREATED_LAG_MS = 30_000;
const READ_POLL_MS = 2_000;

/** The time in which the permissions of this deployment take effect. */
const PROPAGATION_MS = 120_000;

/** The SageMaker operations on a kind of job, with retries. */
export class JobService {
  private readonly kind: KindOfJob;
  private readonly propagated: Deadline;

  constructor(
    /** The kind itself instead of its name, so that a handler of one kind contains no code of the others. */
    kind: KindFactory,
    private readonly dependencies: JobDependencies,
    private readonly deadline: Deadline,
    /** Runs before each attempt to create a job, and throws if it must not be created any more. */
    private readonly beforeCreate: () => Promise<void> = () => Promise.resolve(),
  ) {
    this.kind = kind(dependencies);
    this.propagated = dependencies.now() + PROPAGATION_MS;
  }

  /** Whether ending deletes the resource, so that its name can be used again. */
  public get isDeleted(): boolean {
    return this.kind.isDeleted;
  }

  /** The log groups and streams of a job. */
  public logsOf(name: string): string {
    return this.kind.logsOf(name);
  }

  /** Whether the job must still be ended: a running job, or any algorithm. */
  public mustBeEnded({ state }: Job): boolean {
    return this.kind.isDeleted || state === 'InProgress' || state === 'Stopping';
  }

  /** The results of a completed job that are passed to the wait condition. */
  public results(job: Job): Promise<string[]> {
    return this.retry(() => this.kind.results(job));
  }

  /** Creates a job, with the record of its inputs as a tag. Returns false if a job with this name exists. */
  public async create(name: string, request: JobRequests[JobKind], tags: Tag[]): Promise<boolean> {
    const recorded = [...tags, ...(await inputTags(request, this.dependencies))];
    try {
      await this.retry(async () => {
        await this.beforeCreate();
        return this.kind.create(name, request, recorded);
      });
      return true;
    } catch (error) {
      if (isNameTaken(error as Error)) return false;
      throw error;
    }
  }

  public async find(name: string): Promise<Job | undefined> {
    return this.unlessMissing(() => this.kind.describe(name));
  }

  /** Finds a job that may have been created a moment ago: that it is not found at first proves nothing. */
  public findRecent(name: string): Promise<Job | undefined> {
    return this.within(READ_LAG_MS, () => this.find(name));
  }

  /** Finds a job that exists, since its name is taken. */
  public findCreated(name: string): Promise<Job | undefined> {
    return this.within(CREATED_LAG_MS, () => this.find(name));
  }

  /** Reads the state of a job again when the read can contain all earlier changes. The final state of a job never changes. */
  public async settled(job: Job): Promise<Job | undefined> {
    if (!this.mustBeEnded(job)) return job;
    await this.dependencies.sleep(READ_LAG_MS);
    const current = await this.find(job.name);
    return current?.createdAt === job.createdAt ? current : undefined;
  }

  /**
   * Stops a job or deletes an algorithm, and waits until it has ended. The function decides before each attempt whether it may be ended, when
   * reads contain all earlier changes: another resource may have adopted the job in the meantime, or an algorithm with the same name
   * may have been created. Returns whether the job has ended.
   */
  public async endAndWait(job: Job, mayEnd: (current: Job) => Promise<boolean>): Promise<boolean> {
    if (job.state !== 'Stopping') await this.dependencies.sleep(READ_LAG_MS);
    for (;;) {
      const current = await this.find(job.name);
      if (current === undefined || current.createdAt !== job.createdAt || !this.mustBeEnded(current)) return true;
      if (current.state !== 'Stopping') {
        if (!(await mayEnd(current))) return false;
        // In each iteration, since an algorithm cannot be deleted while it is being validated.
        await this.end(job.name);
      }
      if (this.dependencies.now() + END_POLL_MS > this.deadline) {
        throw new Error(
          `${job.name} did not end in time (${this.logsOf(job.name)}). Delete the stack again when it has ended.`,
        );
      }
      await this.dependencies.sleep(END_POLL_MS);
    }
  }

  /** Ends a job, unless it has ended or does not exist. */
  private async end(name: string): Promise<void> {
    try {
      await this.unlessMissing(() => this.kind.end(name));
    } catch (error) {
      if (!isStateConflict(error as Error)) throw error;
    }
  }

  /** The tags that a job had when it ended. */
  public async settledTagsOf(job: Job): Promise<Map<string, string>> {
    const { endedAt = Infinity } = job;
    // With a margin for the difference of the clocks.
    if (endedAt + 2 * READ_LAG_MS > this.dependencies.now()) await this.dependencies.sleep(READ_LAG_MS);
    return this.tagsOf(job);
  }

  /** The tags of a job. Every job of this library has tags, so that a job without them is read until they can be expected. */
  public async tagsOf({ arn }: Job): Promise<Map<string, string>> {
    const read = async (): Promise<Map<string, string> | undefined> => {
      const tags = await this.unlessMissing(() => this.listTags(arn));
      return tags?.size === 0 ? undefined : tags;
    };
    return (await this.within(READ_LAG_MS, read)) ?? new Map<string, string>();
  }

  private async listTags(ResourceArn: string): Promise<Map<string, string>> {
    const tags = new Map<string, string>();
    let NextToken: string | undefined;
    do {
      const page = await this.dependencies.sagemaker.send(new ListTagsCommand({ ResourceArn, NextToken }));
      page.Tags?.forEach(({ Key = '', Value = '' }) => tags.set(Key, Value));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return tags;
  }

  /** Adds tags to a job. Returns false if it does not exist any more. */
  public async tag({ arn }: Job, tags: Tag[]): Promise<boolean> {
    if (tags.length === 0) return true;
    const command = new AddTagsCommand({ ResourceArn: arn, Tags: tags });
    const isTagged = async (): Promise<true | undefined> =>
      this.unlessMissing(() => this.dependencies.sagemaker.send(command).then(() => true as const));
    return (await this.within(READ_LAG_MS, isTagged)) ?? false;
  }

  /** Repeats work that has no result as long as a read can lag behind a write. */
  private async within<T>(lag: number, work: () => Promise<T | undefined>): Promise<T | undefined> {
    const until = this.dependencies.now() + lag;
    for (;;) {
      const result = await work();
      if (result !== undefined || this.dependencies.now() >= until) return result;
      await this.dependencies.sleep(READ_POLL_MS);
    }
  }

  private async unlessMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await this.retry(work);
    } catch (error) {
      if (isMissing(error as Error)) return undefined;
      throw error;
    }
  }

  private retry<T>(work: () => Promise<T>): Promise<T> {
    const { dependencies, propagated } = this;
    const isRetryable = (error: Error): boolean =>
      isTransient(error) || (isPermissionError(error) && dependencies.now() < propagated);
    return retry(dependencies, this.deadline, isRetryable, work);
  }
}

function isNameTaken(error: Error): boolean {
  return error.name === 'ResourceInUse' || /already exist/i.test(error.message);
}

function isMissing(error: Error): boolean {
  return error.name === 'ResourceNotFound' || /not found|does not exist|could not find/i.test(error.message);
}

/** Whether the state does not allow the operation: a job that has ended cannot be stopped, a resource in use cannot be deleted. */
function isStateConflict(error: Error): boolean {
  return (
    error.name === 'ConflictException' ||
    (error.name === 'ValidationException' && /status|cannot be stopped|in a state/i.test(error.message))
  );
}
