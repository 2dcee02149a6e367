import { parseDefinition } from '../../../../local/services/step-functions/definition';
import { ServiceFixture } from '../fixture';
import { StateMachineFixture } from './state-machine-fixture';

const service = ServiceFixture.forEachTest();
const machine = new StateMachineFixture(service);

/** The message of the error of a definition; undefined if it is valid. */
function errorOf(states: object, definition: object = {}): string | undefined {
  try {
    parseDefinition(JSON.stringify({ StartAt: 'A', States: states, ...definition }));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const END = { Type: 'Succeed' };
const INVOKE = 'arn:aws:states:::lambda:invoke';

test.each<[string, object, string]>([
  [
    'of another service',
    { Type: 'Task', Resource: 'arn:aws:states:::dynamodb:putItem', End: true },
    'SCHEMA_VALIDATION_FAILED: The local service does not support the resource arn:aws:states:::dynamodb:putItem, only functions, lambda:invoke and states:startExecution (also with .sync and .sync:2) at /States/A/Resource',
  ],
  [
    'that waits for a token',
    { Type: 'Task', Resource: `${INVOKE}.waitForTaskToken`, End: true },
    'The local service does not support the resource arn:aws:states:::lambda:invoke.waitForTaskToken',
  ],
  [
    'with a parameter that does not exist',
    { Type: 'Task', Resource: INVOKE, Parameters: { FunctionName: 'a', Paylod: 1 }, End: true },
    'SCHEMA_VALIDATION_FAILED: The field "Paylod" is not supported by Step Functions at /States/A/Parameters',
  ],
  [
    'with a parameter that the local service does not have',
    { Type: 'Task', Resource: INVOKE, Parameters: { FunctionName: 'a', 'Qualifier.$': '$.q' }, End: true },
    'The local service does not support the parameter Qualifier at /States/A/Parameters',
  ],
  [
    'without a required parameter',
    { Type: 'Task', Resource: INVOKE, Parameters: { 'Payload.$': '$' }, End: true },
    'The field "FunctionName" is required but was missing at /States/A/Parameters',
  ],
  [
    'with a field that does not exist',
    { Type: 'Pass', Resut: 1, End: true },
    'SCHEMA_VALIDATION_FAILED: Field is not supported at /States/A/Resut',
  ],
  [
    'with a field that the local service does not have',
    { Type: 'Task', Resource: INVOKE, Parameters: { FunctionName: 'a' }, HeartbeatSeconds: 1, End: true },
    'The local service does not support HeartbeatSeconds at /States/A/HeartbeatSeconds',
  ],
  [
    'in JSONata',
    { Type: 'Pass', QueryLanguage: 'JSONata', End: true },
    'The local service does not support the query language JSONata, only JSONPath at /States/A/QueryLanguage',
  ],
  [
    'with an unknown intrinsic function',
    { Type: 'Pass', Parameters: { a: [{ 'b.$': 'States.Formt($.a)' }] }, End: true },
    "The value for the field 'b.$' must be a valid JSONPath or a valid intrinsic function call at /States/A/Parameters",
  ],
  [
    'whose next state does not exist',
    { Type: 'Pass', Next: 'B' },
    "MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /States/A/Next",
  ],
  [
    'with an unknown comparison',
    { Type: 'Choice', Choices: [{ Variable: '$.a', StringEqual: 'x', Next: 'A' }], Default: 'A' },
    'Field is not supported at /States/A/Choices[0]/StringEqual',
  ],
  [
    'with a retrier that has an unknown field',
    { Type: 'Task', Resource: INVOKE, Retry: [{ ErrorEquals: ['States.ALL'], MaxAttemps: 1 }], End: true },
    'Field is not supported at /States/A/Retry[0]/MaxAttemps',
  ],
  [
    'of a branch with an error',
    { Type: 'Parallel', Branches: [{ StartAt: 'B', States: { B: { Type: 'Waiting' } } }], End: true },
    'The type Waiting is not supported at /States/A/Branches[0]/States/B/Type',
  ],
  [
    'that is distributed',
    {
      ...{ Type: 'Map', End: true },
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' }, StartAt: 'B', States: { B: END } },
    },
    'The local service does not support the mode DISTRIBUTED of Map states at /States/A',
  ],
  ['without an end', { Type: 'Pass' }, 'TERMINAL_STATE_WITH_NEXT'],
  ['with a path that is not valid', { Type: 'Pass', InputPath: 'a.b', End: true }, 'SCHEMA_VALIDATION_FAILED'],
])('A state %s is an error of the definition', (_, state, message) => {
  expect(errorOf({ A: state })).toContain(message);
});

test('All errors of a definition are reported together', () => {
  const message = errorOf({ A: { Type: 'Pass', Resut: 1, Next: 'B' } }, { Timeout: 1 });
  expect(message).toBe(
    "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Field is not supported at /Timeout, " +
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /States/A/Next, " +
      "SCHEMA_VALIDATION_FAILED: Field is not supported at /States/A/Resut'",
  );
});

test('A state that is not reachable is an error of the definition', () => {
  expect(errorOf({ A: END, B: END })).toContain('State "B" is not reachable. at /States/B');
});

test('A definition that is not JSON is an error', () => {
  expect(() => parseDefinition('{')).toThrow(/^Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: /);
});

const Properties = {
  RoleArn: 'arn:aws:iam::000000000000:role/machine',
  DefinitionString: JSON.stringify({ StartAt: 'A', States: { A: END } }),
};

test.each<[string, object, string]>([
  [
    'of the type EXPRESS',
    { ...Properties, StateMachineType: 'EXPRESS' },
    'does not support state machines of type EXPRESS',
  ],
  [
    'with an unknown member',
    { ...Properties, DefinitionS3Location: {} },
    'does not support DefinitionS3Location of state machines',
  ],
  ['without a role', { ...Properties, RoleArn: undefined }, 'RoleArn is required.'],
  [
    'without a definition',
    { RoleArn: Properties.RoleArn },
    'Exactly one of Definition and DefinitionString is required.',
  ],
  ['with an invalid definition', { ...Properties, DefinitionString: '{}' }, 'These fields are required: [States] at /'],
])('A state machine %s cannot be created', async (_, properties, message) => {
  const failure = await machine.stacks.failureOf({ Type: 'AWS::StepFunctions::StateMachine', Properties: properties });
  expect(failure).toContain(message);
});

test('Substitutions are inserted into the definition, and members without an effect are accepted', async () => {
  const Definition = { StartAt: 'A', States: { A: { Type: 'Pass', Result: '${Value}', End: true } } };
  const Machine = {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      ...{
        StateMachineName: 'machine',
        RoleArn: Properties.RoleArn,
        Definition,
        DefinitionSubstitutions: { Value: 'a "b"' },
      },
      ...{ LoggingConfiguration: { Level: 'ALL' }, TracingConfiguration: { Enabled: true }, Tags: [] },
    },
  };
  expect(await machine.stacks.create({ Machine })).toBe('CREATE_COMPLETE');
  expect(await machine.outputOf()).toBe('a "b"');
});
