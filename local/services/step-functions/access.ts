import type { AccessTable } from '../access';

export const STEP_FUNCTIONS_ACCESS: AccessTable = {
  StartExecution: ({ stateMachineArn: resource = '' }: { stateMachineArn?: string }) => [
    { action: 'states:StartExecution', resource },
  ],
  DescribeExecution: ({ executionArn: resource = '' }: { executionArn?: string }) => [
    { action: 'states:DescribeExecution', resource },
  ],
};
