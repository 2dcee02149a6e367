import { ServiceFixture } from '../fixture';
import { StateMachineFixture } from './state-machine-fixture';

const service = ServiceFixture.forEachTest();
const machine = new StateMachineFixture(service);

const pass = (Parameters: object): object => ({ Pass: { Type: 'Pass', Parameters, End: true } });

test.each<[string, string, unknown]>([
  ['formats texts', "States.Format('{}-{}, \\'\\{\\}\\'', $.name, 3)", "churn-3, '{}'"],
  ['calls a function for the argument of another one', 'States.MathAdd(States.ArrayLength($.list), -1)', 3],
  ['parses JSON', 'States.StringToJson($.json)', { a: [1] }],
  ['writes JSON', 'States.JsonToString($.object)', '{"a":1}'],
  ['makes lists', "States.Array($.name, 1, true, null, 'a, b')", ['churn', 1, true, null, 'a, b']],
  ['divides lists', 'States.ArrayPartition($.list, 3)', [[1, 2, 2], [3]]],
  ['finds an item', 'States.ArrayContains($.list, 3)', true],
  ['makes ranges', 'States.ArrayRange(1, 9, 4)', [1, 5, 9]],
  ['selects an item', 'States.ArrayGetItem($.list, 3)', 3],
  ['removes duplicates', 'States.ArrayUnique($.list)', [1, 2, 3]],
  ['encodes texts', 'States.Base64Encode($.name)', 'Y2h1cm4='],
  ['decodes texts', "States.Base64Decode('Y2h1cm4=')", 'churn'],
  ['hashes texts', "States.Hash($.name, 'SHA-1')", 'bafb5b68a5bd17fb591cbec03078585beb118a90'],
  ['merges objects', 'States.JsonMerge($.object, $.other, false)', { a: 1, b: 2 }],
  ['splits texts', "States.StringSplit('a-b_c', '-_')", ['a', 'b', 'c']],
])('An intrinsic function %s', async (_, expression, expected) => {
  await machine.create(pass({ 'result.$': expression }));
  const input = { name: 'churn', list: [1, 2, 2, 3], json: '{"a":[1]}', object: { a: 1 }, other: { b: 2 } };
  expect(await machine.outputOf(input)).toEqual({ result: expected });
});

test('The context object has the execution, the state and the state machine', async () => {
  await machine.create(pass({ 'context.$': '$$' }));
  const executionArn = await machine.start({ a: 1 }, 'one');
  const { output = '' } = await machine.ended(executionArn);
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;
  expect(JSON.parse(output)).toEqual({
    context: {
      Execution: {
        Id: executionArn,
        Input: { a: 1 },
        Name: 'one',
        RoleArn: 'arn:aws:iam::000000000000:role/machine',
        StartTime: time,
        RedriveCount: 0,
      },
      State: { EnteredTime: time, Name: 'Pass', RetryCount: 0 },
      StateMachine: { Id: machine.arn, Name: 'machine' },
    },
  });
});

test('The input and the output of a state pass through its paths, its parameters and its selector', async () => {
  await machine.create({
    A: {
      ...{
        Type: 'Parallel',
        InputPath: '$.in',
        Parameters: { 'x.$': '$.value' },
        ResultSelector: { 'first.$': '$[0].x' },
      },
      ...{ ResultPath: "$.result['of a']", OutputPath: '$', Next: 'B' },
      Branches: [{ StartAt: 'C', States: { C: { Type: 'Pass', End: true } } }],
    },
    B: { Type: 'Pass', Result: 0, ResultPath: '$.zero', End: true },
  });
  expect(await machine.outputOf({ in: { value: 1 } })).toEqual({
    in: { value: 1 },
    result: { 'of a': { first: 1 } },
    zero: 0,
  });
});

