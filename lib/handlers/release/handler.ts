import { UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { UpdateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import type { Capability } from '@aws-sdk/client-cloudformation';
import { createHash } from '../jobs/owners';
import { RESPONSE_MS, type Outcome, type ResourceEvent, respond } from '../shared/response';
import { type Deadline, isTemporary, retry } from '../shared/retry';
import { truncate } from '../shared/truncate';
import type {
  ReconcileInput,
  ReconcileOutput,
  Release,
  ReleaseOutcome,
  ReleaseParameterProperties,
} from '../release-contract';
import { Lock } from '../workflow/lock';
import { report } from '../workflow/outcome';
import { type Decision, RETRY_AFTER_MS, decide } from './decide';
import type { Dependencies } from './dependencies';
import { ensureParameter } from './parameter';
import { Records, type ReleaseRecord } from './record';
import { type World, NONE, readWorld } from './world';

/** The CloudFormation event of the custom resource that creates the parameter. */
export interface ParameterEvent extends ResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: ReleaseParameterProperties;
}

/** The type of the events that report outcomes. */
const DETAIL_TYPE = 'Continuous Deployment Outcome';

/** A reason for a rejection has at most 1024 characters. */
const MAX_DESCRIPTION_BYTES = 1000;

/** The handler of a continuous deployment. Each of its steps can run twice or late: it reads the state and does the next thing. */
export async function handle(
  event: ReconcileInput | ParameterEvent,
  dependencies: Dependencies,
  functionEnd: number,
): Promise<ReconcileOutput | undefined> {
  const deadline = functionEnd - RESPONSE_MS;
  if (!('ResponseURL' in event)) return reconcile(event, dependencies, deadline);
  const id = event.PhysicalResourceId ?? event.LogicalResourceId;
  await respond(event, id, () => onEvent(event, id, dependencies, deadline), dependencies, functionEnd);
  return undefined;
}

async function reconcile(
  { Release, Execution }: ReconcileInput,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<ReconcileOutput> {
  const lock = new Lock(Release, dependencies);
  const records = new Records(Release, dependencies);
  if ((await lock.holder()) !== Execution) {
    // First the reminder, so that the execution that has the lock finds it before or after it releases the lock.
    await records.remind();
    if (!(await lock.take(Execution))) return { IsFinished: true, WaitSeconds: 0 };
  }
  await records.takeReminder();
  const world = await readWorld(Release, await records.read(), dependencies, deadline);
  const decision = decide(world);
  const context = { Release, Execution, records, world, dependencies, deadline };
  const waitSeconds = await perform(decision, context);
  if (decision.action !== 'finish') return { IsFinished: false, WaitSeconds: waitSeconds };
  await lock.release(Execution);
  const isReminded = await records.takeReminder();
  if (isReminded) await records.remind();
  return { IsFinished: !isReminded, WaitSeconds: 0 };
}

interface Context {
  readonly Release: Release;
  readonly Execution: string;
  readonly records: Records;
  readonly world: World;
  readonly dependencies: Dependencies;
  readonly deadline: Deadline;
}

/** Performs a decision, and returns the seconds until the next one. */
async function perform(decision: Decision, context: Context): Promise<number> {
  const { world, records } = context;
  const { candidate: _, ...record } = world.record;
  switch (decision.action) {
    case 'wait':
      return decision.seconds;
    case 'restore':
      await putParameter(world.stack?.released ?? NONE, context);
      return 0;
    case 'update':
      return update(decision, context);
    case 'succeed': {
      const served = [...record.served.filter((arn) => arn !== decision.candidate.arn), decision.candidate.arn];
      await tell('Released', context, { modelPackageArn: decision.candidate.arn });
      await records.write({ served });
      return 0;
    }
    case 'reject':
      await reject(decision, context, record);
      return 0;
    case 'retryLater': {
      const { candidate, reason } = decision;
      await tell('Failed', context, { modelPackageArn: candidate.arn, reason });
      await records.write({ ...record, failed: retryLater(candidate.arn, world) });
      return 0;
    }
    case 'finish':
      if (decision.outcome !== 'UpToDate') await tell(decision.outcome, context, { reason: decision.reason });
      return 0;
  }
}

async function update(
  { version, isStepBack, attempt }: Extract<Decision, { action: 'update' }>,
  context: Context,
): Promise<number> {
  const { Release, Execution, records, world, dependencies, deadline } = context;
  const token = createHash(`${Execution} ${version.arn} ${attempt} ${world.now}`);
  const candidate = { arn: version.arn, createdAt: version.createdAt, since: world.now, token, attempt, isStepBack };
  // First the record, so that an update whose response is lost is found by its token.
  await records.write({ ...world.record, candidate });
  await putParameter(version.arn, context);
  try {
    await retry(dependencies, deadline, isTemporary, () =>
      dependencies.cloudformation.send(
        new UpdateStackCommand({
          StackName: Release.StackName,
          UsePreviousTemplate: true,
          Parameters: world.stack?.parameterNames.map((ParameterKey) => ({ ParameterKey, UsePreviousValue: true })),
          Capabilities: world.stack?.capabilities as Capability[],
          ClientRequestToken: token,
        }),
      ),
    );
  } catch (error) {
    const { message } = error as Error;
    // Another deployment of the stack has started in the meantime. The candidate has no events, so that it is decided again.
    if (/_IN_PROGRESS state/.test(message)) return 0;
    if (!/no updates are to be performed/i.test(message)) throw error;
    const reason = `The update of ${Release.StackName} changes nothing: no resource of the stack uses the released version`;
    await putParameter(world.stack?.released ?? NONE, context);
    await tell('Blocked', context, { modelPackageArn: version.arn, reason });
    await records.write({ ...world.record, candidate: undefined, failed: retryLater(version.arn, world) });
  }
  return 0;
}

async function reject(
  { candidate, reason }: Extract<Decision, { action: 'reject' }>,
  context: Context,
  record: ReleaseRecord,
): Promise<void> {
  const { dependencies, deadline, records, world } = context;
  const command = new UpdateModelPackageCommand({
    ModelPackageArn: candidate.arn,
    ModelApprovalStatus: 'Rejected',
    ApprovalDescription: truncate(`The release was rolled back: ${reason}`, MAX_DESCRIPTION_BYTES),
  });
  await retry(dependencies, deadline, isTemporary, () => dependencies.sagemaker.send(command));
  await tell('RolledBack', context, { modelPackageArn: candidate.arn, reason });
  const isFirst = (world.stack?.released ?? NONE) === NONE;
  await records.write({
    ...record,
    hasSteppedBack: candidate.isStepBack || record.hasSteppedBack,
    rejectedAt: isFirst ? Math.max(candidate.createdAt, record.rejectedAt ?? 0) : record.rejectedAt,
  });
}

function retryLater(arn: string, { now }: World): ReleaseRecord['failed'] {
  return { arn, retryAt: now + RETRY_AFTER_MS };
}

async function putParameter(Value: string, { Release, dependencies, deadline }: Context): Promise<void> {
  const command = new PutParameterCommand({ Name: Release.ParameterName, Value, Type: 'String', Overwrite: true });
  await retry(dependencies, deadline, isTemporary, () => dependencies.ssm.send(command));
}

async function tell(
  outcome: Exclude<ReleaseOutcome, 'UpToDate'>,
  { Release, Execution, dependencies, deadline }: Context,
  detail: { modelPackageArn?: string; reason?: string },
): Promise<void> {
  await report(
    DETAIL_TYPE,
    { workflowName: Release.Name, executionArn: Execution, outcome, ...detail },
    dependencies,
    deadline,
  );
}

async function onEvent(
  { RequestType, ResourceProperties }: ParameterEvent,
  PhysicalResourceId: string,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<Outcome> {
  const release = JSON.parse(ResourceProperties.Release) as Release;
  const lock = new Lock(release, dependencies);
  if (RequestType === 'Delete') {
    // The parameter is retained: the hosting stack reads it. An update that is in progress continues.
    const executionArn = await retry(dependencies, deadline, isTemporary, () => lock.close());
    if (executionArn !== undefined) await stop(executionArn, dependencies, deadline);
    return { PhysicalResourceId };
  }
  await retry(dependencies, deadline, isTemporary, () => lock.open());
  await ensureParameter(release, dependencies, deadline);
  return { PhysicalResourceId };
}

async function stop(executionArn: string, dependencies: Dependencies, deadline: Deadline): Promise<void> {
  const command = new StopExecutionCommand({ executionArn, cause: 'The continuous deployment is being deleted' });
  await retry(dependencies, deadline, isTemporary, () => dependencies.stepFunctions.send(command)).catch(
    (error: Error) => {
      if (error.name !== 'ExecutionDoesNotExist') throw error;
    },
  );
}
