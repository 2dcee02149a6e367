import * as fc from 'fast-check';
import type { JobKind } from '../../../lib/handlers/contract';
import type { StartEvent } from '../../../lib/handlers/jobs/events';
import { baseName } from '../../../lib/handlers/jobs/names';
import { parsePhysicalId } from '../../../lib/handlers/jobs/physical-id';
import { type Response, event } from './cloudformation';
import { histories } from '../../histories';
import { FUNCTION_MS, ServiceError, type SimulatedJob, World } from './simulation';

const MINUTE = 60_000;

// A function that dies leaves the timer of its response, for which the process of the tests would wait at its end.
const { setTimeout } = globalThis;
jest.spyOn(globalThis, 'setTimeout').mockImplementation((...args) => setTimeout(...args).unref());

/** The number of histories for each kind of job, and the operations of that kind that can fail. */
const KINDS: [JobKind, number, string[]][] = [
  ['training', 5000, ['CreateTrainingJob', 'DescribeTrainingJob', 'StopTrainingJob']],
  ['tuning', 1500, ['CreateHyperParameterTuningJob', 'DescribeHyperParameterTuningJob', 'StopHyperParameterTuningJob']],
  ['transform', 1500, ['CreateTransformJob', 'DescribeTransformJob', 'StopTransformJob']],
  ['processing', 1500, ['CreateProcessingJob', 'DescribeProcessingJob', 'StopProcessingJob']],
  ['algorithm', 3000, ['CreateAlgorithm', 'DescribeAlgorithm', 'DeleteAlgorithm']],
];

const IDENTITIES = ['A', 'B'];
const CONSTRUCTS = ['Train', 'Renamed'];
const PREFIXES = ['prod-1a2b-train', 'prod-1a2b-other'];

/** A job in the template: the construct, which becomes the logical id together with the identity, and the prefix of the name. */
interface Wanted {
  readonly construct: string;
  readonly identity: string;
  readonly prefix: string;
}

/** How the events of a deployment are delivered. */
interface Delivery {
  /** The delays after which each event is delivered again, in milliseconds. */
  readonly again: number[];

  /** The time after which the function of the first Create event dies without a response. */
  readonly diesAfter?: number;
}

/** The operations of users, other resources and the services, in any order. */
type Operation =
  | { readonly do: 'deploy'; readonly jobs: Wanted[]; readonly outcome: Outcome; readonly delivery: Delivery }
  | { readonly do: 'end'; readonly identity: string; readonly status: 'Completed' | 'Failed' | 'Stopped' }
  | {
      readonly do: 'break';
      readonly call: string;
      readonly error: keyof typeof ERRORS | 'quota';
      readonly after: boolean;
    }
  | { readonly do: 'deny'; readonly call: string; readonly milliseconds: number }
  | { readonly do: 'reject responses'; readonly milliseconds: number }
  | { readonly do: 'recreate'; readonly again: number[] }
  | { readonly do: 'settle' };

/** The outcome of a deployment: another resource can fail after the jobs were started, or cancel their creation. */
type Outcome = 'succeeds' | 'fails after' | 'cancels before' | 'cancels after';

const ERRORS = {
  throttled: () => new ServiceError('ThrottlingException', 'Rate exceeded'),
  failing: () => new ServiceError('InternalFailure', 'Something is wrong', 500),
  lost: () => new ServiceError('TimeoutError', 'timed out'),
};

/** The error about a quota fails a Create event, and may have disappeared when the event is delivered again. */
const QUOTA = new ServiceError('ResourceLimitExceeded', 'The account-level service limit is 0 instances');

interface Resource {
  readonly wanted: Wanted;
  readonly physicalId: string;
}

/** The custom resources of a stack and the events that CloudFormation sends for them. */
class Stack {
  public readonly world = new World();
  public generation = 1;
  public readonly violations: string[] = [];

  /** The resources, by logical id. */
  public readonly resources = new Map<string, Resource>();

  /** The jobs that a user or the service has ended. */
  public readonly ended = new Set<string>();

  /** The Create events whose response CloudFormation ignores. */
  private readonly cancelledEvents = new Set<string>();