test.each<[string, object, unknown, boolean]>([
  ['a text that is equal', { Variable: '$.a', StringEquals: 'x' }, { a: 'x' }, true],
  ['a number in place of a text', { Variable: '$.a', StringEquals: '1' }, { a: 1 }, false],
  ['a text that matches a pattern', { Variable: '$.a', StringMatches: 'a*\\*' }, { a: 'ab*' }, true],
  [
    'a number that is greater than another one',
    { Variable: '$.a', NumericGreaterThanPath: '$.b' },
    { a: 2, b: 1 },
    true,
  ],
  [
    'a timestamp that is later',
    { Variable: '$.a', TimestampLessThan: '2026-01-02T00:00:00Z' },
    { a: '2026-01-02T01:00:00+02:00' },
    true,
  ],
  ['a boolean', { Variable: '$.a', BooleanEquals: false }, { a: false }, true],
  ['a member that is present', { Variable: '$.a', IsPresent: true }, { a: null }, true],
  ['a member that is not present', { Variable: '$.b', IsPresent: false }, { a: 1 }, true],
  ['a member that is null', { Variable: '$.a', IsNull: false }, { a: 1 }, true],
  [
    'both of two rules',
    { And: [{ Variable: '$.a', IsNumeric: true }, { Not: { Variable: '$.a', NumericEquals: 1 } }] },
    { a: 1 },
    false,
  ],
  [
    'one of two rules',
    {
      Or: [
        { Variable: '$.a', IsString: true },
        { Variable: '$.a', NumericEquals: 1 },
      ],
    },
    { a: 1 },
    true,
  ],
])('A choice tests %s', async (_, rule, input, expected) => {
  await machine.create({
    Choice: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' },
    Yes: { Type: 'Pass', Result: true, End: true },
    No: { Type: 'Pass', Result: false, End: true },
  });
  expect(await machine.outputOf(input)).toBe(expected);
});

test('A Map state processes each item, with its index and its value in the context object', async () => {
  await machine.create({
    Map: {
      ...{ Type: 'Map', ItemsPath: '$.items', MaxConcurrency: 1, End: true },
      ItemSelector: { 'index.$': '$$.Map.Item.Index', 'value.$': '$$.Map.Item.Value', 'all.$': '$.all' },
      ItemProcessor: {
        StartAt: 'A',
        States: { A: { Type: 'Pass', Parameters: { 'item.$': '$', 'inner.$': '$$.Map.Item.Index' }, End: true } },
      },
    },
  });
  expect(await machine.outputOf({ items: ['a', 'b'], all: 9 })).toEqual([
    { item: { index: 0, value: 'a', all: 9 }, inner: 0 },
    { item: { index: 1, value: 'b', all: 9 }, inner: 1 },
  ]);
});

test('A Wait state of an hour takes at most half a second', async () => {
  await machine.create({ Wait: { Type: 'Wait', SecondsPath: '$.seconds', End: true } });
  expect(await machine.outputOf({ seconds: 3600 })).toEqual({ seconds: 3600 });
});

test.each<[string, object, string, string]>([
  ['a Fail state', { Type: 'Fail', Error: 'Rejected', CausePath: '$.why' }, 'Rejected', 'worse'],
  [
    'a path without a value',
    { Type: 'Pass', Parameters: { 'a.$': '$.none' }, End: true },
    'States.Runtime',
    "An error occurred while executing the state 'State' (entered at the event id #2). The JSONPath '$.none' specified for the field 'a.$' could not be found in the input '{\"why\":\"worse\"}'",
  ],
  [
    'a choice without a match',
    { Type: 'Choice', Choices: [{ Variable: '$.why', StringEquals: 'x', Next: 'End' }] },
    'States.NoChoiceMatched',
    "No choice of the state 'State' matches.",
  ],
  [
    'a result path that leads through a text',
    { Type: 'Pass', ResultPath: '$.why.not', End: true },
    'States.ResultPathMatchFailure',
    'Unable to apply step "not" to input "worse"',
  ],
])('An execution fails at %s', async (_, State, error, cause) => {
  const isChoice = 'Choices' in State;
  await machine.create(isChoice ? { State, End: { Type: 'Succeed' } } : { State });
  expect(await machine.ended(await machine.start({ why: 'worse' }))).toMatchObject({ status: 'FAILED', error, cause });
});

