import validate from 'asl-validator';
import { StateMachine } from 'aws-local-stepfunctions';
import type { PollInput } from '../../../lib/handlers/contract';
import { InstanceType, TrainingJob, TrainingResources } from '../../../lib';
import { image, newStack, onlyResource } from '../../stacks';
import { deliver, event, nameOf, signals } from './cloudformation';
import { ServiceError, World } from './simulation';

// The interpreter requires a function that Node.js provides only since version 22.
const POLYFILL = {
  withResolvers: () => {
    let settle = {};
    const promise = new Promise((resolve, reject) => (settle = { resolve, reject }));
    return { promise, ...settle };
  },
};
if (!('withResolvers' in Promise)) Object.assign(Promise, POLYFILL);

/** The definition of the state machine, with names in place of references. */
function definition(): ConstructorParameters<typeof StateMachine>[0] {
  const stack = newStack();
  new TrainingJob(stack, 'Train', { image: image(), resources: TrainingResources.of(InstanceType.ML_M5_LARGE) });
  const { DefinitionString: text } = onlyResource(stack, 'AWS::StepFunctions::StateMachine') as {
    DefinitionString: { 'Fn::Join': [string, (string | object)[]] };
  };
  const pieces = text['Fn::Join'][1].map((piece) => (typeof piece === 'string' ? piece : 'aws'));
  return JSON.parse(pieces.join('')) as ConstructorParameters<typeof StateMachine>[0];
}

/** Executes the state machine with the real handler and without its pauses. `beforeDescribe` is called before each poll. */
async function watch(world: World, beforeDescribe: (poll: number) => void): Promise<string[]> {
  let poll = 0;
  const describe = async (input: unknown): Promise<{ Payload: never }> => {
    beforeDescribe(++poll);
    const { Payload } = input as { Payload: PollInput };
    return { Payload: (await world.until(world.invoke(Payload))) as never };
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
  // Avoids an unhandled rejection while the event log is read.
  result.catch(() => undefined);
  const states: string[] = [];
  for await (const log of execution.eventLogs) {
    if (log.type === 'StateEntered' && log.state.type !== 'Wait' && log.state.type !== 'Choice')
      states.push(log.state.name);
  }
  await result;
  return states;
}

let world: World;
beforeEach(async () => {
  world = new World();
  await deliver(world, event('Create'));
});

test('The definition of the waiter is valid', () => {
  const validation = validate(definition());
  expect(validation.isValid ? '' : validation.errorsText()).toBe('');
});

test('The waiter polls until the job has completed, and signals success once', async () => {
  const states = await watch(world, (poll) => {
    if (poll === 3) world.end(nameOf(), 'Completed');
  });
  expect(states).toEqual(['DescribeJob', 'DescribeJob', 'DescribeJob', 'Finished']);
  expect(signals(world).map(({ Status }) => Status)).toEqual(['SUCCESS']);
});

test('The waiter signals the reason when the job has failed', async () => {
  await watch(world, () => world.end(nameOf(), 'Failed', 'AlgorithmError: no data'));
  expect(signals(world)[0].Reason).toContain('AlgorithmError: no data');
});

test('The waiter continues after polls that have failed', async () => {
  const states = await watch(world, (poll) => {
    if (poll < 3) throw new ServiceError('TooManyRequestsException', 'Rate exceeded');
    world.end(nameOf(), 'Completed');
  });
  expect(states).toEqual(['DescribeJob', 'Finished']);
  expect(signals(world)[0].Status).toBe('SUCCESS');
});

test('The waiter fails the deployment with the cause when all polls fail', async () => {
  const states = await watch(world, (poll) => {
    if (poll <= 13) throw new Error('User is not authorized to perform: lambda:InvokeFunction');
  });
  expect(states).toEqual(['DescribeJob', 'TimedOut']);
  expect(signals(world)[0]).toMatchObject({ Status: 'FAILURE' });
  expect(signals(world)[0].Reason).toContain('cannot be polled: User is not authorized');
});
