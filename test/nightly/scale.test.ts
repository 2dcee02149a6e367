import type { PollInput } from '../../lib/handlers/contract';
import { event, responseTo } from '../handlers/jobs/cloudformation';
import { ServiceError } from '../handlers/jobs/simulation';
import { type Execution, type StepInput, WorkflowWorld } from '../handlers/workflow/simulation';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** An account with many workflows and stacks. Each operation of SageMaker admits a number of requests per second. */
class Account extends WorkflowWorld {
  /** The functions that run at the same time, at most. */
  public concurrency = 0;
  public functions = 0;
  public throttled = 0;
  private readonly admitted = new Map<string, number[]>();

  constructor(private readonly requestsPerSecond: number) {
    super();
    this.latency = () => 100;
    let seed = 1;
    this.random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    this.onCreated = (job) => {
      job.metrics = { auc: 0.9 };
      this.at(HOUR, () => this.end(job.name, 'Completed'));
    };
  }

  protected override run<T>(...args: Parameters<WorkflowWorld['run']>): Promise<T | undefined> {
    this.functions++;
    const result = super.run(...args) as Promise<T | undefined>;
    this.concurrency = Math.max(this.concurrency, this.invocations);
    return result;
  }

  protected override perform(call: string, input: object): unknown {
    if (/TrainingJob|Tags|ModelPackage/.test(call)) this.admit(call);
    return super.perform(call, input);
  }

  private admit(call: string): void {
    const recent = (this.admitted.get(call) ?? []).filter((at) => at > this.now() - SECOND);
    const isAdmitted = recent.length < this.requestsPerSecond;
    this.admitted.set(call, isAdmitted ? [...recent, this.now()] : recent);
    if (isAdmitted) return;
    this.throttled++;
    throw new ServiceError('ThrottlingException', 'Rate exceeded');
  }

  /** Each execution is of a workflow of its own. */
  protected override inputOf(execution: Execution, redriveCount: number): StepInput {
    const input = super.inputOf(execution, redriveCount);
    return { ...input, Workflow: { ...input.Workflow, Name: execution.arn } };
  }

  /** Polls the job of a deployment until the handler has signalled its end, with the retries of the state machine. */
  public async wait(input: PollInput): Promise<void> {
    for (let failures = 0; failures <= 12;) {
      await this.sleep(failures === 0 ? 30 * SECOND : Math.min(600, 30 * 2 ** failures) * SECOND * this.random());
      try {
        if ((await this.invoke(input))?.IsFinished === true) return;
        failures = 0;
      } catch {
        failures++;
      }
    }
  }

  public count(call: string): number {
    return this.calls.filter((each) => each === call).length;
  }
}

function statuses(account: Account): string[] {
  return [...new Set([...account.executions.values()].map(({ status, error = '' }) => `${status}${error}`))];
}

describe('The handlers', () => {
  // SIZE=10 simulates a complete day.
  const size = Number(process.env.SIZE ?? 1);

  test('complete executions at a rate of 10,000 a day, each with a job of an hour and 106 functions', async () => {
    const account = new Account(30);
    const count = 1000 * size;
    for (let index = 0; index < count; index++) {
      account.at((index * 24 * HOUR) / 10_000, () => void account.start());
    }
    await account.untilIdle();
    expect(statuses(account)).toEqual(['SUCCEEDED']);
    expect([account.jobs.size, account.packages.length]).toEqual([count, count]);
    // The figures of docs/scale.md.
    const perJob = ['DescribeTrainingJob', 'ListTags', 'DescribeExecution', 'UpdateItem'].map(
      (call) => account.count(call) / count,
    );
    expect(perJob).toEqual([105, 102, 5, 106]);
    expect(account.functions / count).toBeLessThan(107);
    expect(account.concurrency).toBeLessThan(20);
  });

  test('complete 1,000 executions that start at the same time, when SageMaker admits 5 requests per second', async () => {
    const account = new Account(5);
    for (let index = 0; index < 1000; index++) account.start();
    await account.untilIdle();
    expect(account.throttled).toBeGreaterThan(1000);
    expect(statuses(account)).toEqual(['SUCCEEDED']);
    expect([account.jobs.size, account.packages.length]).toEqual([1000, 1000]);
    expect(account.now() / HOUR).toBeLessThan(2);
  });

  test('start the jobs of 300 stacks that are deployed at the same time, when SageMaker admits 5 requests per second', async () => {
    const account = new Account(5);
    const events = Array.from({ length: 300 }, (_, index) => event('Create', { identity: `Stack${index}` }));
    await account.until(Promise.all(events.map((each) => account.invoke(each))));
    expect(new Set(events.map((each) => responseTo(account, each).Status))).toEqual(new Set(['SUCCESS']));
    expect(account.jobs.size).toBe(300);
    await account.until(Promise.all([...account.waiters.values()].map((input) => account.wait(input))));
    const signals = account.requests.filter(({ url }) => url.startsWith('https://handle/'));
    expect(new Set(signals.map(({ body }) => body.UniqueId)).size).toBe(300);
    expect(new Set(signals.map(({ body }) => body.Status))).toEqual(new Set(['SUCCESS']));
  });
});
