import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { READ_LAG_MS } from '../jobs/job-service';
import type { OutcomeType } from '../outcome-contract';
import { type Deadline, isTemporary, retry } from '../shared/retry';
import type { EndInput, Workflow } from '../workflow-contract';
import type { Dependencies } from './dependencies';
import { describeExecution } from './execution';
import { type Holder, Lock } from './lock';
import { report } from './outcome';
import { stopJobs } from './run-job';

/** The type of the events that report outcomes. */
export const DETAIL_TYPE: OutcomeType = 'SageMaker Workflow Outcome';

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
  // A description that lags behind can be older than the event.
  await dependencies.sleep(READ_LAG_MS);
  const execution = await retry(dependencies, deadline, isTemporary, () => describeExecution(Execution, dependencies));
  const { status = '', error, cause, redriveCount = 0 } = execution ?? {};
  if (!UNSUCCESSFUL.includes(status)) return;
  await stopJobsOf(Workflow, { execution: Execution, redriveCount }, dependencies, deadline);
  const detail = {
    workflowName: Workflow.Name,
    executionArn: Execution,
    outcome: status === 'ABORTED' ? ('Stopped' as const) : ('Failed' as const),
    reason: reasonOf(status, error, cause),
  };
  await report(DETAIL_TYPE, detail, dependencies, deadline);
  await retry(dependencies, deadline, isTemporary, () =>
    new Lock(Workflow, dependencies).release(Execution, redriveCount),
  );
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
    return (JSON.parse(cause) as { errorMessage?: string } | null)?.errorMessage;
  } catch {
    return undefined;
  }
}

/**
 * Stops the jobs of an execution that has ended, after the time in which they become readable. A step that was in progress at its end
 * creates no job after the time in which the end becomes readable.
 */
export async function stopJobsOf(
  workflow: Workflow,
  holder: Holder,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<void> {
  const execution = await retry(dependencies, deadline, isTemporary, () =>
    describeExecution(holder.execution, dependencies),
  );
  // Its record is deleted long after the end of the longest job.
  if (execution === undefined) return;
  const settled = (execution.stopDate?.getTime() ?? dependencies.now()) + 2 * READ_LAG_MS;
  if (settled > dependencies.now()) await dependencies.sleep(settled - dependencies.now());
  await stopJobs(workflow.Jobs, holder, dependencies, deadline);
}

/** Stops the running execution of a workflow that is being deleted, and its jobs. No execution can run afterwards. */
export async function stopWorkflow(workflow: Workflow, dependencies: Dependencies, deadline: Deadline): Promise<void> {
  const lock = new Lock(workflow, dependencies);
  const holder = await retry(dependencies, deadline, isTemporary, () => lock.close());
  if (holder === undefined) return;
  await retry(dependencies, deadline, isTemporary, async () => {
    try {
      await dependencies.stepFunctions.send(
        new StopExecutionCommand({ executionArn: holder.execution, cause: 'The workflow is being deleted' }),
      );
    } catch (error) {
      if ((error as Error).name !== 'ExecutionDoesNotExist') throw error;
    }
  });
  await stopJobsOf(workflow, holder, dependencies, deadline);
  await retry(dependencies, deadline, isTemporary, () => lock.release(holder.execution, holder.redriveCount));
}
