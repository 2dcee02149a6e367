import type { Deployment } from './deployment';
import type { Fleet, InstanceCounts } from './fleet';
import type { Replica } from './replicas';

interface Update {
  readonly deployment: Deployment;
  readonly fleet: Fleet;
}

/** The fleets of an endpoint: one that serves, and another one while a deployment replaces it. */
export class Hosting {
  private serving?: Fleet;
  private update?: Update;

  /** All fleets that have containers: also those that only complete their requests in progress. */
  private readonly fleets = new Set<Fleet>();
  private readonly stopped = new AbortController();

  /** The fleet that receives the next request; undefined if the endpoint does not serve. */
  public get fleet(): Fleet | undefined {
    const isNext = this.update !== undefined && Math.random() < this.update.deployment.share;
    return isNext ? this.update?.fleet : this.serving;
  }

  /** The deployment in progress. */
  public get deployment(): Deployment | undefined {
    return this.update?.deployment;
  }

  /** The number of instances that run on this machine. */
  public get count(): number {
    return this.serving?.count ?? 0;
  }

  /** Whether a model server receives requests. */
  public has(replica: Replica): boolean {
    return this.serving?.has(replica) === true || this.update?.fleet.has(replica) === true;
  }

  /** Starts and stops instances of the fleet that serves. */
  public async scaleTo(counts: InstanceCounts): Promise<void> {
    await this.serving?.scaleTo(counts);
  }

  /**
   * Replaces the fleet that serves. The old one completes its requests in progress, and serves again if the deployment fails.
   * @param onRollback called when the deployment has failed, before it is rolled back
   */
  public async replace(
    deployment: Deployment,
    fleet: Fleet,
    { oldCounts, nextCounts }: { readonly oldCounts: InstanceCounts; readonly nextCounts: InstanceCounts },
    onRollback: () => void,
  ): Promise<void> {
    const fleets = { old: this.serving, oldCounts, next: fleet, nextCounts };
    this.fleets.add(fleet);
    this.update = { deployment, fleet };
    try {
      await deployment.run(fleets, this.stopped.signal);
      if (!this.stopped.signal.aborted) this.serving = fleet;
    } catch (error) {
      if (fleets.old !== undefined) onRollback();
      await deployment.rollBack(fleets);
      throw error;
    } finally {
      this.update = undefined;
      const replaced = this.serving === fleet ? fleets.old : fleet;
      if (replaced !== undefined) void this.remove(replaced);
    }
  }

  /** Removes all containers after their requests in progress have ended. */
  public async drain(): Promise<void> {
    this.stop();
    await Promise.all([...this.fleets].map((fleet) => this.remove(fleet)));
  }

  /** Removes all containers at once. */
  public async dispose(): Promise<void> {
    this.stop();
    await Promise.all([...this.fleets].map((fleet) => fleet.dispose()));
  }

  private stop(): void {
    this.stopped.abort(new Error('The endpoint does not serve any more.'));
    this.serving = undefined;
  }

  private async remove(fleet: Fleet): Promise<void> {
    await fleet.drain();
    this.fleets.delete(fleet);
  }
}
