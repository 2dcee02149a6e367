/** How a job has ended. */
export interface Outcome {
  readonly status: 'Completed' | 'Failed' | 'Stopped';
  readonly reason?: string;
  readonly secondaryStatus?: string;
}

/** Aborted when the job is to be stopped, and when the service closes: what was not closed is told by the reason. */
interface Running {
  readonly stop: AbortController;
  readonly over: Promise<void>;
}

/** The jobs of one kind that are under way. */
export class RunningJobs {
  private readonly jobs = new Map<string, Running>();

  /** Does the work of a job, and tells how it has ended; when the service closes, nothing is told: it starts anew. */
  public start(name: string, work: (stop: AbortSignal) => Promise<Outcome>, end: (outcome: Outcome) => void): void {
    const stop = new AbortController();
    const failed = (error: Error): Outcome =>
      stop.signal.aborted ? { status: 'Stopped' } : { status: 'Failed', reason: error.message };
    const over = work(stop.signal)
      .catch(failed)
      .then((outcome) => {
        this.jobs.delete(name);
        if (stop.signal.reason !== 'closing') end(outcome);
      });
    this.jobs.set(name, { stop, over });
  }

  public stop(name: string): void {
    this.jobs.get(name)?.stop.abort('stopped');
  }

  /** Ends what runs without a trace in the records: the next start takes it up again. */
  public async close(): Promise<void> {
    const all = [...this.jobs.values()];
    all.forEach(({ stop }) => stop.abort('closing'));
    await Promise.all(all.map(({ over }) => over));
  }
}
