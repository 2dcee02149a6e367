import type { JobKind, JobRequests, StartAttributes, StartProperties } from '../contract';
import type { ResourceEvent } from '../shared/response';
import { type Deadline, isTransient, retry } from '../shared/retry';
import type { Dependencies } from './dependencies';
import { TAGS, ensureJob, ownerOf } from './ensure';
import { JobService } from './job-service';
import { attempt, baseName, hash } from './names';

/** The CloudFormation event of a custom resource that starts a job. */
export interface StartEvent extends ResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: StartProperties;
}

/** The outcome of an event that has succeeded. */
export interface EventResult {
  readonly PhysicalResourceId: string;
  readonly Data?: StartAttributes;
}

/** The deadline of a Create event. A Delete event that arrives first knows by it when no job can be created any more. */
const CREATE_DEADLINE_MS = 120_000;

/** The age at which Lambda drops an event: `maxEventAge` of the function. */
const EVENT_AGE_MS = 60_000;

const DELETE_DEADLINE_MS = 14 * 60_000;

export async function onEvent(event: StartEvent, dependencies: Dependencies): Promise<EventResult> {
  switch (event.RequestType) {
    case 'Create':
      return onCreate(event, dependencies);
    case 'Update':
      return onUpdate(event, dependencies);
    case 'Delete':
      return onDelete(event, dependencies);
  }
}

async function onCreate(event: StartEvent, dependencies: Dependencies): Promise<EventResult> {
  const properties = event.ResourceProperties;
  const deadline = dependencies.now() + CREATE_DEADLINE_MS;
  const service = new JobService(properties.Kind, dependencies, deadline);
  const name = await ensureJob(service, {
    base: baseOf(event),
    identity: properties.Identity,
    owner: ownerOf(event.StackId, event.LogicalResourceId),
    event: event.RequestId,
    userTags: tagsOf(properties),
    request: JSON.parse(properties.Request) as JobRequests[JobKind],
  });
  await startWaiter(event, name, dependencies, deadline);
  return { PhysicalResourceId: name, Data: attributesOf(properties, name) };
}

/** Starts the waiter. The execution name is derived from the job and the handle, so that a repeated event starts no second one. */
async function startWaiter(
  event: StartEvent,
  name: string,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<void> {
  const { Kind, StateMachineArn, WaitHandle, AllowMaxRuntimeExceeded } = event.ResourceProperties;
  if (StateMachineArn === undefined || WaitHandle === undefined) return;
  const input = { Kind, JobName: name, WaitHandle, AllowMaxRuntimeExceeded: AllowMaxRuntimeExceeded === 'true' };
  const execution = `${name}-${hash(WaitHandle).slice(0, 10)}`;
  await retry(dependencies, deadline, isTransient, () => dependencies.startWaiter(StateMachineArn, execution, input));
}

/**
 * Updates the tags of the job. The logical id of the resource contains the job identity, so an update only changes properties that
 * are not part of it, such as tags, role and network. If a value that is only known at deployment has changed, the event fails: the
 * wait condition, which can only be used once, would not wait for a new job.
 */
async function onUpdate(event: StartEvent, dependencies: Dependencies): Promise<EventResult> {
  const properties = event.ResourceProperties;
  const name = event.PhysicalResourceId ?? '';
  const service = new JobService(properties.Kind, dependencies, dependencies.now() + CREATE_DEADLINE_MS);
  const job = isOurs(name, baseOf(event)) ? await service.find(name) : undefined;
  const identity = job && service.isDeleted ? (await service.tags(job.arn)).get(TAGS.identity) : undefined;
  if (!isOurs(name, baseOf(event)) || (identity !== undefined && identity !== hash(properties.Identity))) {
    throw new Error(
      'A value that is only known at deployment has changed, which requires a new job. ' +
        'Change `revision` together with it, so that the deployment starts a new job and waits for it.',
    );
  }
  if (job !== undefined) await service.tag(job.arn, tagsOf(properties));
  return { PhysicalResourceId: name, Data: attributesOf(properties, name) };
}

/**
 * Stops the jobs that this resource owns, and waits until they have ended, so that their role and network are not deleted before.
 * Artifacts are retained. If a resource was cancelled during its creation, CloudFormation deletes it under a generated id, perhaps
 * before the Create event is delivered. The Delete event then waits for it; otherwise the job would be orphaned.
 */
async function onDelete(event: StartEvent, dependencies: Dependencies): Promise<EventResult> {
  const base = baseOf(event);
  const id = event.PhysicalResourceId ?? base;
  if (!isOurs(id, base)) await dependencies.sleep(CREATE_DEADLINE_MS + EVENT_AGE_MS);
  const deadline = dependencies.now() + DELETE_DEADLINE_MS;
  const service = new JobService(event.ResourceProperties.Kind, dependencies, deadline);
  const owner = ownerOf(event.StackId, event.LogicalResourceId);
  for (let number = 1; ; number++) {
    const name = attempt(base, number);
    const job = await service.find(name);
    if (job === undefined) return { PhysicalResourceId: id };
    if (!service.mustBeEnded(job) || (await service.tags(job.arn)).get(TAGS.owner) !== owner) continue;
    await service.endAndWait(name);
  }
}

/** The name of the first attempt to run the job of a custom resource. */
export function baseOf({ ResourceProperties, StackId }: StartEvent): string {
  const { Prefix, Identity, IsExactName } = ResourceProperties;
  return IsExactName === 'true' ? Prefix : baseName(Prefix, Identity, StackId);
}

/** Whether a physical id is a name that this handler generated, and not one that CloudFormation generated. */
function isOurs(id: string, base: string): boolean {
  return id === base || (/^-\d+$/.test(id.slice(base.length)) && id.startsWith(base));
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
