import type { Operations } from '../wire/json';
import type { StateMachines } from './store';

interface StartExecutionInput {
  readonly stateMachineArn: string;
  readonly name: string;
  readonly input?: string;
}

export function stepFunctionsOperations(stateMachines: StateMachines): Operations {
  return {
    StartExecution: ({ stateMachineArn, name, input = '{}' }: StartExecutionInput) => {
      const { arn, startDate } = stateMachines.start(stateMachineArn, name, input);
      return { executionArn: arn, startDate };
    },
    DescribeExecution: ({ executionArn }: { executionArn: string }) => ({
      ...stateMachines.execution(executionArn),
      executionArn,
    }),
  };
}
