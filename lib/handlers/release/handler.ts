import { UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { UpdateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import type { Capability } from '@aws-sdk/client-cloudformation';
import { createHash } from '../jobs/owners';
import type { OutcomeType } from '../outcome-contract';
import { isMissingVersion } from '../shared/registry';
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
import { readAlarms } from './alarms';
import { compareVariants } from './compare-variants';
import { runComparison, stopComparison, writeManifests } from './comparison-job';
import { READ_LAG_MS, RETRY_AFTER_MS, START_MS, decide } from './decide';
import type { Decision, UpdateDecision } from './decision';
import type { Dependencies } from './dependencies';
import { ensureParameters } from './parameter';
import { type Figures, type HostedVersions, Records, type Refusal, type ReleaseRecord } from './record';
import { type World, NONE, readWorld } from './world';

/** The CloudFormation event of the custom resource that creates the parameter. */
export interface ParameterEvent extends ResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: ReleaseParameterProperties;
  readonly OldResourceProperties?: ReleaseParameterProperties;
}

/** The type of the events that report outcomes. */
const DETAIL_TYPE: OutcomeType = 'Continuous Deployment Outcome';

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
    await records.remind(Execution);
    if (!(await lock.take(Execution))) return { IsFinished: true, WaitSeconds: 0 };
  }
  const reminder = await records.reminder();
  const world = await readWorld(Release, await records.read(), dependencies, deadline);
  const decision = await decideOn(world, Release, dependencies, deadline);
  const context = { Release, Execution, records, world, dependencies, deadline };
  if (decision.action !== 'finish') return { IsFinished: false, WaitSeconds: await perform(decision, context) };
  // Lists can lag behind the change that has caused the reminder.
  const lagMs = reminder === undefined ? 0 : reminder.time + READ_LAG_MS - world.now;
  if (lagMs > 0) return { IsFinished: false, WaitSeconds: Math.ceil(lagMs / 1000) };
  const { outcome, reason } = decision;
  if (outcome !== 'UpToDate') await tell(outcome, context, { reason });
  await lock.release(Execution);
  return { IsFinished: await records.remove(reminder), WaitSeconds: 0 };
}

/** The decisions that only find out something for the next one. */
type ReadingAction = 'readAlarms' | 'compare' | 'runComparison';

