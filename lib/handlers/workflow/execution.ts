import { DescribeExecutionCommand, type DescribeExecutionCommandOutput } from '@aws-sdk/client-sfn';
import { READ_LAG_MS } from '../jobs/job-service';
import type { Dependencies } from './dependencies';

const READ_POLL_MS = 2_000;

/** The services that are called to describe an execution. */
type Describing = Pick<Dependencies, 'stepFunctions' | 'sleep' | 'now'>;

/**
 * Describes an execution. Undefined if it does not exist: its record is deleted 90 days after its end. The description of an execution
 * that has just started can lag behind, so that a first miss proves nothing.
 */
export async function describeExecution(
  executionArn: string,
  { stepFunctions, sleep, now }: Describing,
): Promise<DescribeExecutionCommandOutput | undefined> {
  const until = now() + READ_LAG_MS;
  for (;;) {
    try {
      return await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    } catch (error) {
      if ((error as Error).name !== 'ExecutionDoesNotExist') throw error;
      if (now() >= until) return undefined;
      await sleep(READ_POLL_MS);
    }
  }
}

/** Whether an execution has not ended. */
export async function isRunning(executionArn: string, dependencies: Describing): Promise<boolean> {
  const { status } = (await describeExecution(executionArn, dependencies)) ?? {};
  return status === 'RUNNING' || status === 'PENDING_REDRIVE';
}
