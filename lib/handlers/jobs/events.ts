import type { JobKind, JobRequests, StartAttributes, StartProperties } from '../contract';
import { type Outcome, RESPONSE_MS, type ResourceEvent } from '../shared/response';
import { type Deadline, isTemporary, retry } from '../shared/retry';
import type { Dependencies } from './dependencies';
import { TAGS, ensureJob } from './ensure';
import { JobService, READ_LAG_MS } from './job-service';
import { KINDS } from './kinds';
import { baseName, hash } from './names';
import { createHash, resourceHash } from './owners';
import { parsePhysicalId, physicalId } from './physical-id';
import { type ReleasedOwners, releaseAttempts, releaseJob } from './release';

/** The CloudFormation event of a custom resource that starts a job. */
export interface StartEvent extends ResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: StartProperties;

  /** The previous properties, in an Update event. */
  readonly OldResourceProperties?: StartProperties;
}

/** The time in which a Create event must find or create its job. */
const CREATE_DEADLINE_MS = 120_000;

/** The time in which a job that was created must get its waiter. It is long, since the job incurs costs already. */
const WAITER_DEADLINE_MS = 180_000;

/** The age at which Lambda drops an event: `maxEventAge` of the function. */
const EVENT_AGE_MS = 60_000;

/** The time after the arrival of an event at which no earlier Create event can create or adopt a job any more. */
const LATEST_CREATE_MS = EVENT_AGE_MS + CREATE_DEADLINE_MS + READ_LAG_MS;

export async function onEvent(event: StartEvent, dependencies: Dependencies, functionEnd: number): Promise<Outcome> {
  switch (event.RequestType) {
    case 'Create':
      return onCreate(event, dependencies);
    case 'Update':
      return onUpdate(event, dependencies);
    case 'Delete':
      return onDelete(event, dependencies, functionEnd - RESPONSE_MS);
  }
}

async function onCreate(event: StartEvent, dependencies: Dependencies): Promise<Outcome> {
  const properties = event.ResourceProperties;
  const since = dependencies.now();
  const service = new JobService(KINDS[properties.Kind], dependencies, since + CREATE_DEADLINE_MS);
  const create = createHash(event.RequestId);
  const { name } = await ensureJob(service, {
    base: baseOf(event),
    identity: properties.Identity,
    owner: { resource: resourceHash(event.StackId, event.LogicalResourceId), create, since },
    event: event.RequestId,
    userTags: tagsOf(properties),
    request: () => JSON.parse(properties.Request) as JobRequests[JobKind],
  });
  await startWaiter(event, name, dependencies);
  return { PhysicalResourceId: physicalId(name, create), Data: attributesOf(properties, name) };
}

/** Starts the waiter. The execution name is derived from the job and the handle, so that a repeated event starts no second one. */
async function startWaiter(event: StartEvent, name: string, dependencies: Dependencies): Promise<void> {
  const { Kind, StateMachineArn, WaitHandle, AllowMaxRuntimeExceeded } = event.ResourceProperties;
  if (StateMachineArn === undefined || WaitHandle === undefined) return;
  const input = { Kind, JobName: name, WaitHandle, AllowMaxRuntimeExceeded: AllowMaxRuntimeExceeded === 'true' };
  const execution = `${name}-${hash(WaitHandle).slice(0, 10)}`;
  const deadline: Deadline = dependencies.now() + WAITER_DEADLINE_MS;
  await retry(dependencies, deadline, isTemporary, () => dependencies.startWaiter(StateMachineArn, execution, input));
}

/**
 * Updates the tags of the job. The logical id of the resource contains the job identity, so an update only changes properties that
 * are not part of it, such as tags, role and network, or the prefix of the name, which applies to the next job. If a value that is
 * only known at deployment has changed, the event fails: the wait condition, which can only be used once, would not wait for a new
 * job.
 */
async function onUpdate(event: StartEvent, dependencies: Dependencies): Promise<Outcome> {
  const { ResourceProperties: properties, PhysicalResourceId = '' } = event;
  const service = new JobService(KINDS[properties.Kind], dependencies, dependencies.now() + CREATE_DEADLINE_MS);
  const { name = '' } = parsePhysicalId(PhysicalResourceId);
  const job = await service.find(name);
  const isSame =
    job === undefined
      ? event.OldResourceProperties?.Identity === properties.Identity || name.startsWith(baseOf(event))
      : (await service.tagsOf(job)).get(TAGS.identity) === hash(properties.Identity);
  if (!isSame) {
    throw new Error(
      'A value that is only known at deployment has changed, which requires a new job. ' +
        'Change `revision` together with it, so that the deployment starts a new job and waits for it.',
    );
  }
  if (job !== undefined) await service.tag(job, tagsOf(properties));
  return { PhysicalResourceId, Data: attributesOf(properties, name) };
}

/**
 * Releases the job of this resource: without another owner, it is stopped, and its end is awaited, so that its role and network are
 * not deleted before. Artifacts are retained.
 *
 * The Create event can be delivered again, or arrive after the Delete event, if CloudFormation cancels it and sends an id that it has
 * generated. The tags of a job prevent that it is adopted or created again. If no job has these tags, since the Create event has
 * failed or the algorithm was deleted, the Delete event waits until no Create event can be in progress any more, and releases the job
 * that it may have created.
 */
async function onDelete(event: StartEvent, dependencies: Dependencies, deadline: Deadline): Promise<Outcome> {
  const { StackId, LogicalResourceId, PhysicalResourceId = '' } = event;
  const arrival = dependencies.now();
  const service = new JobService(KINDS[event.ResourceProperties.Kind], dependencies, deadline);
  const resource = resourceHash(StackId, LogicalResourceId);
  const { name, create } = parsePhysicalId(PhysicalResourceId);
  const until = arrival + EVENT_AGE_MS;
  const released: ReleasedOwners = { resource, create, until };

  /** Returns the time after which no Create event can create or adopt a job any more. */
  const release = async (): Promise<number> => {
    if (name === undefined) {
      await releaseAttempts(service, baseOf(event), released);
      return arrival + LATEST_CREATE_MS;
    }
    const { isFinal, since = arrival } = await releaseJob(service, name, released);
    return isFinal ? arrival : since + LATEST_CREATE_MS;
  };

  const latestCreate = await release();
  if (latestCreate > dependencies.now()) {
    await dependencies.sleep(latestCreate - dependencies.now());
    await release();
  }
  return { PhysicalResourceId };
}

/** The name of the first attempt to run the job of a custom resource. */
function baseOf({ ResourceProperties, StackId }: StartEvent): string {
  const { Prefix, Identity, IsExactName } = ResourceProperties;
  return IsExactName === 'true' ? Prefix : baseName(Prefix, Identity, StackId);
}

function tagsOf({ Tags }: StartProperties): { Key: string; Value: string }[] {
  return JSON.parse(Tags) as { Key: string; Value: string }[];
}

function attributesOf({ Kind, Request }: StartProperties, name: string): StartAttributes {
  if (Kind !== 'training') return { JobName: name };
  const { OutputDataConfig } = JSON.parse(Request) as {
    OutputDataConfig: { S3OutputPath: string; CompressionType?: string };
  };
  const artifact = OutputDataConfig.CompressionType === 'NONE' ? 'model/' : 'model.tar.gz';
  return {
    JobName: name,
    ModelDataUrl: `${OutputDataConfig.S3OutputPath.replace(/\/$/, '')}/${name}/output/${artifact}`,
  };
}
