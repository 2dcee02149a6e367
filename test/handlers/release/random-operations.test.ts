import * as fc from 'fast-check';
import { histories } from '../../histories';
import { ServiceError } from '../jobs/simulation';
import { ALARM_TEST, type Interruption, JOB_TEST, PING, QUOTA, ReleaseWorld, SHADOW_TEST, arnOf } from './simulation';

const HISTORIES = histories(2500);

type VersionOperation = 'approve' | 'reject' | 'break' | 'repair' | 'agree' | 'disagree';

/** The operations of users, other deployments and the services, in any order. */
type Operation =
  | { readonly do: VersionOperation; readonly number: number }
  | { readonly do: 'deploy' | 'cancel' | 'abort' | 'hourly' | 'quiet' | 'busy' | 'alarm' | 'calm' }
  | { readonly do: 'fail'; readonly times: number }
  | { readonly do: 'fault'; readonly call: string; readonly kind: keyof typeof ERRORS; readonly isAfter: boolean }
  | { readonly do: 'pass'; readonly milliseconds: number };

const ERRORS = {
  throttled: new ServiceError('ThrottlingException', 'Rate exceeded'),
  failing: new ServiceError('InternalFailure', 'Something is wrong', 500),
  denied: new ServiceError('AccessDeniedException', 'User is not authorized to perform this action'),
  // The function dies.
  died: undefined,
};

const CALLS = [
  'DescribeStacks',
  'DescribeStackEvents',
  'UpdateStack',
  'ListModelPackages',
  'DescribeModelPackage',
  'UpdateModelPackage',
  'GetParameter',
  'PutParameter',
  'GetItem',
  'PutItem',
  'DeleteItem',
  'UpdateItem',
  'PutEvents',
  'PutMetricData',
  'ListObjectsV2',
  'GetObject',
  'DescribeAlarms',
  'DescribeAlarmHistory',
  'PutObject',
  'CreateProcessingJob',
  'DescribeProcessingJob',
  'StopProcessingJob',
  'ListTags',
  'AddTags',
];

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'approve' as const,
        'approve' as const,
        'reject' as const,
        'break' as const,
        'repair' as const,
        'agree' as const,
        'disagree' as const,
      ),
      number: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('deploy', 'cancel', 'abort', 'hourly', 'quiet', 'busy', 'alarm', 'calm'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const), times: fc.integer({ min: 1, max: 6 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      call: fc.constantFrom(...CALLS),
      kind: fc.constantFrom('throttled' as const, 'failing' as const, 'denied' as const, 'died' as const),
      isAfter: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      milliseconds: fc.oneof(
        fc.integer({ min: 0, max: 2_000 }),
        fc.integer({ min: 0, max: 300_000 }),
        fc.integer({ min: 0, max: 3_600_000 }),
        fc.integer({ min: 0, max: 4 * 3_600_000 }),
      ),
    }),
  },
);

/** How events are delivered, how far reads lag behind, and how long calls take. */
const conditions = fc.record({
  delays: fc.array(fc.array(fc.integer({ min: 0, max: 900_000 }), { maxLength: 3 }), { minLength: 1, maxLength: 8 }),
  lags: fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 8 }),
  latencies: fc.array(fc.oneof(fc.constant(20), fc.integer({ min: 1, max: 10_000 })), { minLength: 1, maxLength: 12 }),
  // Longer than descriptions lag behind.
  updateMs: fc.integer({ min: 60_000, max: 1_800_000 }),
  cleanupMs: fc.integer({ min: 0, max: 60_000 }),
  initial: fc.constantFrom('none', 'released'),
  shadowTest: fc.constantFrom(undefined, SHADOW_TEST, ALARM_TEST, JOB_TEST),
});

type Conditions = typeof conditions extends fc.Arbitrary<infer T> ? T : never;

/** A list that is repeated for ever. */
function cycle<T>(values: readonly T[]): () => T {
  let index = 0;
  return () => values[index++ % values.length];
}

class Player {
  public readonly world: ReleaseWorld;
  private readonly faults: { readonly call: string; readonly fault: Interruption }[] = [];

  constructor({ delays, lags, latencies, updateMs, cleanupMs, initial, shadowTest }: Conditions) {
    const world = (this.world = new ReleaseWorld(shadowTest));
    if (initial === 'released') {
      world.approve(1);
      world.parameter = arnOf(1);
    }
    world.createStack();
    world.delays = cycle(delays);
    world.lag = cycle(lags);
    world.latency = cycle(latencies);
    world.updateMs = updateMs;
    world.cleanupMs = cleanupMs;
    world.fault = (call) => {
      const index = this.faults.findIndex((fault) => fault.call === call);
      return index < 0 ? undefined : this.faults.splice(index, 1)[0].fault;
    };
  }