  constructor(
    public readonly kind: JobKind,
    lags: number[],
  ) {
    let reads = 0;
    if (lags.length > 0) this.world.lag = () => lags[reads++ % lags.length];
  }

  public get stackId(): string {
    return `arn:aws:cloudformation:eu-west-1:111122223333:stack/Prod/${this.generation}`;
  }

  public async deploy(jobs: Wanted[], outcome: Outcome, delivery: Delivery): Promise<void> {
    const wanted = new Map(jobs.map((job) => [logicalId(this.kind, job), job]));
    const created: string[] = [];
    const updated: Resource[] = [];
    let isFailed = outcome !== 'succeeds';
    for (const [id, job] of wanted) {
      const existing = this.resources.get(id);
      if (existing !== undefined) {
        updated.push(existing);
        if (!(await this.update(id, existing, job, delivery))) isFailed = true;
      } else if (outcome.startsWith('cancels')) await this.cancelled(job, outcome === 'cancels before', delivery);
      else {
        created.push(id);
        if (!(await this.create(id, job, delivery))) isFailed = true;
      }
      if (isFailed && outcome === 'succeeds') break;
    }
    if (isFailed) for (const { wanted: job } of updated) await this.rollBack(job, delivery);
    await this.remove(isFailed ? created : [...this.resources.keys()].filter((id) => !wanted.has(id)), delivery);
  }

  public async recreate(again: number[]): Promise<void> {
    await this.remove([...this.resources.keys()], { again });
    this.generation++;
  }

  private event(type: StartEvent['RequestType'], job: Wanted, overrides: Partial<StartEvent> = {}): StartEvent {
    const sent = event(type, { identity: job.identity, kind: this.kind, StackId: this.stackId, ...overrides });
    return {
      ...sent,
      LogicalResourceId: logicalId(this.kind, job),
      ResourceProperties: {
        ...sent.ResourceProperties,
        Prefix: this.kind === 'algorithm' ? baseOf(this, job) : job.prefix,
        WaitHandle: `https://handle/${logicalId(this.kind, job)}`,
      },
    };
  }

  private async create(id: string, job: Wanted, delivery: Delivery): Promise<boolean> {
    const response = await this.deliver(this.event('Create', job), delivery);
    // Without a response in time, CloudFormation generates an id.
    const { Status = 'FAILED', PhysicalResourceId = `Prod-${id}-GENERATED` } = response ?? {};
    this.resources.set(id, { wanted: job, physicalId: PhysicalResourceId });
    return Status === 'SUCCESS';
  }

  private async update(
    id: string,
    { wanted, physicalId }: Resource,
    job: Wanted,
    delivery: Delivery,
  ): Promise<boolean> {
    // The prefix of an algorithm is its name, and part of the logical id.
    const next = this.kind === 'algorithm' ? wanted : job;
    const sent = this.event('Update', next, {
      PhysicalResourceId: physicalId,
      OldResourceProperties: this.event('Update', wanted).ResourceProperties,
    });
    const response = await this.deliver(sent, { again: delivery.again });
    if (response !== undefined && response.PhysicalResourceId !== physicalId)
      this.violations.push('The id has changed');
    if (response?.Status === 'SUCCESS') this.resources.set(id, { wanted: next, physicalId });
    return response?.Status === 'SUCCESS';
  }

  private async rollBack(job: Wanted, delivery: Delivery): Promise<void> {
    const id = logicalId(this.kind, job);
    await this.update(id, this.resources.get(id)!, job, { again: delivery.again });
  }

  /** A Delete event with a generated id arrives before the Create event, or while that is being processed. */
  private async cancelled(job: Wanted, isBefore: boolean, delivery: Delivery): Promise<void> {
    const created = this.event('Create', job);
    const removed = this.event('Delete', job, { PhysicalResourceId: `Prod-${logicalId(this.kind, job)}-GENERATED` });
    const order = isBefore ? [removed, created] : [created, removed];
    this.cancelledEvents.add(created.RequestId);
    const responses = await Promise.all(order.map((sent) => this.deliver(sent, delivery)));
    // A Delete event that has failed is sent again when the stack is updated or deleted.
    if (responses[order.indexOf(removed)]?.Status !== 'SUCCESS')
      await this.delete(job, removed.PhysicalResourceId!, delivery);
  }

