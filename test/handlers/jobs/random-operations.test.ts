import * as fc from 'fast-check';
import { handle } from '../../../lib/handlers/jobs/handler';
import type { JobKind } from '../../../lib/handlers/contract';
import type { StartEvent } from '../../../lib/handlers/jobs/events';
import { responseTo, event, nameOf } from './cloudformation';
import { ServiceError, type SimulatedJob, World } from './simulation';

const IDENTITIES = ['A', 'B', 'C'];

/** The number of histories for each kind of job, and the operations of that kind that can fail. */
const KINDS: [JobKind, number, string[]][] = [
  ['training', 2000, ['CreateTrainingJob', 'DescribeTrainingJob', 'StopTrainingJob']],
  ['tuning', 500, ['CreateHyperParameterTuningJob', 'DescribeHyperParameterTuningJob', 'StopHyperParameterTuningJob']],
  ['transform', 500, ['CreateTransformJob', 'DescribeTransformJob', 'StopTransformJob']],
  ['algorithm', 1000, ['CreateAlgorithm', 'DescribeAlgorithm', 'DeleteAlgorithm']],
];

/** The operations of users, other resources and the service, in any order. */
type Operation =
  | { readonly do: 'deploy'; readonly jobs: string[]; readonly outcome: Outcome; readonly twice: boolean }
  | { readonly do: 'end'; readonly job: string; readonly status: 'Completed' | 'Failed' | 'Stopped' }
  | { readonly do: 'break'; readonly call: string; readonly error: keyof typeof ERRORS; readonly after: boolean }
  | { readonly do: 'recreate' };

/** The outcome of a deployment: another resource can fail after the jobs were started, or cancel their creation. */
type Outcome = 'succeeds' | 'fails after' | 'cancels before' | 'cancels after';

const ERRORS = {
  throttled: () => new ServiceError('ThrottlingException', 'Rate exceeded'),
  failing: () => new ServiceError('InternalFailure', 'Something is wrong', 500),
  lost: () => new ServiceError('TimeoutError', 'timed out'),
};

/** The custom resources of a stack and the events that CloudFormation sends for them. */
class Stack {
  public readonly world = new World();
  public generation = 1;
  private resources = new Map<string, string>();

  constructor(public readonly kind: JobKind) {}

  public get identities(): string[] {
    return [...this.resources.keys()];
  }

  public get stackId(): string {
    return `arn:aws:cloudformation:eu-west-1:111122223333:stack/Prod/${this.generation}`;
  }

  public async deploy(jobs: string[], outcome: Outcome, twice: boolean): Promise<void> {
    const created = jobs.filter((identity) => !this.resources.has(identity));
    const isCancelled = outcome.startsWith('cancels');
    const failed: string[] = [];
    for (const identity of created) {
      if (isCancelled) await this.cancelled(identity, outcome === 'cancels before');
      else if (!(await this.create(identity, twice))) failed.push(identity);
    }
    if (outcome === 'succeeds' && failed.length === 0) {
      await this.remove(
        this.identities.filter((identity) => !jobs.includes(identity)),
        twice,
      );
    } else if (!isCancelled) {
      await this.remove(created, twice);
    }
  }

  public async recreate(): Promise<void> {
    await this.remove(this.identities, false);
    this.generation++;
  }

  private async create(identity: string, twice: boolean): Promise<boolean> {
    const sent = event('Create', { identity, kind: this.kind, StackId: this.stackId });
    const { Status, PhysicalResourceId } = await this.deliver(sent, twice);
    this.resources.set(identity, PhysicalResourceId);
    return Status === 'SUCCESS';
  }

  /** A Delete event with a generated id arrives before the Create event, or while that is being processed. */
  private async cancelled(identity: string, isBefore: boolean): Promise<void> {
    const created = event('Create', { identity, kind: this.kind, StackId: this.stackId });
    const removed = event('Delete', {
      identity,
      kind: this.kind,
      StackId: this.stackId,
      PhysicalResourceId: `Prod-Start${identity}-GENERATED`,
    });
    const order = isBefore ? [removed, created] : [created, removed];
    await this.world.until(Promise.all(order.map((sent) => handle(sent, this.world))));
    order.forEach((sent) => responseTo(this.world, sent));
  }

