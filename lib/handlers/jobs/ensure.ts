import type { Tag } from '@aws-sdk/client-sagemaker';
import type { JobKind, JobRequests } from '../contract';
import type { Job } from './kinds';
import type { JobService } from './job-service';
import { attempt, hash } from './names';

/** Tags that tell whose a job is. They are the handler's, beside those of the user. */
export const TAGS = {
  /** The start resource that may stop the job. */
  owner: 'cdk-sagemaker-algorithm:owner',
  /** The request of CloudFormation that made it. */
  event: 'cdk-sagemaker-algorithm:event',
  /** What it was made for: a job of that name without it is somebody else's. */
  identity: 'cdk-sagemaker-algorithm:identity',
} as const;

const MAX_ATTEMPTS = 99;

/** Who asks for a job, and what for. */
export interface Claim {
  readonly base: string;
  readonly identity: string;
  readonly owner: string;
  readonly event: string;
  readonly userTags: Tag[];
  readonly request: JobRequests[JobKind];
}

/** The owner of a job, as text that a tag can hold. */
export function ownerOf(stackId: string, logicalId: string): string {
  return hash(`${stackId}\n${logicalId}`);
}

/**
 * Makes sure that the job exists: it is made, or adopted while it is in progress, or reused when it is completed. One that
 * failed or was stopped counts as the answer to the event that made it, and as nothing for any other event.
 */
export async function ensureJob(service: JobService, claim: Claim): Promise<string> {
  for (let number = 1; number <= MAX_ATTEMPTS; number++) {
    // What is deleted leaves its name free; a job keeps its name for ever.
    const name = service.isDeleted ? claim.base : attempt(claim.base, number);
    const found = await service.find(name);
    if (found === undefined) {
      if (await service.create(name, claim.request, tagsOf(claim))) return name;
      // Somebody was faster: another delivery of this event, most likely. Look at what it made.
    }
    const job = found ?? (await service.find(name));
    if (job === undefined) continue;
    const tags = await service.tags(job.arn);
    if (await isSettled(service, claim, job, tags)) return name;
    if (service.isDeleted) await makeRoom(service, claim, job, tags);
  }
  throw new Error(`${MAX_ATTEMPTS} attempts at ${claim.base} have failed; change \`revision\` to start anew.`);
}

/** Whether a job that exists is the one that is asked for. */
async function isSettled(service: JobService, claim: Claim, job: Job, tags: Map<string, string>): Promise<boolean> {
  if (tags.get(TAGS.identity) !== hash(claim.identity)) return false;
  const isAlive = job.state === 'InProgress' || job.state === 'Completed';
  if (!isAlive && tags.get(TAGS.event) !== claim.event) return false;
  if (!isAlive) throw new Error(describeEnd(service, job));
  await service.tag(job.arn, [{ Key: TAGS.owner, Value: claim.owner }, ...claim.userTags]);
  return true;
}

/** Deletes what an earlier event has left failed; what is not ours is left alone. */
async function makeRoom(service: JobService, claim: Claim, job: Job, tags: Map<string, string>): Promise<void> {
  if (tags.get(TAGS.identity) !== hash(claim.identity)) {
    throw new Error(
      `${job.name} exists already, and is not what this resource asks for. Give it another name or \`revision\`, or delete the ` +
        'one that exists.',
    );
  }
  await service.endAndWait(job.name);
}

function tagsOf({ owner, event, identity, userTags }: Claim): Tag[] {
  return [
    { Key: TAGS.owner, Value: owner },
    { Key: TAGS.event, Value: event },
    { Key: TAGS.identity, Value: hash(identity) },
    ...userTags,
  ];
}

/** How a job ended, with where to read more. */
export function describeEnd(service: JobService, job: Job): string {
  const { name } = job;
  const end =
    { Failed: 'failed', Stopped: 'was stopped', Stopping: 'is being stopped' }[job.state as 'Failed'] ?? job.state;
  return `${name} ${end}${job.reason === undefined ? '' : `: ${job.reason}`} (${service.logsOf(name)})`;
}
