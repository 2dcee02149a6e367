/** Time as the handlers see it; tests have another one. */
export interface Clock {
  sleep(milliseconds: number): Promise<void>;
  now(): number;
}

/** The work is to be given up at this time. */
export type Deadline = number;

const RETRIES_AFTER_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

/** Does something again while it fails for a cause that passes, until the deadline. */
export async function retrying<T>(
  clock: Clock,
  deadline: Deadline,
  passes: (error: Error) => boolean,
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const pause = RETRIES_AFTER_MS[Math.min(attempt, RETRIES_AFTER_MS.length - 1)];
      if (!passes(error as Error) || clock.now() + pause > deadline) throw error;
      await clock.sleep(pause);
    }
  }
}

/** Throttling, faults of the service and of the network: nothing that the request is to blame for. */
export function isTransient(error: Error): boolean {
  // What fetch throws for a broken network says so in its cause only.
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

/** A role or policy that was made seconds ago is not known everywhere yet. */
export function isPermission(error: Error): boolean {
  return (
    /AccessDenied|UnauthorizedOperation/.test(error.name) ||
    /not authorized to perform|could not assume role|cannot assume|unable to assume|does not have permission/i.test(
      error.message,
    )
  );
}