  private async remove(identities: string[], twice: boolean): Promise<void> {
    for (const identity of identities) {
      const PhysicalResourceId = this.resources.get(identity);
      // A Delete event that has failed is sent again when the stack is updated or deleted.
      for (let attempt = 0; attempt < 3; attempt++) {
        const sent = event('Delete', { identity, kind: this.kind, StackId: this.stackId, PhysicalResourceId });
        if ((await this.deliver(sent, twice)).Status === 'SUCCESS') break;
      }
      this.resources.delete(identity);
    }
  }

  private async deliver(sent: StartEvent, twice: boolean): Promise<ReturnType<typeof responseTo>> {
    const deliveries = twice ? [sent, sent] : [sent];
    await this.world.until(Promise.all(deliveries.map((each) => handle(each, this.world))));
    return responseTo(this.world, sent);
  }
}

function attemptsAt({ world, stackId, kind }: Stack, identity: string): SimulatedJob[] {
  const base = nameOf(identity, stackId, kind);
  return [...world.jobs.values()].filter(({ name }) => name.startsWith(base));
}

async function perform(stack: Stack, operation: Operation): Promise<void> {
  switch (operation.do) {
    case 'deploy':
      return stack.deploy(operation.jobs, operation.outcome, operation.twice);
    case 'end': {
      const [running] = attemptsAt(stack, operation.job).filter(({ status }) => status === 'InProgress');
      if (running === undefined) return;
      // Without a best training job, a completed tuning job counts as failed.
      running.best = 'best';
      stack.world.end(running.name, operation.status);
      return;
    }
    case 'break':
      stack.world.errors.push({ call: operation.call, error: ERRORS[operation.error](), after: operation.after });
      return;
    case 'recreate':
      return stack.recreate();
  }
}

/** The invariants after each operation. */
function check(stack: Stack): void {
  for (const identity of IDENTITIES) {
    const alive = attemptsAt(stack, identity).filter(({ status }) => ['InProgress', 'Completed'].includes(status));
    expect(alive.map(({ name }) => name).slice(1)).toEqual([]);
  }
  const owned = stack.identities.flatMap((identity) => attemptsAt(stack, identity));
  expect(stack.world.running.filter((job) => !owned.includes(job)).map(({ name }) => name)).toEqual([]);
  if (stack.kind === 'algorithm') {
    // Algorithms are deleted with their resource, regardless of their status.
    expect([...stack.world.jobs.values()].filter((job) => !owned.includes(job)).map(({ name }) => name)).toEqual([]);
  }
}

const operation = (calls: string[]): fc.Arbitrary<Operation> =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('deploy' as const),
        jobs: fc.uniqueArray(fc.constantFrom(...IDENTITIES), { maxLength: 3 }),
        outcome: fc.constantFrom<Outcome>('succeeds', 'succeeds', 'fails after', 'cancels before', 'cancels after'),
        twice: fc.boolean(),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('end' as const),
        job: fc.constantFrom(...IDENTITIES),
        status: fc.constantFrom('Completed' as const, 'Failed' as const, 'Stopped' as const),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('break' as const),
        call: fc.constantFrom(...calls, 'AddTags', 'ListTags', 'StartExecution'),
        error: fc.constantFrom('throttled' as const, 'failing' as const, 'lost' as const),
        after: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('recreate' as const) }) },
  );

test.each(KINDS)(
  'The handler keeps its invariants for %s jobs in %i random histories: at most one running or completed job for each identity, no running job without its resource, and a response to every event',
  async (kind, numRuns, calls) => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation(calls), { minLength: 1, maxLength: 12 }), async (operations) => {
        const stack = new Stack(kind);
        for (const each of operations) {
          await perform(stack, each);
          check(stack);
        }
      }),
      { numRuns },
    );
  },
  120_000,
);
