import {
  AddTagsCommand,
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  DescribeTrainingJobCommand,
  ListTagsCommand,
  StopTrainingJobCommand,
  type Tag,
} from '@aws-sdk/client-sagemaker';
import type { JobKind } from '../contract';
import { type Deadline, type Dependencies, isPermission, isTransient, retrying } from './dependencies';

/** A job as the handler sees it, whatever its kind. */
export interface Job {
  readonly arn: string;
  readonly state: 'InProgress' | 'Stopping' | 'Completed' | 'Failed' | 'Stopped';

  /** Why it ended as it did. */
  readonly reason?: string;
  readonly isMaxRuntime: boolean;
}

/** What differs between the kinds of jobs. */
interface KindOfJob {
  readonly logGroup: string;
  create(name: string, request: Record<string, unknown>, tags: Tag[]): Promise<unknown>;
  describe(name: string): Promise<Job>;
  stop(name: string): Promise<unknown>;
}

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

  /** Where the containers' output is. */
  public get logGroup(): string {
    return this.kind.logGroup;
  }

  /** False when there is a job of that name already. */
  public async create(name: string, request: Record<string, unknown>, tags: Tag[]): Promise<boolean> {
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

  /** Stopping what has ended, or is gone, is no error. */
  public async stop(name: string): Promise<void> {
    try {
      await this.retry(() => this.kind.stop(name));
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

const KINDS: Record<JobKind, (dependencies: Dependencies) => KindOfJob> = {
  training: ({ sagemaker }) => ({
    logGroup: '/aws/sagemaker/TrainingJobs',
    create: (TrainingJobName, request, Tags) =>
      sagemaker.send(
        new CreateTrainingJobCommand({ ...request, TrainingJobName, Tags } as unknown as CreateTrainingJobCommandInput),
      ),
    describe: async (TrainingJobName) => {
      const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
      const isMaxRuntime = ['MaxRuntimeExceeded', 'MaxWaitTimeExceeded'].includes(job.SecondaryStatus ?? '');
      return {
        arn: job.TrainingJobArn ?? '',
        state: job.TrainingJobStatus as Job['state'],
        reason: job.FailureReason ?? (isMaxRuntime ? 'Its maximum run time was exceeded' : undefined),
        isMaxRuntime,
      };
    },
    stop: (TrainingJobName) => sagemaker.send(new StopTrainingJobCommand({ TrainingJobName })),
  }),
};

function isTaken(error: Error): boolean {
  return error.name === 'ResourceInUse' || /already exists/i.test(error.message);
}

function isMissing(error: Error): boolean {
  return error.name === 'ResourceNotFound' || /not found|does not exist|could not find/i.test(error.message);
}

/** The service refuses to stop what is over. */
function isOver(error: Error): boolean {
  return error.name === 'ValidationException' && /status|cannot be stopped|in a state/i.test(error.message);
}
