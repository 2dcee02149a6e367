/** The clock of a handler. Tests use a simulated one. */
export interface Clock {
  sleep(milliseconds: number): Promise<void>;
  now(): number;

  /** The part of a pause before an attempt that is waited: functions that were throttled at the same time must not retry at the same time. */
  random(): number;
}

export const SYSTEM_CLOCK: Clock = {
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  now: () => Date.now(),
  random: () => Math.random(),
};

/** The time of the clock after which no further attempt starts. */
export type Deadline = number;

const RETRIES_AFTER_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

/** Retries work that fails with a retryable error, after pauses that grow, until the deadline. */
export async function retry<T>(
  clock: Clock,
  deadline: Deadline,
  isRetryable: (error: Error) => boolean,
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const pause = RETRIES_AFTER_MS[Math.min(attempt, RETRIES_AFTER_MS.length - 1)];
      if (!isRetryable(error as Error) || clock.now() + pause > deadline) throw error;
      await clock.sleep(pause * clock.random());
    }
  }
}

/** Whether an error is transient: throttling, a service error or a network error. */
export function isTransient(error: Error): boolean {
  // The error that `fetch` throws contains the network error as its cause.
  if (typeof error.cause === 'object' && error.cause !== null && isTransient(error.cause as Error)) return true;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
  return (
    status >= 500 ||
    status === 429 ||
    /Throttl|TooManyRequests|ServiceUnavailable|InternalFailure|InternalServer|Timeout|ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|UND_ERR|fetch failed/.test(
      `${error.name} ${(error as NodeJS.ErrnoException).code ?? ''} ${error.name === 'TypeError' ? error.message : ''}`,
    )
  );
}

/** Whether an error can disappear without a change: it is transient, or a new permission has not been propagated yet. */
export function isTemporary(error: Error): boolean {
  return isTransient(error) || isPermissionError(error);
}

/** Whether a permission is missing, perhaps because a new role or policy has not been propagated yet. */
export function isPermissionError(error: Error): boolean {
  return (
    /AccessDenied|UnauthorizedOperation/.test(error.name) ||
    /not authorized to perform|could not assume role|cannot assume|unable to assume|does not have permission/i.test(
      error.message,
    )
  );
}
