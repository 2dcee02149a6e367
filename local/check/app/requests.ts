import type { Resource } from './assembly';

/** A request of the API as a template has it: with whatever is known before a deployment. */
export type Parsed<T> = Partial<T>;

export function requestOf<T>(resource: Resource): Parsed<T> {
  try {
    return JSON.parse(String(resource.properties.Request)) as Parsed<T>;
  } catch {
    throw new Error(
      `${pathOf(resource)}: what is asked for is known at deployment only, and cannot be checked before.`,
    );
  }
}

/** The start of a job is a resource below it. */
export function pathOf({ path }: Resource): string {
  return path.replace(/\/Job\/Start$/, '');
}