  private async remove(ids: string[], delivery: Delivery): Promise<void> {
    for (const id of ids) {
      const { wanted, physicalId } = this.resources.get(id)!;
      await this.delete(wanted, physicalId, delivery);
      this.resources.delete(id);
    }
  }

  private async delete(job: Wanted, PhysicalResourceId: string, { again }: Delivery): Promise<void> {
    for (let attempt = 0; attempt < 4; attempt++) {
      const response = await this.deliver(this.event('Delete', job, { PhysicalResourceId }), { again });
      if (response?.Status === 'SUCCESS') return;
    }
  }

  /** An event only fails for a reason that is not temporary. */
  private requireReason({ RequestType, RequestId }: StartEvent, response: Response | undefined): void {
    const { Status, Reason = '' } = response ?? {};
    const isExpected =
      RequestType === 'Create'
        ? Reason.includes(QUOTA.message) || [...this.ended].some((name) => Reason.startsWith(name))
        : RequestType === 'Delete' && Reason.includes('did not end in time');
    if (Status === 'FAILED' && !isExpected && !this.cancelledEvents.has(RequestId))
      this.violations.push(`${RequestType}: ${Reason}`);
  }

  /** Delivers an event once or several times, and returns the first response, or undefined without one in time. */
  private async deliver(sent: StartEvent, { again, diesAfter }: Delivery): Promise<Response | undefined> {
    const { world } = this;
    const dies = sent.RequestType === 'Create' ? diesAfter : undefined;
    // A function whose response is not accepted until it ends fails.
    const invoke = (diesAfter?: number): Promise<unknown> => world.invoke(sent, diesAfter).catch(() => undefined);
    const first = invoke(dies);
    for (const delay of again) world.at(delay, () => void invoke());
    await world.until(first);
    const response = (): Response | undefined =>
      world.requests.find(({ url }) => url === sent.ResponseURL)?.body as Response | undefined;
    this.requireReason(sent, response());
    if (response() === undefined && dies === undefined) this.violations.push(`${sent.RequestType}: no response`);
    // The service timeout of the resource.
    if (response() === undefined) await world.until(world.sleep(17 * MINUTE - (dies ?? FUNCTION_MS)));
    return response();
  }
}

/** The name of an algorithm, which includes its prefix, is part of the logical id. */
function logicalId(kind: JobKind, { construct, identity, prefix }: Wanted): string {
  return `${construct}${identity}${kind === 'algorithm' ? prefix.replaceAll('-', '') : ''}`;
}

function baseOf({ stackId, kind }: { stackId: string; kind: JobKind }, { prefix, identity }: Wanted): string {
  return kind === 'algorithm' ? `${prefix}-${identity.toLowerCase()}` : baseName(prefix, identity, stackId);
}

async function perform(stack: Stack, operation: Operation): Promise<void> {
  const { world } = stack;
  switch (operation.do) {
    case 'deploy':
      return stack.deploy(operation.jobs, operation.outcome, operation.delivery);
    case 'end': {
      const running = world.running.find(({ name }) =>
        PREFIXES.some((prefix) =>
          name.startsWith(baseOf(stack, { construct: '', prefix, identity: operation.identity })),
        ),
      );
      if (running === undefined) return;
      // Without a best training job, a completed tuning job counts as failed.
      running.best = 'best';
      stack.ended.add(running.name);
      // An algorithm is never stopped.
      return world.end(
        running.name,
        stack.kind === 'algorithm' && operation.status === 'Stopped' ? 'Failed' : operation.status,
      );
    }
    case 'break':
      world.errors.push({
        call: operation.call,
        error: operation.error === 'quota' ? QUOTA : ERRORS[operation.error](),
        after: operation.after,
      });
      return;
    case 'deny':
      world.denials.set(operation.call, world.now() + operation.milliseconds);
      return;
    case 'reject responses':
      // Not until the end of a function that is running already.
      if (world.unavailableUntil === 0) world.unavailableUntil = world.now() + operation.milliseconds;
      return;
    case 'recreate':
      return stack.recreate(operation.again);
    case 'settle':
      await world.settle();
      return check(stack);
  }
}

const names = (jobs: SimulatedJob[]): string[] => jobs.map(({ name }) => name);

