import { DescribeExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { READ_LAG_MS } from '../jobs/job-service';
import { type Deadline, isTemporary, retry } from '../shared/retry';
import type { EndInput, Workflow } from '../workflow-contract';
import type { Dependencies } from './dependencies';
import { Lock } from './lock';
import { report } from './outcome';
import { stopJobs } from './run-job';

/** The type of the events that report outcomes. */
export const DETAIL_TYPE = 'Training Workflow Outcome';

/** The states of executions that have ended without completing their work. */
const UNSUCCESSFUL = ['FAILED', 'TIMED_OUT', 'ABORTED'];

/**
 * Stops the jobs of an execution that has failed or was stopped, and releases its lock. The event is only a reason to look: the
 * execution can have been redriven since.
 */
export async function onEnd(
  { Workflow, Execution }: EndInput,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<void> {
  const {
    status = '',
    error,
    cause,
  } = await retry(dependencies, deadline, isTemporary, () =>
    dependencies.stepFunctions.send(new DescribeExecutionCommand({ executionArn: Execution })),
  );
  if (!UNSUCCESSFUL.includes(status)) return;
  await stopJobs(Workflow.Jobs, Execution, dependencies, deadline);
  const detail = {
    workflowName: Workflow.Name,
    executionArn: Execution,
    outcome: status === 'ABORTED' ? ('Stopped' as const) : ('Failed' as const),
    reason: reasonOf(status, error, cause),
  };
  await report(DETAIL_TYPE, detail, dependencies, deadline);
  await new Lock(Workflow, dependencies).release(Execution);
}

/** The message of an error of the handler, or what AWS Step Functions reports. */
function reasonOf(status: string, error?: string, cause?: string): string {
  const message = messageOf(cause) ?? cause;
  return [status === 'TIMED_OUT' ? 'The execution timed out' : undefined, message ?? error]
    .filter((text) => text !== undefined)
    .join(': ');
}

function messageOf(cause = ''): string | undefined {
  try {
    return (JSON.parse(cause) as { errorMessage?: string }).errorMessage;
  } catch {
    return undefined;
  }
}

/** Stops the running execution of a workflow that is being deleted, and its jobs. No execution can run afterwards. */
export async function stopWorkflow(workflow: Workflow, dependencies: Dependencies, deadline: Deadline): Promise<void> {
  const execution = await retry(dependencies, deadline, isTemporary, () => new Lock(workflow, dependencies).close());
  if (execution === undefined) return;
  await retry(dependencies, deadline, isTemporary, async () => {
    try {
      await dependencies.stepFunctions.send(
        new StopExecutionCommand({ executionArn: execution, cause: 'The workflow is being deleted' }),
      );
    } catch (error) {
      if ((error as Error).name !== 'ExecutionDoesNotExist') throw error;
    }
  });
  // A step that was in progress can still create a job.
  await dependencies.sleep(READ_LAG_MS);
  await stopJobs(workflow.Jobs, execution, dependencies, deadline);
}