/** Decides what to do next. Alarms, captured data and the result of a job are only read when a decision requires them. */
async function decideOn(
  world: World,
  Release: Release,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<Exclude<Decision, { action: ReadingAction }>> {
  const decision = decide(world);
  if (decision.action === 'readAlarms') {
    const alarms = await readAlarms(decision.watched, decision.test, dependencies, deadline);
    return decideOn({ ...world, alarms }, Release, dependencies, deadline);
  }
  if (decision.action === 'compare') {
    const comparison = await compareVariants(decision.shadowTest, decision.test, dependencies, deadline);
    return decideOn({ ...world, comparison }, Release, dependencies, deadline);
  }
  if (decision.action === 'runComparison') {
    const { job, test, comparison } = decision;
    const tested = { Name: Release.Name, test };
    const jobComparison = await runComparison(job, tested, comparison, dependencies, deadline);
    return decideOn({ ...world, jobComparison }, Release, dependencies, deadline);
  }
  return decision;
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
async function perform(
  decision: Exclude<Decision, { action: 'finish' | ReadingAction }>,
  context: Context,
): Promise<number> {
  const { world, records, dependencies } = context;
  const { candidate: _, ...record } = world.record;
  switch (decision.action) {
    case 'wait':
      return decision.seconds;
    case 'restore':
      await putParameters(decision.hosted, context, context.deadline);
      return 0;
    case 'update':
      await update(decision, context);
      return 0;
    case 'succeed':
      await succeed(decision, context, record);
      return 0;
    case 'reject':
      await reject(decision, context, record);
      return 0;
    case 'retryLater': {
      const { candidate, outcome, reason } = decision;
      const { arn, released, shadow } = candidate;
      await tell(outcome, context, { modelPackageArn: arn, reason });
      await records.write({ ...record, failed: { released, shadow, retryAt: world.now + RETRY_AFTER_MS } });
      return 0;
    }
    case 'startTest':
      await records.write({ ...record, test: { arn: decision.arn, since: dependencies.now() } });
      return 0;
    case 'startComparison':
      await startComparison(decision, context, record);
      return 0;
    case 'endTest': {
      const { test, verdict } = decision;
      // An alarm can have ended the test while the job runs.
      await stopTest(context);
      const tested = verdict.isPassed ? withVersion(record.tested, test.arn) : record.tested;
      await records.write({ ...record, tested, test: { ...test, verdict } });
      return 0;
    }
    case 'rejectTested':
      await rejectTested(decision, context, record);
      return 0;
  }
}

/** Writes the manifests of a comparison, and records it: from then on, its job can exist. */
async function startComparison(
  { shadowTest, job, test, requestCount }: Extract<Decision, { action: 'startComparison' }>,
  { Release, records, dependencies, deadline }: Context,
  record: ReleaseRecord,
): Promise<void> {
  const since = dependencies.now();
  await writeManifests(shadowTest, job, { Name: Release.Name, test }, since, dependencies, deadline);
  await records.write({ ...record, test: { ...test, comparison: { since, requestCount } } });
}

/** Stops the job of the test, if any. */
function stopTest({ Release, world, dependencies, deadline }: Context): Promise<void> {
  const tested = { Name: Release.Name, test: world.record.test };
  return stopComparison(Release.ShadowTest?.Comparison, tested, dependencies, deadline);
}

/** Starts an update of the stack. Its end is found by its token. */
async function update({ action: _, ...update }: UpdateDecision, context: Context): Promise<void> {
  const { Execution, records, world, dependencies } = context;
  if (world.record.test?.verdict === undefined) await stopTest(context);
  const { arn, released, shadow } = update;
  const since = dependencies.now();
  // A function that runs twice uses the same token.
  const token = createHash(`${Execution} ${arn} ${world.record.revision}`);
  const candidate = { ...update, since, token };
  const { released: current = NONE } = world.stack ?? {};
  const served = current === NONE ? world.record.served : withVersion(world.record.served, current);
  // A version that is added to the shadow variant again is tested from the start.
  const test = shadow === NONE ? world.record.test : undefined;
  // First the record, so that an update whose response is lost is found.
  const record = await records.write({ ...world.record, served, candidate, test });
  const refusal = await start({ released, shadow }, token, context, since + START_MS);
  if (refusal !== undefined) await records.write({ ...record, candidate: { ...candidate, refusal } });
}

/** Returns why the update was refused. Undefined if it has started, or if another deployment of the stack is in progress. */
async function start(
  hosted: HostedVersions,
  ClientRequestToken: string,
  context: Context,
  until: Deadline,
): Promise<Refusal | undefined> {
  const { Release, world, dependencies } = context;
  const deadline = Math.min(until, context.deadline);
  const command = new UpdateStackCommand({
    StackName: Release.StackName,
    UsePreviousTemplate: true,
    Parameters: world.stack?.parameterNames.map((ParameterKey) => ({ ParameterKey, UsePreviousValue: true })),
    Capabilities: world.stack?.capabilities as Capability[],
    ClientRequestToken,
  });
  try {
    await putParameters(hosted, context, deadline);
    await retry(dependencies, deadline, isTemporary, () => dependencies.cloudformation.send(command));
    return undefined;
  } catch (error) {
    const { name, message } = error as Error;
    if (/_IN_PROGRESS state/.test(message) || /^TokenAlreadyExists/.test(name)) return undefined;
    const isUnchanged = /no updates are to be performed/i.test(message);
    if (!isUnchanged) return { reason: `${name}: ${message}`, isFinal: false };
    const reason = `The update of ${Release.StackName} changes nothing: no resource of the stack uses the version`;
    return { reason, isFinal: true };
  }
}

function withVersion(arns: string[] = [], arn: string): string[] {
  return [...arns.filter((other) => other !== arn), arn];
}

/** Records that the candidate serves. Only a release is an outcome. */
async function succeed(
  { candidate: { arn, released } }: Extract<Decision, { action: 'succeed' }>,
  context: Context,
  record: ReleaseRecord,
): Promise<void> {
  const { revision, served, tested, test } = record;
  if (released !== arn) {
    await context.records.write(record);
    return;
  }
  const { reason, ...figures } = (test?.arn === arn ? test.verdict : undefined) ?? {};
  await tell('Released', context, { modelPackageArn: arn, reason, ...figuresOf(figures) });
  await context.records.write({ revision, served: withVersion(served, arn), tested });
}

async function reject(
  { candidate, reason }: Extract<Decision, { action: 'reject' }>,
  context: Context,
  record: ReleaseRecord,
): Promise<void> {
  const { dependencies, records } = context;
  const { arn } = candidate;
  await setRejected(arn, `The release was rolled back: ${reason}`, context);
  await tell('RolledBack', context, { modelPackageArn: arn, reason });
  await records.write({
    ...record,
    hasSteppedBack: candidate.isStepBack || record.hasSteppedBack,
    rejected: { arn, time: dependencies.now() },
  });
}

/** Rejects a version that has not passed its test. If it is approved again nevertheless, it is released without another test. */
async function rejectTested(
  { arn, verdict }: Extract<Decision, { action: 'rejectTested' }>,
  context: Context,
  record: ReleaseRecord,
): Promise<void> {
  const { dependencies, records } = context;
  await setRejected(arn, `The shadow test failed: ${verdict.reason}`, context);
  await tell('Rejected', context, { modelPackageArn: arn, reason: verdict.reason, ...figuresOf(verdict) });
  await records.write({
    ...record,
    test: undefined,
    tested: withVersion(record.tested, arn),
    rejected: { arn, time: dependencies.now() },
  });
}

function figuresOf({ agreement, metric, requestCount }: Partial<Figures>): Partial<Figures> {
  return { agreement, metric, requestCount };
}

async function setRejected(
  ModelPackageArn: string,
  reason: string,
  { dependencies, deadline }: Context,
): Promise<void> {
  const command = new UpdateModelPackageCommand({
    ModelPackageArn,
    ModelApprovalStatus: 'Rejected',
    // A description has no line breaks, but the reason can contain the log of the container.
    ApprovalDescription: truncate(reason.replace(/\s+/g, ' '), MAX_DESCRIPTION_BYTES),
  });
  await retry(dependencies, deadline, isTemporary, () => dependencies.sagemaker.send(command)).catch((error: Error) => {
    // A version that a user has deleted is not approved any more either.
    if (!isMissingVersion(error)) throw error;
  });
}

/** Writes the parameters whose values differ. */
async function putParameters(
  { released, shadow }: HostedVersions,
  { Release, world: { parameters }, dependencies }: Context,
  deadline: Deadline,
): Promise<void> {
  const put = async (Name: string, Value: string): Promise<void> => {
    const command = new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true });
    await retry(dependencies, deadline, isTemporary, () => dependencies.ssm.send(command));
  };
  const { ParameterName, ShadowTest } = Release;
  if (ShadowTest !== undefined && shadow !== parameters.shadow) await put(ShadowTest.ParameterName, shadow);
  if (released !== parameters.released) await put(ParameterName, released);
}

