import type { Fleet, InstanceCounts } from './fleet';
import type { Replica } from './replicas';

/** The fleets of an endpoint: one that serves, and another one while an update replaces it. */
export class Hosting {
  private serving?: Fleet;

  /** All fleets that have containers: also those that start, and those that only complete their requests in progress. */
  private readonly fleets = new Set<Fleet>();

  /** The fleet that receives the next request; undefined if the endpoint does not serve. */
  public get fleet(): Fleet | undefined {
    return this.serving;
  }

  /** Whether a model server receives requests. */
  public has(replica: Replica): boolean {
    return this.serving?.has(replica) === true;
  }

  /** Replaces the fleet that serves, if another one becomes healthy. The old one completes its requests in progress. */
  public async replace(fleet: Fleet, counts: InstanceCounts): Promise<void> {
    this.fleets.add(fleet);
    try {
      await fleet.scaleTo(counts);
    } catch (error) {
      await this.remove(fleet);
      throw error;
    }
    const old = this.serving;
    this.serving = fleet;
    if (old !== undefined) void this.remove(old);
  }

  /** Removes all containers after their requests in progress have ended. */
  public async drain(): Promise<void> {
    this.serving = undefined;
    await Promise.all([...this.fleets].map((fleet) => this.remove(fleet)));
  }

  /** Removes all containers at once. */
  public async dispose(): Promise<void> {
    this.serving = undefined;
    await Promise.all([...this.fleets].map((fleet) => fleet.dispose()));
  }

  private async remove(fleet: Fleet): Promise<void> {
    await fleet.drain();
    this.fleets.delete(fleet);
  }
}
