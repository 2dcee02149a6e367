/** The shortest time between two descriptions of a job or a stack. */
export const MIN_WAIT_SECONDS = 30;

/**
 * The part of the time since its start after which it is described again. An execution can have 25,000 events, and a job of the maximum
 * duration of 28 days is described about 500 times.
 */
const WAIT_SHARE = 1 / 60;

/** The time until the next description, from the time since the start. */
export function waitSeconds(milliseconds: number): number {
  return Math.max(MIN_WAIT_SECONDS, Math.round((milliseconds / 1000) * WAIT_SHARE));
}
