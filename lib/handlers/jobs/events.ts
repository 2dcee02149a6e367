import type { JobKind, JobRequests, StartAttributes, StartProperties } from '../contract';
import { type Deadline, isTransient, retrying } from '../shared/retrying';
import type { Dependencies } from './dependencies';
import { TAGS, ensureJob, ownerOf } from './ensure';
import { JobService } from './job-service';
import { attempt, baseName, hash } from './names';

/** What CloudFormation sends about a start resource. */
export interface StartEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly RequestId: string;
  readonly StackId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResponseURL: string;
  readonly ResourceProperties: StartProperties;
}

export interface Answer {
  readonly PhysicalResourceId: string;
  readonly Data?: StartAttributes;
}

/** A Create that is not done by then gives up: a Delete that overtook it knows when nothing can come any more. */
export const CREATE_DEADLINE_MS = 120_000;

/** The longest time that Lambda keeps an event before it delivers or drops it: `maxEventAge` of the function. */
export const EVENT_AGE_MS = 60_000;

const DELETE_DEADLINE_MS = 14 * 60_000;

export async function onEvent(event: StartEvent, dependencies: Dependencies): Promise<Answer> {
  switch (event.RequestType) {
    case 'Create':
      return onCreate(event, dependencies);
    case 'Update':
      return onUpdate(event, dependencies);
    case 'Delete':
      return onDelete(event, dependencies);
  }
}

async function onCreate(event: StartEvent, dependencies: Dependencies): Promise<Answer> {
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

/** One waiter for a job and a handle, whoever starts it and how often. */
async function startWaiter(
  event: StartEvent,
  name: string,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<void> {
  const { Kind, StateMachineArn, WaitHandle, AcceptMaxRuntime } = event.ResourceProperties;
  if (StateMachineArn === undefined || WaitHandle === undefined) return;
  const input = { Kind, JobName: name, WaitHandle, AcceptMaxRuntime: AcceptMaxRuntime === 'true' };
  const execution = `${name}-${hash(WaitHandle).slice(0, 10)}`;
  await retrying(dependencies, deadline, isTransient, () =>
    dependencies.startWaiter(StateMachineArn, execution, input),
  );
}

/**
 * What decides the artifact is in the logical id of the resource, so an update changes only what does not: tags, role,
 * network. A value known at deployment may have changed all the same; then the wait condition, which cannot be used
 * twice, would not wait for the new job.
 */
async function onUpdate(event: StartEvent, dependencies: Dependencies): Promise<Answer> {
  const properties = event.ResourceProperties;
  const name = event.PhysicalResourceId ?? '';
  const service = new JobService(properties.Kind, dependencies, dependencies.now() + CREATE_DEADLINE_MS);
  const job = isOurs(name, baseOf(event)) ? await service.find(name) : undefined;
  const made = job && service.isDeleted ? (await service.tags(job.arn)).get(TAGS.identity) : undefined;
  if (!isOurs(name, baseOf(event)) || (made !== undefined && made !== hash(properties.Identity))) {
    throw new Error(
      'A value that is known at deployment only has changed, and the job would be another one. ' +
        'Change `revision` together with it, so that a new job is started and waited for.',
    );
  }
  if (job !== undefined) await service.tag(job.arn, tagsOf(properties));
  return { PhysicalResourceId: name, Data: attributesOf(properties, name) };
}

/**
 * Stops what still belongs to this resource, and waits until it is over, so that role and network outlive it. Artifacts
 * stay. A resource that was cancelled while it was being created is deleted under an id that CloudFormation invented,
 * perhaps before the Create is delivered: that one is waited for, otherwise its job would belong to nobody.
 */
async function onDelete(event: StartEvent, dependencies: Dependencies): Promise<Answer> {
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
    if (!service.hasToEnd(job) || (await service.tags(job.arn)).get(TAGS.owner) !== owner) continue;
    await service.endAndWait(name);
  }
}

/** The name of the first attempt at the job of a start resource. */
export function baseOf({ ResourceProperties, StackId }: StartEvent): string {
  const { Prefix, Identity, IsExactName } = ResourceProperties;
  return IsExactName === 'true' ? Prefix : baseName(Prefix, Identity, StackId);
}

/** Whether a physical id is a name that this handler gave, and not one that CloudFormation invented. */
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
