interface RequestInProgress {
  readonly ended: Promise<void>;
}

/** The requests that the containers of a model process. */
export class RequestsInProgress {
  private readonly requests = new Set<RequestInProgress>();

  public get count(): number {
    return this.requests.size;
  }

  /** Counts a request until the returned function is called, or until its time limit has passed. */
  public begin(timeoutSeconds: number): () => void {
    let resolve: () => void = () => undefined;
    const request = { ended: new Promise<void>((onEnd) => (resolve = onEnd)) };
    const end = (): void => {
      clearTimeout(timer);
      this.requests.delete(request);
      resolve();
    };
    const timer = setTimeout(end, timeoutSeconds * 1000).unref();
    this.requests.add(request);
    return end;
  }

  /** Resolves when no request is in progress. */
  public async ended(): Promise<void> {
    while (this.requests.size > 0) await Promise.all([...this.requests].map(({ ended }) => ended));
  }
}
