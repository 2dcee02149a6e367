import type { Access, AccessTable } from '../access';

interface Input {
  readonly stateMachineArn?: string;
  readonly executionArn?: string;
}

const ON_MACHINE = ['StartExecution', 'ListExecutions', 'DescribeStateMachine'];
const ON_EXECUTION = [
  ...['DescribeExecution', 'StopExecution', 'RedriveExecution', 'GetExecutionHistory'],
  'DescribeStateMachineForExecution',
];

const on =
  (operation: string, resourceOf: (input: Input) => string | undefined) =>
  (input: Input): Access[] => [{ action: `states:${operation}`, resource: resourceOf(input) ?? '' }];

export const STEP_FUNCTIONS_ACCESS: AccessTable = Object.fromEntries([
  ...ON_MACHINE.map((name) => [name, on(name, ({ stateMachineArn }) => stateMachineArn)] as const),
  ...ON_EXECUTION.map((name) => [name, on(name, ({ executionArn }) => executionArn)] as const),
  // A list of all state machines is about no single one.
  ['ListStateMachines', on('ListStateMachines', () => '*')] as const,
]);