  public async play(operation: Operation): Promise<void> {
    const { world } = this;
    if ('number' in operation) return this.change(operation.do, operation.number);
    switch (operation.do) {
      case 'fail':
        world.otherFailures.push(...Array<string>(operation.times).fill(QUOTA));
        return;
      case 'fault':
        this.faults.push({
          call: operation.call,
          fault: { error: ERRORS[operation.kind], isAfter: operation.isAfter },
        });
        return;
      case 'pass':
        return world.pass(operation.milliseconds);
      case 'deploy':
        return world.deployByUser();
      case 'cancel':
        return world.cancel();
      case 'abort':
        world.running.slice(0, 1).forEach((execution) => (execution.status = 'ABORTED'));
        return;
      case 'hourly':
        return world.nudge([0]);
      case 'alarm':
      case 'calm':
        return world.setAlarm('shadow-errors', operation.do === 'alarm' ? 'ALARM' : 'OK');
      case 'quiet':
      case 'busy':
        world.requestCount = operation.do === 'quiet' ? 5 : 20;
        return;
    }
  }

  /** Changes the status of a version, or how it behaves in its container. */
  private change(what: VersionOperation, number: number): void {
    const { world } = this;
    const arn = arnOf(number);
    if (what === 'approve') world.approve(number);
    if (what === 'reject' && world.statusOf(number) !== undefined) world.setStatus(number, 'Rejected');
    if (what === 'break') world.break(number, PING);
    if (what === 'repair') world.broken.delete(arn);
    if (what === 'agree') [world.agreements, world.comparisons.metrics].forEach((values) => values.delete(arn));
    if (what === 'disagree') [world.agreements, world.comparisons.metrics].forEach((values) => values.set(arn, 0.5));
  }

  /** Nothing but a last event happens any more. */
  public async settle(): Promise<void> {
    const { world } = this;
    this.faults.length = 0;
    world.nudge([0]);
    await world.untilIdle();
    // The hourly checks continue the tests, until the last one has ended or has too few requests.
    for (let hour = 0; hour < 24 && world.state?.shadow !== 'none'; hour++) {
      await world.pass(3_600_000);
      world.nudge([0]);
      await world.untilIdle();
    }
  }

  /** The violation of a rule, or the state at the end that is wrong. */
  public problem(): string | undefined {
    const { world } = this;
    const { released, shadow } = world.state!;
    if (world.violations.length > 0) return world.violations[0];
    const { running } = world.comparisons;
    if (shadow === 'none' && running.length > 0) return `No version is tested, and ${running[0].name} runs`;
    if (world.parameter !== released) return `The parameter is ${world.parameter}, and ${released} is released`;
    if (world.shadowParameter !== shadow) return `The parameter is ${world.shadowParameter}, and ${shadow} is tested`;
    const last = world.outcomes.at(-1);
    const isQuiet = last?.outcome === 'Blocked' && last.reason?.includes('too few requests') === true;
    if (shadow !== 'none' && !isQuiet) return `${shadow} is tested: ${JSON.stringify(last)}`;
    const newest = [6, 5, 4, 3, 2, 1].find((number) => world.statusOf(number) === 'Approved');
    if (newest === undefined || arnOf(newest) === released || this.mayWait(newest, released, isQuiet)) return undefined;
    return `${arnOf(newest)} is approved, and ${released} is released: ${JSON.stringify(last)}`;
  }

  /** Whether the newest approved version is not released for a reason that was reported. */
  private mayWait(newest: number, released: string, isQuiet: boolean): boolean {
    const { outcomes, state, requestCount } = this.world;
    if (isQuiet && state?.shadow === arnOf(newest) && requestCount < SHADOW_TEST.MinRequests) return true;
    const isBlocked = outcomes.at(-1)?.outcome === 'Blocked' && this.isOlder(newest, released);
    return isBlocked || outcomes.some(isFailureOf(newest));
  }

  /** Whether a version is older than the released one or, if none is released, than one that was rolled back. */
  private isOlder(number: number, released: string): boolean {
    const others = [6, 5, 4, 3, 2, 1].filter((other) => other > number).map(arnOf);
    const rolledBack = this.world.outcomes.map(({ modelPackageArn = '' }) => modelPackageArn);
    return others.some((other) => (released === 'none' ? rolledBack.includes(other) : other === released));
  }
}

function isFailureOf(number: number) {
  return ({ outcome, modelPackageArn }: { outcome: string; modelPackageArn?: string }): boolean =>
    outcome === 'Failed' && modelPackageArn === arnOf(number);
}

test('A deployment releases the newest approved version that works, whatever users, other deployments and failures do', async () => {
  await fc.assert(
    fc.asyncProperty(conditions, fc.array(operation, { maxLength: 25 }), async (given, operations) => {
      const player = new Player(given);
      for (const each of operations) await player.play(each);
      await player.settle();
      expect(player.problem()).toBeUndefined();
    }),
    { numRuns: HISTORIES },
  );
});