async function tell(
  outcome: Exclude<ReleaseOutcome, 'UpToDate'>,
  { Release, Execution, dependencies, deadline }: Context,
  detail: { modelPackageArn?: string; reason?: string } & Partial<Figures>,
): Promise<void> {
  await report(
    DETAIL_TYPE,
    { workflowName: Release.Name, executionArn: Execution, outcome, ...detail },
    dependencies,
    deadline,
  );
}

async function onEvent(
  { RequestType, ResourceProperties, OldResourceProperties = ResourceProperties }: ParameterEvent,
  PhysicalResourceId: string,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<Outcome> {
  const release = JSON.parse(ResourceProperties.Release) as Release;
  const old = JSON.parse(OldResourceProperties.Release) as Release;
  if (RequestType === 'Delete') {
    // The parameter is retained: the hosting stack reads it. An update that is in progress continues.
    await close(release, dependencies, deadline);
    return { PhysicalResourceId };
  }
  if (old.Name !== release.Name || old.Table !== release.Table) await close(old, dependencies, deadline);
  // The next check starts the job of the new request.
  else if (hasOtherComparison(old, release)) await stopComparisonOf(old, dependencies, deadline);
  await retry(dependencies, deadline, isTemporary, () => new Lock(release, dependencies).open());
  const isChanged =
    old.ParameterName !== release.ParameterName ||
    old.ShadowTest?.ParameterName !== release.ShadowTest?.ParameterName ||
    old.Group !== release.Group;
  // The released version can have been rejected by a user, which must not fail an update that changes something else.
  if (RequestType === 'Create' || isChanged) await ensureParameters(release, dependencies, deadline);
  return { PhysicalResourceId };
}

function hasOtherComparison({ ShadowTest: old }: Release, { ShadowTest: test }: Release): boolean {
  return old?.Comparison?.Request !== test?.Comparison?.Request || old?.Comparison?.Prefix !== test?.Comparison?.Prefix;
}

async function stopComparisonOf(release: Release, dependencies: Dependencies, deadline: Deadline): Promise<void> {
  const { test } = await retry(dependencies, deadline, isTemporary, () => new Records(release, dependencies).read());
  await stopComparison(release.ShadowTest?.Comparison, { Name: release.Name, test }, dependencies, deadline);
}

/** Ends a deployment: no execution can take its lock any more, the one that has it is stopped, and the job of a comparison too. */
async function close(release: Release, dependencies: Dependencies, deadline: Deadline): Promise<void> {
  const holder = await retry(dependencies, deadline, isTemporary, () => new Lock(release, dependencies).close());
  if (holder !== undefined) await stop(holder.execution, dependencies, deadline);
  await stopComparisonOf(release, dependencies, deadline);
}

async function stop(executionArn: string, dependencies: Dependencies, deadline: Deadline): Promise<void> {
  const command = new StopExecutionCommand({ executionArn, cause: 'The continuous deployment is being deleted' });
  await retry(dependencies, deadline, isTemporary, () => dependencies.stepFunctions.send(command)).catch(
    (error: Error) => {
      if (error.name !== 'ExecutionDoesNotExist') throw error;
    },
  );
}
