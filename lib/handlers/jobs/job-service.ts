import { AddTagsCommand, ListTagsCommand, type Tag } from '@aws-sdk/client-sagemaker';
import type { JobKind, JobRequests } from '../contract';
import { type Deadline, isPermission, isTransient, retrying } from '../shared/retrying';
import type { Dependencies } from './dependencies';
import { type Job, KINDS, type KindOfJob } from './kinds';

const END_POLL_MS = 10_000;

/** The service as the handler uses it: calls that are repeated when that may help. */
export class JobService {
  private readonly kind: KindOfJob;

  constructor(
    kind: JobKind,
    private readonly dependencies: Dependencies,
    private readonly deadline: Deadline,
  ) {
    this.kind = KINDS[kind](dependencies);
  }

  /** Whether names become free again, since what has ended is gone. */
  public get isDeleted(): boolean {
    return this.kind.isDeleted;
  }

  /** Where more is told of a job. */
  public logsOf(name: string): string {
    return this.kind.logsOf(name);
  }

  /** Whether there is something to end: a job that is at work, or an algorithm that is there at all. */
  public hasToEnd({ state }: Job): boolean {
    return this.kind.isDeleted || state === 'InProgress' || state === 'Stopping';
  }

  /** What the waiter hands on when a job is completed. */
  public results(job: Job): Promise<string[]> {
    return this.retry(() => this.kind.results(job));
  }

  /** False when there is a job of that name already. */
  public async create(name: string, request: JobRequests[JobKind], tags: Tag[]): Promise<boolean> {
    try {
      const passes = (error: Error): boolean => isTransient(error) || isPermission(error);
      await this.retry(() => this.kind.create(name, request, tags), passes);
      return true;
    } catch (error) {
      if (isTaken(error as Error)) return false;
      throw error;
    }
  }

  public async find(name: string): Promise<Job | undefined> {
    try {
      return await this.retry(() => this.kind.describe(name));
    } catch (error) {
      if (isMissing(error as Error)) return undefined;
      throw error;
    }
  }

  /** Stops a job, or deletes an algorithm, and waits until that is done. */
  public async endAndWait(name: string): Promise<void> {
    for (;;) {
      const job = await this.find(name);
      if (job === undefined || !this.hasToEnd(job)) return;
      // What is at work may refuse to be deleted for a while.
      if (job.state !== 'Stopping') await this.end(name);
      if (this.dependencies.now() + END_POLL_MS > this.deadline) {
        throw new Error(`${name} does not end in time (${this.logsOf(name)}). Delete again when it is over.`);
      }
      await this.dependencies.sleep(END_POLL_MS);
    }
  }

  /** Ending what has ended, or is gone, is no error. */
  private async end(name: string): Promise<void> {
    try {
      await this.retry(() => this.kind.end(name));
    } catch (error) {
      if (!isMissing(error as Error) && !isOver(error as Error)) throw error;
    }
  }

  public async tags(arn: string): Promise<Map<string, string>> {
    const tags = new Map<string, string>();
    let token: string | undefined;
    do {
      const page = await this.retry(() =>
        this.dependencies.sagemaker.send(new ListTagsCommand({ ResourceArn: arn, NextToken: token })),
      );
      page.Tags?.forEach(({ Key = '', Value = '' }) => tags.set(Key, Value));
      token = page.NextToken;
    } while (token !== undefined);
    return tags;
  }

  public async tag(arn: string, tags: Tag[]): Promise<void> {
    await this.retry(() => this.dependencies.sagemaker.send(new AddTagsCommand({ ResourceArn: arn, Tags: tags })));
  }

  private retry<T>(work: () => Promise<T>, passes = isTransient): Promise<T> {
    return retrying(this.dependencies, this.deadline, passes, work);
  }
}

function isTaken(error: Error): boolean {
  return error.name === 'ResourceInUse' || /already exists/i.test(error.message);
}

function isMissing(error: Error): boolean {
  return error.name === 'ResourceNotFound' || /not found|does not exist|could not find/i.test(error.message);
}

/** The service refuses to stop what is over, and to delete what is at work. */
function isOver(error: Error): boolean {
  return (
    error.name === 'ConflictException' ||
    (error.name === 'ValidationException' && /status|cannot be stopped|in a state/i.test(error.message))
  );
}
