import type { Resource } from './assembly';

/** An API request as it is in a template, with everything that is known before deployment. */
export type Parsed<T> = Partial<T>;

export function requestOf<T>(resource: Resource): Parsed<T> {
  try {
    return JSON.parse(String(resource.properties.Request)) as Parsed<T>;
  } catch {
    throw new Error(`${pathOf(resource)} cannot be checked: its API request is only known at deployment.`);
  }
}

/** The path of the construct that the user has created; the resource of a job is below it. */
export function pathOf({ path }: Resource): string {
  return path.replace(/\/Job\/Start$/, '');
}
