import type { Tag } from '@aws-sdk/client-sagemaker';
import type { JobKind, JobRequests } from '../contract';
import type { Job } from './kinds';
import type { JobService } from './job-service';
import { attempt, hash } from './names';

/** The tags that the handler adds to the tags of the user. */
export const TAGS = {
  /** The custom resource that owns the job and can stop it. */
  owner: 'cdk-sagemaker-algorithm:owner',
  /** The CloudFormation request that created the job. */
  event: 'cdk-sagemaker-algorithm:event',
  /** The hash of the job identity. A job with the same name and without this tag was not created by this library. */
  identity: 'cdk-sagemaker-algorithm:identity',
} as const;

const MAX_ATTEMPTS = 99;

/** The job that a custom resource requires. */
export interface RequiredJob {
  /** The name of the first attempt. */
  readonly base: string;
  readonly identity: string;
  readonly owner: string;
  readonly event: string;
  readonly userTags: Tag[];
  readonly request: JobRequests[JobKind];
}

/** The owner of a job as the value of a tag. */
export function ownerOf(stackId: string, logicalId: string): string {
  return hash(`${stackId}\n${logicalId}`);
}

/**
 * Makes sure that the required job exists: it is created, or adopted if it is in progress, or reused if it is completed. A job that
 * failed or was stopped fails the event that created it; for any other event, a new attempt starts.
 */
export async function ensureJob(service: JobService, required: RequiredJob): Promise<string> {
  for (let number = 1; number <= MAX_ATTEMPTS; number++) {
    // The name of a deleted algorithm can be used again, the name of a job cannot.
    const name = service.isDeleted ? required.base : attempt(required.base, number);
    const found = await service.find(name);
    if (found === undefined) {
      if (await service.create(name, required.request, tagsOf(required))) return name;
      // The job was created in the meantime, most likely by another delivery of this event.
    }
    const job = found ?? (await service.find(name));
    if (job === undefined) continue;
    const tags = await service.tags(job.arn);
    if (await isAdopted(service, required, job, tags)) return name;
    if (service.isDeleted) await deleteFailed(service, required, job, tags);
  }
  throw new Error(`${MAX_ATTEMPTS} attempts of ${required.base} have failed. Change \`revision\` to start a new job.`);
}

/** Whether an existing job is the required one. If so, this resource becomes its owner. */
async function isAdopted(
  service: JobService,
  required: RequiredJob,
  job: Job,
  tags: Map<string, string>,
): Promise<boolean> {
  if (tags.get(TAGS.identity) !== hash(required.identity)) return false;
  const isUsable = job.state === 'InProgress' || job.state === 'Completed';
  if (!isUsable && tags.get(TAGS.event) !== required.event) return false;
  if (!isUsable) throw new Error(describeFailure(service, job));
  await service.tag(job.arn, [{ Key: TAGS.owner, Value: required.owner }, ...required.userTags]);
  return true;
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
  await service.endAndWait(job.name);
}

function tagsOf({ owner, event, identity, userTags }: RequiredJob): Tag[] {
  return [
    { Key: TAGS.owner, Value: owner },
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
