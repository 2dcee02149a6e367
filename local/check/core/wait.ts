import type { Group } from './finding';

/** The wait for a server to become healthy, or for a run to end. */
export interface Wait {
  /** The group of the checks that wait. */
  readonly group: Group;

  /** The last state that was seen, such as "nothing listens on port 8080". */
  readonly state: string;
  readonly seconds: number;
  readonly limitSeconds: number;
}
