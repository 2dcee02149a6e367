import * as fc from 'fast-check';
import { histories } from '../../histories';
import { ServiceError } from '../jobs/simulation';
import { WorkflowWorld } from './simulation';

const MINUTE = 60_000;
const RUNS = histories(2500);

const CALLS = [
  'CreateTrainingJob',
  'CreateProcessingJob',
  'DescribeTrainingJob',
  'StopTrainingJob',
  'AddTags',
  'ListTags',
  'DescribeExecution',
  'GetItem',
  'UpdateItem',
  'CreateModelPackage',
  'ListModelPackages',
  'PutEvents',
  'PutMetricData',
];

const ERRORS = {
  throttled: () => new ServiceError('ThrottlingException', 'Rate exceeded'),
  failing: () => new ServiceError('InternalFailure', 'failed', 500),
  lost: () => new ServiceError('TimeoutError', 'timed out'),
  refused: () => new ServiceError('ValidationException', 'refused'),
  full: () => new ServiceError('ResourceLimitExceeded', 'The account-level service limit is 0 instances'),
};

/** The operations of users, schedules and the services, in any order. */
type Operation =
  | { readonly do: 'start' }
  | { readonly do: 'redrive'; readonly index: number }
  | { readonly do: 'end'; readonly status: 'ABORTED' | 'FAILED' | 'TIMED_OUT' }
  | { readonly do: 'end job'; readonly status: 'Completed' | 'Failed' | 'Stopped' }
  | { readonly do: 'break'; readonly call: string; readonly error: keyof typeof ERRORS; readonly after: boolean }
  | { readonly do: 'kill'; readonly after: number }
  | { readonly do: 'lose' }
  | { readonly do: 'delete' }
  | { readonly do: 'create' }
  | { readonly do: 'pass'; readonly milliseconds: number };

function perform(world: WorkflowWorld, operation: Operation): Promise<void> | void {
  switch (operation.do) {
    case 'start':
      return void world.start();
    case 'redrive': {
      const ended = [...world.executions.values()].filter(({ status }) => status !== 'RUNNING');
      if (ended.length > 0) world.redrive(ended[operation.index % ended.length].arn);
      return;
    }
    case 'end':
      return void world.active.slice(0, 1).forEach(({ arn }) => world.endExecution(arn, operation.status));
    case 'end job':
      return void world.running.slice(0, 1).forEach(({ name }) => world.end(name, operation.status));
    case 'break':
      return void world.errors.push({ ...operation, error: ERRORS[operation.error]() });
    case 'kill':
      return void world.deaths.push(operation.after);
    case 'lose':
      return void world.lostResponses++;
    case 'delete':
    case 'create':
      return void world.resource(operation.do === 'delete' ? 'Delete' : 'Create');
    case 'pass':
      return world.pass(operation.milliseconds);
  }
}

const operation = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Operation>({ do: 'start' }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('redrive' as const), index: fc.nat(3) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      status: fc.constantFrom('ABORTED' as const, 'FAILED' as const, 'TIMED_OUT' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('end job' as const),
      status: fc.constantFrom('Completed' as const, 'Failed' as const, 'Stopped' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('break' as const),
      call: fc.constantFrom(...CALLS),
      error: fc.constantFrom(
        'throttled' as const,
        'failing' as const,
        'lost' as const,
        'refused' as const,
        'full' as const,
      ),
      after: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const), after: fc.integer({ min: 0, max: 30_000 }) }) },
  { weight: 1, arbitrary: fc.constant<Operation>({ do: 'lose' }) },
  { weight: 1, arbitrary: fc.constant<Operation>({ do: 'delete' }) },
  { weight: 1, arbitrary: fc.constant<Operation>({ do: 'create' }) },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      milliseconds: fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 20 * MINUTE })),
    }),
  },
);

/** A sequence of values that repeats. */
function cycle(values: number[]): () => number {
  let index = 0;
  return () => (values.length === 0 ? 0 : values[index++ % values.length]);
}

test(`A workflow keeps its invariants in ${RUNS} random histories: never two jobs at the same time, no job after the end of all executions, and one version for each execution at most`, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(operation, { minLength: 2, maxLength: 14 }),
      fc.record({
        hasEvaluationJob: fc.boolean(),
        lags: fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 5 }),
        latencies: fc.array(fc.integer({ min: 0, max: 1_500 }), { maxLength: 5 }),
        durations: fc.array(fc.integer({ min: 1_000, max: 30 * MINUTE }), { minLength: 1, maxLength: 3 }),
        ends: fc.array(fc.integer({ min: 0, max: 5 * MINUTE }), { minLength: 1, maxLength: 3 }),
      }),
      async (operations, { hasEvaluationJob, lags, latencies, durations, ends }) => {
        const world = new WorkflowWorld({ hasEvaluationJob });
        const duration = cycle(durations);
        if (lags.length > 0) world.lag = cycle(lags);
        world.latency = cycle(latencies);
        world.endDelays = (): number[] => ends;
        world.onCreated = (job): void => {
          job.metrics = { auc: 0.9 };
          world.objects.set(`s3://reports/${job.name}/evaluation.json`, { time: 0, body: '{"auc":0.9}' });
          world.at(duration(), () => world.end(job.name, 'Completed'));
        };
        for (const each of operations) await perform(world, each);
        await world.untilIdle();
        expect(world.violations).toEqual([]);
        expect(world.busy.map(({ name, status }) => `${name} ${status}`)).toEqual([]);
        const executions = world.packages.map(({ metadata }) => metadata.execution);
        expect(executions).toEqual([...new Set(executions)]);
      },
    ),
    { numRuns: RUNS, seed: Number(process.env.SEED ?? 1) },
  );
}, 600_000);
