import { RESPONSE_MS, type Outcome, type ResourceEvent, respond } from '../shared/response';
import type { Deadline } from '../shared/retry';
import type {
  FinishInput,
  GateInput,
  RegisterInput,
  ReportInput,
  RunJobInput,
  SelectDataInput,
  Workflow,
  WorkflowInput,
  WorkflowProperties,
} from '../workflow-contract';
import type { Dependencies } from './dependencies';
import { DETAIL_TYPE, onEnd, stopJobsOf, stopWorkflow } from './end';
import { failure } from './failure';
import { gate } from './gate';
import { Lock } from './lock';
import { publishReport, windowReason } from './monitor';
import { lookForData, newDataOf, recordData } from './new-data';
import { decisionDetail, report } from './outcome';
import { register } from './register';
import { runJob } from './run-job';
import { selectData } from './select-data';

/** The CloudFormation event of the custom resource of a workflow. */
export interface WorkflowEvent extends ResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: WorkflowProperties;
}

type Step = RunJobInput | GateInput | RegisterInput | SelectDataInput | ReportInput;

/**
 * The handler of workflows: the steps of their executions, what starts and ends executions, and the custom resource that stops them.
 * Each can run twice, late, or after the end of its execution.
 */
export async function handle(
  event: WorkflowInput | WorkflowEvent,
  dependencies: Dependencies,
  functionEnd: number,
): Promise<unknown> {
  const deadline = functionEnd - RESPONSE_MS;
  if ('ResponseURL' in event) {
    const id = event.PhysicalResourceId ?? event.LogicalResourceId;
    return respond(event, id, () => onEvent(event, id, dependencies, deadline), dependencies, functionEnd);
  }
  switch (event.Action) {
    case 'End':
      return onEnd(event, dependencies, deadline);
    case 'LookForData':
      return lookForData(event, dependencies);
    case 'RunJob':
    case 'Gate':
    case 'Register':
    case 'SelectData':
    case 'Report':
      await takeLock(event, dependencies, deadline);
      return onStep(event, dependencies, deadline);
    case 'Finish':
      // Without the lock: if its response is lost, the step is repeated when another execution can have the lock already.
      return finish(event, dependencies, deadline);
  }
}

async function onStep(event: Step, dependencies: Dependencies, deadline: Deadline): Promise<unknown> {
  switch (event.Action) {
    case 'RunJob':
      return runJob(event, dependencies, deadline);
    case 'Gate':
      return gate(event, dependencies, deadline);
    case 'Register':
      return register(event, dependencies, deadline);
    case 'SelectData':
      return selectData(event, dependencies, deadline);
    case 'Report':
      return publishReport(event, dependencies, deadline);
  }
}

/**
 * Every step that does work takes or confirms the lock, so that an execution that is redriven takes it again. If the previous execution
 * has ended and its jobs have not been stopped yet, they are stopped first.
 */
async function takeLock(
  { Workflow, Execution, RedriveCount, Input }: Step,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<void> {
  const lock = new Lock(Workflow, dependencies);
  const isTaken = await lock.take(Execution, RedriveCount, (ended) =>
    stopJobsOf(Workflow, ended, dependencies, deadline),
  );
  if (isTaken) {
    const data = newDataOf(Input);
    if (data !== undefined) await recordData(Workflow, data, dependencies);
    return;
  }
  const reason = 'Another execution is running';
  const detail = { workflowName: Workflow.Name, executionArn: Execution, outcome: 'Skipped' as const, reason };
  await report(DETAIL_TYPE, detail, dependencies, deadline);
  throw failure('Locked', reason);
}

async function finish(
  { Workflow, Execution, RedriveCount, Outcome: outcome, Decision, Registration, Window, Report }: FinishInput,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<void> {
  const detail = {
    workflowName: Workflow.Name,
    executionArn: Execution,
    outcome,
    modelPackageArn: Registration?.ModelPackageArn,
    ...decisionDetail(Decision),
    ...(Window === undefined ? {} : { violations: Report?.Violations, reason: windowReason(Window, Report) }),
  };
  await report(DETAIL_TYPE, detail, dependencies, deadline);
  await new Lock(Workflow, dependencies).release(Execution, RedriveCount);
}

async function onEvent(
  { RequestType, ResourceProperties }: WorkflowEvent,
  PhysicalResourceId: string,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<Outcome> {
  const workflow = JSON.parse(ResourceProperties.Workflow) as Workflow;
  if (RequestType === 'Delete') await stopWorkflow(workflow, dependencies, deadline);
  else await new Lock(workflow, dependencies).open();
  return { PhysicalResourceId };
}
