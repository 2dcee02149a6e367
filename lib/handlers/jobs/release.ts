import { TAGS } from './ensure';
import type { JobService } from './job-service';
import { attempt } from './names';
import { type Owner, ownersOf, releasedTag } from './owners';

/** The number of consecutive attempts that do not exist after which no further one is expected. A user can delete jobs. */
const MAX_GAP = 3;

/** The owners that a Delete event releases: those of its resource, and if the physical id contains it, of its Create event. */
export interface ReleasedOwners {
  readonly resource: string;
  readonly create?: string;

  /** The Create events of which one has added the owner. Undefined if they are not known. */
  readonly creates?: readonly string[];

  /** The time after which a Create event belongs to a later resource with the same logical id. */
  readonly until: number;
}

/** The outcome of releasing a job. */
export interface Released {
  readonly exists: boolean;

  /** Whether the job has ended for good: its name cannot be used again. */
  readonly isFinal: boolean;

  /** The time at which the Create event arrived, if the job has an owner of this resource. */
  readonly since?: number;
}

/**
 * Releases the owners of a job that match. If it has no owner left, the job is stopped or the algorithm deleted, and its end is
 * awaited.
 */
export async function releaseJob(service: JobService, name: string, released: ReleasedOwners): Promise<Released> {
  const job = await service.find(name);
  if (job === undefined) return { exists: false, isFinal: false };
  if (!service.mustBeEnded(job)) return { exists: true, isFinal: true };
  const tags = await service.tagsOf(job);
  if (!tags.has(TAGS.identity)) return { exists: true, isFinal: true };
  const owners = ownersToRelease(tags, released);
  await service.tag(job, owners.map(releasedTag));
  // Other owners that this read contains may have been released a moment ago, so that the tags are read again.
  const hasEnded = await service.endAndWait(
    job,
    async (current) => ownersOf(await service.tagsOf(current)).length === 0,
  );
  return { exists: true, isFinal: hasEnded && !service.isDeleted, since: owners.at(0)?.since };
}

/** The owners that match, also those that an earlier delivery has released: the time of their Create event is needed. */
function ownersToRelease(tags: Map<string, string>, released: ReleasedOwners): Owner[] {
  const { resource, create, creates = create === undefined ? undefined : [create], until } = released;
  const matches = (owner: Owner): boolean =>
    owner.resource === resource && (creates === undefined ? owner.since <= until : creates.includes(owner.create));
  return [...ownersOf(tags), ...ownersOf(tags, { released: true })].filter(matches);
}

/** Releases all attempts to run a job. */
export async function releaseAttempts(service: JobService, base: string, released: ReleasedOwners): Promise<void> {
  if (service.isDeleted) {
    await releaseJob(service, base, released);
    return;
  }
  for (let number = 1, gap = 0; gap < MAX_GAP; number++) {
    const { exists } = await releaseJob(service, attempt(base, number), released);
    gap = exists ? 0 : gap + 1;
  }
}
