import type { Tag } from '@aws-sdk/client-sagemaker';
import { hash } from './names';

const KEY = /^cdk-sagemaker-algorithm:owner:(?<resource>[0-9a-f]{12}):(?<create>[0-9a-f]{8})$/;
const RELEASED = 'released ';

/**
 * A custom resource that requires a job. A job has a tag for each of its owners: several resources own the same job while a
 * deployment replaces one by the other, and the job must not be stopped as long as one of them remains.
 */
export interface Owner {
  /** The hash of the stack and of the logical id. */
  readonly resource: string;

  /**
   * The hash of the Create event. A Delete event only releases the owner of its own Create event, so that a Delete event that is
   * delivered again has no effect on a resource that was created with the same logical id in the meantime.
   */
  readonly create: string;

  /** The time at which the Create event arrived, in milliseconds. */
  readonly since: number;
}

export function resourceHash(stackId: string, logicalId: string): string {
  return hash(`${stackId}\n${logicalId}`).slice(0, 12);
}

export function createHash(requestId: string): string {
  return hash(requestId).slice(0, 8);
}

export function ownerTag(owner: Owner): Tag {
  return { Key: ownerKey(owner), Value: new Date(owner.since).toISOString() };
}

/** The tag of a former owner. It remains, so that a Create event that is delivered again does not add the owner again. */
export function releasedTag(owner: Owner): Tag {
  return { Key: ownerKey(owner), Value: `${RELEASED}${new Date(owner.since).toISOString()}` };
}

export function ownerKey({ resource, create }: Owner): string {
  return `cdk-sagemaker-algorithm:owner:${resource}:${create}`;
}

/** The owners of a job that are present, or those that were released. */
export function ownersOf(tags: Map<string, string>, { released = false } = {}): Owner[] {
  return [...tags].flatMap(([key, value]) => {
    const { resource, create } = KEY.exec(key)?.groups ?? {};
    if (resource === undefined || value.startsWith(RELEASED) !== released) return [];
    return [{ resource, create, since: Date.parse(value.replace(RELEASED, '')) }];
  });
}
