/** How much longer than the specified run another one may take: the machine may be busy. */
const PATIENCE = 10;
const MIN_SECONDS = 120;

/** How long a change of a run that did not end within the time limit has to make a difference: the limit is waited for once. */
const AFTER_TIMEOUT_SECONDS = 60;

interface Baseline {
  readonly result?: { readonly status: string };

  /** In milliseconds. */
  readonly duration: number;
}

/** The time limit of another run than the specified one, in seconds. */
export function runLimit(limitSeconds: number, baseline: Baseline | undefined): number {
  if (baseline === undefined) return limitSeconds;
  const isTimeout = baseline.result?.status === 'Stopped';
  const patience = isTimeout ? AFTER_TIMEOUT_SECONDS : Math.max(MIN_SECONDS, (baseline.duration / 1000) * PATIENCE);
  return Math.min(limitSeconds, patience);
}
