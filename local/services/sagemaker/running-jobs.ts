/** The result of a job. */
export interface Outcome {
  readonly status: 'Completed' | 'Failed' | 'Stopped';
  readonly reason?: string;
  readonly secondaryStatus?: string;
}

interface RunningJob {
  /** Aborted with the reason `stopped` or `closing`. */
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** The jobs of one kind that are in progress. */
export class RunningJobs {
  private readonly jobs = new Map<string, RunningJob>();

  /** Runs a job and reports its outcome. When the service closes, nothing is reported: the next start runs the job again. */
  public start(name: string, work: (stop: AbortSignal) => Promise<Outcome>, onEnd: (outcome: Outcome) => void): void {
    const stop = new AbortController();
    const failed = (error: Error): Outcome =>
      stop.signal.aborted ? { status: 'Stopped' } : { status: 'Failed', reason: error.message };
    const ended = work(stop.signal)
      .catch(failed)
      .then((outcome) => {
        this.jobs.delete(name);
        if (stop.signal.reason !== 'closing') onEnd(outcome);
      });
    this.jobs.set(name, { stop, ended });
  }

  public stop(name: string): void {
    this.jobs.get(name)?.stop.abort('stopped');
  }

  /** Stops all jobs without a change of their records. */
  public async close(): Promise<void> {
    const all = [...this.jobs.values()];
    all.forEach(({ stop }) => stop.abort('closing'));
    await Promise.all(all.map(({ ended }) => ended));
  }
}

/** Whether a job with this status has not ended. */
export function isActive(status: string): boolean {
  return status === 'InProgress' || status === 'Stopping';
}
