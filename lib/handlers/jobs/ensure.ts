import type { Tag } from '@aws-sdk/client-sagemaker';
import type { JobKind, JobRequests } from '../contract';
import type { Job } from './kinds';
import type { JobService } from './job-service';
import { attempt, hash } from './names';
import { type Owner, ownerKey, ownerTag } from './owners';

/** The tags that the handler adds to those of the owners and of the user. */
export const TAGS = {
  /** The CloudFormation request that created the job. */
  event: 'cdk-sagemaker-algorithm:event',
  /** The hash of the job identity. A job with the same name and without this tag was not created by this library. */
  identity: 'cdk-sagemaker-algorithm:identity',
} as const;

const MAX_ATTEMPTS = 99;

/** The job that a custom resource or an execution of a workflow requires. */
export interface RequiredJob {
  /** The name of the first attempt. */
  readonly base: string;
  readonly identity: string;
  readonly owner: Owner;
  readonly event: string;
  readonly userTags: Tag[];

  /** The request that creates the job with a name. */
  readonly request: (name: string) => JobRequests[JobKind];
}

/** The required job. */
export interface EnsuredJob {
  readonly name: string;

  /** The job as it was found; undefined if it was created. */
  readonly found?: Job;
}

/** A job that failed or was stopped, which fails the event that requires it. */
export class JobFailure extends Error {}

/**
 * Makes sure that the required job exists: it is created, or adopted if it is in progress, or reused if it is completed. A job that
 * failed or was stopped fails the event that created it; for any other event, a new attempt starts.
 */
export async function ensureJob(service: JobService, required: RequiredJob): Promise<EnsuredJob> {
  for (let number = 1; number <= MAX_ATTEMPTS; number++) {
    // The name of a deleted algorithm can be used again, the name of a job cannot.
    const name = service.isDeleted ? required.base : attempt(required.base, number);
    const found = await service.find(name);
    if (found === undefined && (await service.create(name, required.request(name), tagsOf(required)))) return { name };
    // The name is the lock: if it is taken, most likely by another delivery of this event, the job decides, once it can be read.
    const job = found ?? (await service.findCreated(name));
    if (job === undefined) continue;
    const tags = await service.tagsOf(job);
    if (await isAdopted(service, required, job, tags)) return { name, found: job };
    if (service.isDeleted) await deleteFailed(service, required, job, tags);
  }
  throw new Error(`${MAX_ATTEMPTS} attempts of ${required.base} have failed. Change \`revision\` to start a new job.`);
}

/** Whether an existing job is the required one. If so, this resource becomes one of its owners. */
async function isAdopted(
  service: JobService,
  required: RequiredJob,
  found: Job,
  tags: Map<string, string>,
): Promise<boolean> {
  if (tags.get(TAGS.identity) !== hash(required.identity)) return false;
  const isFirst = !isOwn(required, tags);
  const job = isFirst ? await service.settled(found) : found;
  if (job === undefined) return false;
  // Only what an earlier delivery cannot have adopted before it ended leads to another attempt.
  if (isFirst && !isUsable(job) && !isOwn(required, await service.settledTagsOf(job))) return false;
  if (!isUsable(job)) throw new JobFailure(describeFailure(service, job));
  // An owner that a Delete event has released in the meantime must not be added again.
  if (!isFirst) return true;
  // A job that has ended needs no owner: nothing stops it.
  const owner = service.mustBeEnded(job) ? [ownerTag(required.owner)] : [];
  return service.tag(job, [...owner, ...required.userTags]);
}

/** Deletes an algorithm that failed in an earlier event, unless it was not created by this library. */
async function deleteFailed(
  service: JobService,
  required: RequiredJob,
  job: Job,
  tags: Map<string, string>,
): Promise<void> {
  if (tags.get(TAGS.identity) !== hash(required.identity)) {
    throw new Error(
      `${job.name} already exists with other properties. Specify another name or \`revision\`, or delete the existing one.`,
    );
  }
  await service.endAndWait(job, (current) => Promise.resolve(!isUsable(current)));
}

/** Whether an earlier delivery of this event has created or adopted the job. */
function isOwn({ event, owner }: RequiredJob, tags: Map<string, string>): boolean {
  return tags.get(TAGS.event) === event || tags.has(ownerKey(owner));
}

function isUsable({ state }: Job): boolean {
  return state === 'InProgress' || state === 'Completed';
}

function tagsOf({ owner, event, identity, userTags }: RequiredJob): Tag[] {
  return [
    ownerTag(owner),
    { Key: TAGS.event, Value: event },
    { Key: TAGS.identity, Value: hash(identity) },
    ...userTags,
  ];
}

/** The error about a job that failed or was stopped, with its reason and its logs. */
export function describeFailure(service: JobService, job: Job): string {
  const { name } = job;
  const outcome =
    { Failed: 'failed', Stopped: 'was stopped', Stopping: 'is being stopped' }[job.state as 'Failed'] ?? job.state;
  return `${name} ${outcome}${job.reason === undefined ? '' : `: ${job.reason}`} (${service.logsOf(name)})`;
}