describe('A task', () => {
  test('invokes a function by its ARN, or with the parameters of Lambda', async () => {
    await machine.create(
      {
        A: { Type: 'Task', Resource: machine.functionArn, ResultPath: '$.a', Next: 'B' },
        B: machine.task({
          OutputPath: '$',
          ResultSelector: { 'b.$': '$.Payload', 'status.$': '$.StatusCode' },
          End: true,
        }),
      },
      'exports.handler = async (event) => Object.keys(event);',
    );
    expect(await machine.outputOf({ x: 1 })).toEqual({ b: ['x', 'a'], status: 200 });
  });

  test('that fails reports the type of the error, and the error as JSON', async () => {
    await machine.create(
      { A: machine.task() },
      'exports.handler = async () => { throw new RangeError("too large"); };',
    );
    const executionArn = await machine.start();
    const { status, error, cause = '' } = await machine.ended(executionArn);
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'RangeError' });
    expect(JSON.parse(cause)).toEqual({
      errorType: 'RangeError',
      errorMessage: 'too large',
      trace: expect.arrayContaining(['RangeError: too large']) as string[],
    });
    expect(await machine.eventTypes(executionArn)).toEqual([
      ...['ExecutionStarted', 'TaskStateEntered', 'TaskScheduled', 'TaskStarted', 'TaskFailed', 'ExecutionFailed'],
    ]);
  });

  test('whose function does not exist fails with the error of Lambda', async () => {
    await machine.create({ A: machine.task() });
    expect(await machine.ended(await machine.start())).toMatchObject({ error: 'Lambda.ResourceNotFoundException' });
  });

  test('is retried soon although the interval is long, and the function sees the number of retries', async () => {
    const Parameters = { FunctionName: machine.functionArn, Payload: { 'retry.$': '$$.State.RetryCount' } };
    await machine.create(
      {
        A: machine.task({
          Parameters,
          Retry: [
            { ErrorEquals: ['RangeError'], MaxAttempts: 0 },
            { ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 3600, MaxAttempts: 2 },
          ],
          End: true,
        }),
      },
      'exports.handler = async ({ retry }) => { if (retry < 2) throw new Error("again"); return retry; };',
    );
    expect(await machine.outputOf()).toBe(2);
  });

  test('with a catcher passes the error to the next state', async () => {
    await machine.create(
      {
        A: machine.task({ Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'B' }], End: true }),
        B: { Type: 'Pass', Parameters: { 'error.$': '$.failure.Error', 'x.$': '$.x' }, End: true },
      },
      'exports.handler = async () => { throw new TypeError("none"); };',
    );
    expect(await machine.outputOf({ x: 1 })).toEqual({ error: 'TypeError', x: 1 });
  });

  test('that exceeds its time limit fails with States.Timeout, which States.TaskFailed does not include', async () => {
    const Catch = [
      { ErrorEquals: ['States.TaskFailed'], Next: 'Failed' },
      { ErrorEquals: ['States.Timeout'], Next: 'Late' },
    ];
    await machine.create(
      {
        A: machine.task({ TimeoutSeconds: 1, Catch, End: true }),
        Failed: { Type: 'Fail' },
        Late: { Type: 'Succeed' },
      },
      'exports.handler = () => new Promise(() => setInterval(() => undefined, 1000));',
    );
    expect(await machine.ended(await machine.start())).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('starts the execution of another state machine, and returns its output', async () => {
    const child = machine.resource({
      Child: { Type: 'Pass', Parameters: { 'twice.$': 'States.MathAdd($.n, $.n)' }, End: true },
    });
    const StateMachineArn = `${machine.arn}-child`;
    Object.assign((child as { Properties: object }).Properties, { StateMachineName: 'machine-child' });
    await machine.stacks.create({ Child: child }, 'child');
    await machine.create({
      A: {
        ...{ Type: 'Task', Resource: 'arn:aws:states:::states:startExecution.sync:2', End: true },
        Parameters: { StateMachineArn, Input: { 'n.$': '$.n' }, Name: 'nested' },
        ResultSelector: { 'output.$': '$.Output', 'arn.$': '$.ExecutionArn' },
      },
    });
    expect(await machine.outputOf({ n: 2 })).toEqual({
      output: { twice: 4 },
      arn: 'arn:aws:states:us-east-1:000000000000:execution:machine-child:nested',
    });
  });
});