/** The invariants when no event is in progress. */
function check(stack: Stack): void {
  const { world, resources, ended } = stack;
  const jobs = [...world.jobs.values()];
  const wanted = [...resources.values()].map(({ physicalId }) => parsePhysicalId(physicalId).name);

  const alive = jobs.filter(({ status }) => ['InProgress', 'Completed'].includes(status));
  const bases = alive.map(({ name }) => name.replace(/(--[0-9a-f]{10})-\d+$/, '$1'));
  expect({ startedTwice: bases.filter((base, index) => bases.indexOf(base) < index) }).toEqual({ startedTwice: [] });
  expect({ orphans: names(world.running.filter(({ name }) => !wanted.includes(name))) }).toEqual({ orphans: [] });
  if (stack.kind === 'algorithm') {
    // Algorithms are deleted with their resource, regardless of their status.
    expect({ left: names(jobs.filter(({ name }) => !wanted.includes(name))) }).toEqual({ left: [] });
  }
  const lost = wanted.filter(
    (name) => name !== undefined && !ended.has(name) && !alive.some((job) => job.name === name),
  );
  expect({ lost }).toEqual({ lost: [] });
  expect(stack.violations).toEqual([]);
}

const delivery = (): fc.Arbitrary<Delivery> =>
  fc.record(
    {
      again: fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: MINUTE })), { maxLength: 2 }),
      diesAfter: fc.oneof(
        { weight: 8, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 30_000 }) },
      ),
    },
    { requiredKeys: ['again'] },
  );

const wanted = (kind: JobKind): fc.Arbitrary<Wanted[]> =>
  fc.uniqueArray(
    fc.record({
      construct: fc.constantFrom(...CONSTRUCTS),
      identity: fc.constantFrom(...IDENTITIES),
      prefix: fc.constantFrom(PREFIXES[0], ...PREFIXES),
    }),
    {
      maxLength: 3,
      // Two algorithms with the same properties and the same name are an error at synthesis.
      selector: (job) => (kind === 'algorithm' ? `${job.identity} ${job.prefix}` : logicalId(kind, job)),
    },
  );

const operation = (kind: JobKind, calls: string[]): fc.Arbitrary<Operation> => {
  const call = fc.constantFrom(...calls, 'AddTags', 'ListTags', 'StartExecution');
  return fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant('deploy' as const),
        jobs: wanted(kind),
        outcome: fc.constantFrom<Outcome>('succeeds', 'succeeds', 'fails after', 'cancels before', 'cancels after'),
        delivery: delivery(),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('end' as const),
        identity: fc.constantFrom(...IDENTITIES),
        status: fc.constantFrom('Completed' as const, 'Failed' as const, 'Stopped' as const),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('break' as const),
        call,
        error: fc.constantFrom('throttled' as const, 'failing' as const, 'lost' as const),
        after: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.constant({ do: 'break' as const, call: calls[0], error: 'quota' as const, after: false }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('deny' as const),
        call,
        milliseconds: fc.integer({ min: 1, max: 40_000 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('reject responses' as const),
        milliseconds: fc.integer({ min: 1, max: 8 * MINUTE }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('recreate' as const),
        again: fc.array(fc.integer({ min: 0, max: MINUTE }), { maxLength: 1 }),
      }),
    },
    { weight: 2, arbitrary: fc.constant({ do: 'settle' as const }) },
  );
};

test.each(KINDS)(
  'The handler keeps its invariants for %s jobs in random histories (%i every night): at most one running or completed job for each name, no running job without its resource, no job stopped that a resource requires, no failure for a temporary reason, and a response to every event',
  async (kind, numRuns, calls) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(operation(kind, calls), { minLength: 1, maxLength: 12 }),
        // SageMaker documents no lag; a few seconds have been seen.
        fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 5 }),
        fc.oneof(fc.constant(130_000), fc.integer({ min: 1, max: 20 * MINUTE })),
        async (operations, lags, stoppingMs) => {
          const stack = new Stack(kind, lags);
          stack.world.stoppingMs = stoppingMs;
          for (const each of operations) await perform(stack, each);
          await perform(stack, { do: 'settle' });
        },
      ),
      { numRuns: histories(numRuns) },
    );
  },
  600_000,
);
