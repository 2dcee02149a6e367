import { StateMachine } from 'aws-local-stepfunctions';
import type { PollInput } from '../../lib/handlers/contract';
import { handle } from '../../lib/handlers/jobs/handler';
import { InstanceType, TrainingJob, TrainingResources } from '../../lib';
import { image, newStack, onlyResource } from '../stacks';
import { deliver, event, nameOf, signals } from './cloudformation';
import { ServiceError, World } from './simulation';

// The interpreter wants a function that Node has from version 22 on only.
const POLYFILL = {
  withResolvers: () => {
    let settle = {};
    const promise = new Promise((resolve, reject) => (settle = { resolve, reject }));
    return { promise, ...settle };
  },
};
if (!('withResolvers' in Promise)) Object.assign(Promise, POLYFILL);

/** The waiter as it is deployed; references become names. */
function definition(): ConstructorParameters<typeof StateMachine>[0] {
  const stack = newStack();
  new TrainingJob(stack, 'Train', { image: image(), resources: TrainingResources.of(InstanceType.ML_M5_LARGE) });
  const { DefinitionString: text } = onlyResource(stack, 'AWS::StepFunctions::StateMachine') as {
    DefinitionString: { 'Fn::Join': [string, (string | object)[]] };
  };
  const pieces = text['Fn::Join'][1].map((piece) => (typeof piece === 'string' ? piece : 'aws'));
  return JSON.parse(pieces.join('')) as ConstructorParameters<typeof StateMachine>[0];
}

/** Executes the waiter for a job, with the real handler and without its pauses. `beforeDescribe` is what happens meanwhile. */
async function watch(world: World, beforeDescribe: (round: number) => void): Promise<string[]> {
  let round = 0;
  const describe = async (input: unknown): Promise<{ Payload: never }> => {
    beforeDescribe(++round);
    const { Payload } = input as { Payload: PollInput };
    return { Payload: (await world.until(handle(Payload, world))) as never };
  };
  const [input] = [...world.waiters.values()];
  const execution = new StateMachine(definition(), { validationOptions: { checkArn: false } }).run(input as never, {
    overrides: {
      taskResourceLocalHandlers: { DescribeJob: describe, TimedOut: describe },
      waitTimeOverrides: { Wait: 0 },
      retryIntervalOverrides: { DescribeJob: 0, TimedOut: 0 },
    },
  });
  const result = execution.result;
  // Whoever reads the log first would leave a failure without a listener for a while.
  result.catch(() => undefined);
  const states: string[] = [];
  for await (const log of execution.eventLogs) {
    if (log.type === 'StateEntered' && log.state.type !== 'Wait' && log.state.type !== 'Choice')
      states.push(log.state.name);
  }
  await result;
  return states;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports -- has no types
const validate = require('asl-validator') as (definition: object) => { isValid: boolean; errorsText(): string };

let world: World;
beforeEach(async () => {
  world = new World();
  await deliver(world, event('Create'));
});

test('The waiter is a valid state machine', () => {
  const verdict = validate(definition());
  expect(verdict.isValid ? '' : verdict.errorsText()).toBe('');
});

test('The waiter looks until the job is completed, and tells it once', async () => {
  const states = await watch(world, (round) => {
    if (round === 3) world.end(nameOf(), 'Completed');
  });
  expect(states).toEqual(['DescribeJob', 'DescribeJob', 'DescribeJob', 'Finished']);
  expect(signals(world).map(({ Status }) => Status)).toEqual(['SUCCESS']);
});

test('The waiter tells why the job has failed', async () => {
  await watch(world, () => world.end(nameOf(), 'Failed', 'AlgorithmError: no data'));
  expect(signals(world)[0].Reason).toContain('AlgorithmError: no data');
});

test('The waiter goes on after rounds that could not be done', async () => {
  const states = await watch(world, (round) => {
    if (round < 3) throw new ServiceError('TooManyRequestsException', 'Rate exceeded');
    world.end(nameOf(), 'Completed');
  });
  expect(states).toEqual(['DescribeJob', 'Finished']);
  expect(signals(world)[0].Status).toBe('SUCCESS');
});

test('The waiter fails the deployment, with the cause, when no round can be done at all', async () => {
  const states = await watch(world, (round) => {
    if (round <= 13) throw new Error('User is not authorized to perform: lambda:InvokeFunction');
  });
  expect(states).toEqual(['DescribeJob', 'TimedOut']);
  expect(signals(world)[0]).toMatchObject({ Status: 'FAILURE' });
  expect(signals(world)[0].Reason).toContain('can no longer be watched: User is not authorized');
});
