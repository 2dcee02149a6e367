import { AddTagsCommand, ListTagsCommand, type Tag } from '@aws-sdk/client-sagemaker';
import type { JobKind, JobRequests } from '../contract';
import { type Deadline, isPermissionError, isTransient, retry } from '../shared/retry';
import type { Dependencies } from './dependencies';
import { type Job, KINDS, type KindOfJob } from './kinds';

const END_POLL_MS = 10_000;

/** The SageMaker operations on a kind of job, with retries. */
export class JobService {
  private readonly kind: KindOfJob;

  constructor(
    kind: JobKind,
    private readonly dependencies: Dependencies,
    private readonly deadline: Deadline,
  ) {
    this.kind = KINDS[kind](dependencies);
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

  /** Creates a job. Returns false if a job with this name exists. */
  public async create(name: string, request: JobRequests[JobKind], tags: Tag[]): Promise<boolean> {
    try {
      const isRetryable = (error: Error): boolean => isTransient(error) || isPermissionError(error);
      await this.retry(() => this.kind.create(name, request, tags), isRetryable);
      return true;
    } catch (error) {
      if (isNameTaken(error as Error)) return false;
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

  /** Stops a job or deletes an algorithm, and waits until it has ended. */
  public async endAndWait(name: string): Promise<void> {
    for (;;) {
      const job = await this.find(name);
      if (job === undefined || !this.mustBeEnded(job)) return;
      // In each iteration, since an algorithm cannot be deleted while it is being validated.
      if (job.state !== 'Stopping') await this.end(name);
      if (this.dependencies.now() + END_POLL_MS > this.deadline) {
        throw new Error(
          `${name} did not end in time (${this.logsOf(name)}). Delete the stack again when it has ended.`,
        );
      }
      await this.dependencies.sleep(END_POLL_MS);
    }
  }

  /** Ends a job, unless it has ended or does not exist. */
  private async end(name: string): Promise<void> {
    try {
      await this.retry(() => this.kind.end(name));
    } catch (error) {
      if (!isMissing(error as Error) && !isStateConflict(error as Error)) throw error;
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

  private retry<T>(work: () => Promise<T>, isRetryable = isTransient): Promise<T> {
    return retry(this.dependencies, this.deadline, isRetryable, work);
  }
}

function isNameTaken(error: Error): boolean {
  return error.name === 'ResourceInUse' || /already exists/i.test(error.message);
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
