import {
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  RedriveExecutionCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { ServiceFixture } from '../fixture';
import { StateMachineFixture } from './state-machine-fixture';

const service = ServiceFixture.forEachTest();
const machine = new StateMachineFixture(service);

const file = (name: string): string => path.join(service.directory, name);

/** A function that records the states that invoke it, waits while a file exists, and fails while another one exists. */
const SOURCE = `
const fs = require('fs');
exports.handler = async ({ directory, state, ...input }) => {
  fs.appendFileSync(directory + '/invoked', state + ' ');
  while (fs.existsSync(directory + '/wait-' + state)) await new Promise((resolve) => setTimeout(resolve, 20));
  if (fs.existsSync(directory + '/fail-' + state)) throw new Error('failed ' + state);
  return { ...input, directory, [state]: true };
};`;

/** A state that invokes the function with its own name. */
const step = (state: object = { End: true }): object =>
  machine.task({
    Parameters: {
      FunctionName: machine.functionArn,
      'Payload.$':
        'States.JsonMerge($, States.StringToJson(States.Format(\'\\{"state":"{}"\\}\', $$.State.Name)), false)',
    },
    ...state,
  });

const start = (name?: string): Promise<string> => machine.start({ directory: service.directory }, name);
const invoked = (): string[] =>
  existsSync(file('invoked')) ? readFileSync(file('invoked'), 'utf8').trim().split(' ') : [];

/** Resolves when the function was invoked a number of times. */
async function invocations(count: number): Promise<void> {
  while (invoked().length < count) await new Promise((resolve) => setImmediate(resolve));
}

/** Lets a state wait, or fail, until `release` is called. */
const block = (kind: 'wait' | 'fail', state: string): void => writeFileSync(file(`${kind}-${state}`), '');
const release = (kind: 'wait' | 'fail', state: string): void => rmSync(file(`${kind}-${state}`));

const redrive = (executionArn: string, clientToken?: string): Promise<unknown> =>
  machine.client.send(new RedriveExecutionCommand({ executionArn, clientToken }));

const PARALLEL = {
  A: step({ Next: 'Both' }),
  Both: {
    Type: 'Parallel',
    Branches: [
      { StartAt: 'B', States: { B: step({ Next: 'C' }), C: step() } },
      { StartAt: 'D', States: { D: step() } },
    ],
    Next: 'E',
  },
  E: { Type: 'Pass', Parameters: { 'c.$': '$[0].C', 'd.$': '$[1].D' }, End: true },
};

describe('An execution', () => {
  test('continues in the state in which it was when the service stopped', async () => {
    await machine.create({ A: step({ Next: 'B' }), B: step({ Next: 'C' }), C: step() }, SOURCE);
    block('wait', 'B');
    const executionArn = await start();
    await invocations(2);
    await service.restart();
    expect((await machine.describe(executionArn)).status).toBe('RUNNING');
    release('wait', 'B');
    const { status, output = '' } = await machine.ended(executionArn);
    expect({ status, output: JSON.parse(output) as unknown }).toMatchObject({
      status: 'SUCCEEDED',
      output: { A: true, B: true, C: true },
    });
    expect(invoked()).toEqual(['A', 'B', 'B', 'C']);
    const types = await machine.eventTypes(executionArn);
    expect(types.filter((type) => type === 'TaskStateEntered')).toHaveLength(3);
  });

  test('continues with the branches that were not complete when the service stopped', async () => {
    await machine.create(PARALLEL, SOURCE);
    block('wait', 'C');
    const executionArn = await start();
    await invocations(4);
    while (!(await machine.eventTypes(executionArn)).includes('TaskStateExited')) continue;
    for (;;) {
      const events = await machine.history(executionArn);
      if (events.some(({ stateExitedEventDetails }) => stateExitedEventDetails?.name === 'D')) break;
    }
    await service.restart();
    release('wait', 'C');
    const { output } = await machine.ended(executionArn);
    expect(output).toBe('{"c":true,"d":true}');
    expect(invoked().sort()).toEqual(['A', 'B', 'C', 'C', 'D']);
  });

  test('that is redriven repeats only the state that has failed, with the same input', async () => {
    await machine.create({ A: step({ Next: 'B' }), B: step() }, SOURCE);
    block('fail', 'B');
    const executionArn = await start();
    expect(await machine.ended(executionArn)).toMatchObject({
      status: 'FAILED',
      redriveStatus: 'REDRIVABLE',
      redriveCount: 0,
    });
    release('fail', 'B');
    await redrive(executionArn);
    const redriven = await machine.ended(executionArn);
    expect(redriven).toMatchObject({
      status: 'SUCCEEDED',
      redriveCount: 1,
      redriveDate: expect.any(Date) as Date,
      redriveStatus: 'NOT_REDRIVABLE',
    });
    expect(redriven).not.toHaveProperty('error');
    expect(invoked()).toEqual(['A', 'B', 'B']);
    expect(await machine.eventTypes(executionArn)).toContain('ExecutionRedriven');
  });

  test('that is redriven repeats only the branches that have not succeeded', async () => {
    await machine.create(PARALLEL, SOURCE);
    block('fail', 'C');
    block('wait', 'C');
    const executionArn = await start();
    for (;;) {
      const events = await machine.history(executionArn);
      if (events.some(({ stateExitedEventDetails }) => stateExitedEventDetails?.name === 'D')) break;
    }
    await invocations(4);
    release('wait', 'C');
    await machine.ended(executionArn);
    release('fail', 'C');
    await redrive(executionArn);
    expect((await machine.ended(executionArn)).output).toBe('{"c":true,"d":true}');
    expect(invoked().sort()).toEqual(['A', 'B', 'C', 'C', 'D']);
  });

  test('sees in the context object that it was redriven', async () => {
    const Parameters = { 'count.$': '$$.Execution.RedriveCount', 'time.$': '$$.Execution.RedriveTime' };
    await machine.create({ A: step({ Next: 'B' }), B: { Type: 'Pass', Parameters, End: true } }, SOURCE);
    block('fail', 'A');
    const executionArn = await start();
    await machine.ended(executionArn);
    release('fail', 'A');
    await redrive(executionArn);
    const { output = '' } = await machine.ended(executionArn);
    expect(JSON.parse(output)).toEqual({ count: 1, time: expect.stringMatching(/Z$/) as string });
  });

  test('sees the time of the service in the context object, also after an advance', async () => {
    await machine.create({ A: { Type: 'Pass', Parameters: { 'time.$': '$$.Execution.StartTime' }, End: true } });
    await service.advance(3 * 3600);
    const { startDate, stopDate, output = '' } = await machine.ended(await machine.start());
    const { time } = JSON.parse(output) as { time: string };
    expect([new Date(time), stopDate! >= startDate!]).toEqual([startDate, true]);
    expect(startDate!.getTime() - Date.now()).toBeGreaterThan(2 * 3600_000);
  });

  test('is redriven once for the same client token', async () => {
    await machine.create({ A: step() }, SOURCE);
    block('fail', 'A');
    const executionArn = await start();
    await machine.ended(executionArn);
    const first = await redrive(executionArn, 'token');
    await machine.ended(executionArn);
    expect(await redrive(executionArn, 'token')).toMatchObject({
      redriveDate: (first as { redriveDate: Date }).redriveDate,
    });
    expect((await machine.describe(executionArn)).redriveCount).toBe(1);
  });

  test.each([
    ['that is running', 'wait', 'Execution is RUNNING and cannot be redriven'],
    ['that has succeeded', 'none', 'Execution is SUCCEEDED and cannot be redriven'],
  ])('%s is not redriven', async (_, kind, message) => {
    await machine.create({ A: step() }, SOURCE);
    if (kind === 'wait') block('wait', 'A');
    const executionArn = await start();
    if (kind !== 'wait') await machine.ended(executionArn);
    await expect(redrive(executionArn)).rejects.toMatchObject({ name: 'ExecutionNotRedrivable', message });
  });

  test('that is stopped has the error and the cause, and can be redriven', async () => {
    await machine.create({ A: step() }, SOURCE);
    block('wait', 'A');
    const executionArn = await start();
    await invocations(1);
    await machine.client.send(new StopExecutionCommand({ executionArn, error: 'Manual', cause: 'a test' }));
    expect(await machine.describe(executionArn)).toMatchObject({ status: 'ABORTED', error: 'Manual', cause: 'a test' });
    release('wait', 'A');
    await redrive(executionArn);
    expect(await machine.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('that exceeds the time limit of its state machine is timed out', async () => {
    await machine.create({ A: step() }, SOURCE, { TimeoutSeconds: 1 });
    block('wait', 'A');
    expect(await machine.ended(await start())).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
  });

  test('that has timed out stays so when the service restarts', async () => {
    await machine.create({ A: step() }, SOURCE, { TimeoutSeconds: 1 });
    block('wait', 'A');
    const executionArn = await start();
    await machine.ended(executionArn);
    await service.restart();
    expect(await machine.describe(executionArn)).toMatchObject({ status: 'TIMED_OUT' });
  });

  test('keeps its definition when the state machine is updated', async () => {
    await machine.create({ A: step({ Next: 'B' }), B: { Type: 'Pass', Result: 'old', End: true } }, SOURCE);
    block('wait', 'A');
    const executionArn = await start();
    await invocations(1);
    const updated = { A: step({ Next: 'B' }), B: { Type: 'Pass', Result: 'new', End: true } };
    const Function = await machine.stacks.function(SOURCE);
    expect(await machine.stacks.update({ Machine: machine.resource(updated), Function })).toBe('UPDATE_COMPLETE');
    const { definition = '' } = await machine.client.send(
      new DescribeStateMachineForExecutionCommand({ executionArn }),
    );
    expect(definition).toContain('old');
    release('wait', 'A');
    expect((await machine.ended(executionArn)).output).toBe('"old"');
    expect(
      (await machine.client.send(new DescribeStateMachineCommand({ stateMachineArn: machine.arn }))).definition,
    ).toContain('new');
  });
});

describe('The operations', () => {
  test('list the executions of a state machine, the newest first, by status and redrive, in pages', async () => {
    await machine.create({ A: step() }, SOURCE);
    const succeeded = await start('succeeded');
    await machine.ended(succeeded);
    block('fail', 'A');
    const failed = await start('failed');
    await machine.ended(failed);
    const list = async (input: object): Promise<(string | undefined)[]> => {
      const { executions = [] } = await machine.client.send(
        new ListExecutionsCommand({ stateMachineArn: machine.arn, ...input }),
      );
      return executions.map(({ name }) => name);
    };
    expect(await list({})).toEqual(['failed', 'succeeded']);
    expect(await list({ statusFilter: 'FAILED' })).toEqual(['failed']);
    expect(await list({ redriveFilter: 'REDRIVEN' })).toEqual([]);
    const page = await machine.client.send(new ListExecutionsCommand({ stateMachineArn: machine.arn, maxResults: 1 }));
    expect(await list({ maxResults: 1, nextToken: page.nextToken })).toEqual(['succeeded']);
  });

  test('return the events of an execution, in reverse order and without its data', async () => {
    await machine.create({ A: { Type: 'Pass', Result: 1, End: true } });
    const executionArn = await start();
    await machine.ended(executionArn);
    const input = { executionArn, reverseOrder: true, includeExecutionData: false, maxResults: 1 };
    const { events = [], nextToken } = await machine.client.send(new GetExecutionHistoryCommand(input));
    expect(events).toMatchObject([{ type: 'ExecutionSucceeded', id: 4, previousEventId: 3 }]);
    expect(events[0].executionSucceededEventDetails).not.toHaveProperty('output');
    expect(nextToken).toBe('1');
  });

  test('list and describe the state machines', async () => {
    await machine.create({ A: { Type: 'Succeed' } });
    const { stateMachines } = await machine.client.send(new ListStateMachinesCommand({}));
    expect(stateMachines).toMatchObject([{ name: 'machine', stateMachineArn: machine.arn, type: 'STANDARD' }]);
    expect(await machine.client.send(new DescribeStateMachineCommand({ stateMachineArn: machine.arn }))).toMatchObject({
      status: 'ACTIVE',
      roleArn: 'arn:aws:iam::000000000000:role/machine',
      creationDate: expect.any(Date) as Date,
    });
  });

  test('start an execution once for the same name and input while it is running', async () => {
    await machine.create({ A: step() }, SOURCE);
    block('wait', 'A');
    expect(await start('one')).toBe(await start('one'));
    const other = machine.start({ directory: service.directory, other: true }, 'one');
    await expect(other).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    release('wait', 'A');
    await machine.ended('arn:aws:states:us-east-1:000000000000:execution:machine:one');
    await expect(start('one')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    expect(invoked()).toEqual(['A']);
  });

  test.each<[string, object, string]>([
    ['an input that is not JSON', { input: 'churn is ready' }, 'InvalidExecutionInput'],
    ['an input that is too large', { input: JSON.stringify('a'.repeat(262_144)) }, 'InvalidExecutionInput'],
    ['a name with a space', { name: 'a b' }, 'InvalidName'],
    [
      'a state machine that does not exist',
      { stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:none' },
      'StateMachineDoesNotExist',
    ],
    [
      'the ARN of an execution',
      { stateMachineArn: 'arn:aws:states:us-east-1:000000000000:execution:machine:one' },
      'InvalidArn',
    ],
  ])('reject a start with %s', async (_, input, name) => {
    await machine.create({ A: { Type: 'Succeed' } });
    const command = new StartExecutionCommand({ stateMachineArn: machine.arn, ...input });
    await expect(machine.client.send(command)).rejects.toMatchObject({ name });
  });

  test.each([
    ['without an input', undefined],
    ['whose input is a JSON text', '"churn is ready"'],
  ])('start an execution %s', async (_, input) => {
    await machine.create({ A: { Type: 'Succeed' } });
    const { executionArn = '' } = await machine.client.send(
      new StartExecutionCommand({ stateMachineArn: machine.arn, input }),
    );
    expect((await machine.ended(executionArn)).output).toBe(input ?? '{}');
  });
});
