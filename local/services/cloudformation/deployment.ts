import { type ResourceDeployment } from './resource-deployment';
import type { StackState } from './stack-state';
import type { StackResource, Version } from './store';

/** One operation on a stack: it creates, updates, rolls back or deletes the resources. */
export class Deployment {
  constructor(
    private readonly state: StackState,
    private readonly resources: ResourceDeployment,
  ) {}

  /** Deploys a version, and rolls back if that fails. */
  public async deploy(version: Version, isCreate: boolean): Promise<void> {
    const { version: old, resources, outputs } = this.state.stack;
    const [kind, status] = isCreate ? ['CREATE', 'CREATE_IN_PROGRESS'] : ['UPDATE', 'UPDATE_IN_PROGRESS'];
    const updateTime = isCreate ? {} : { updateTime: new Date().toISOString() };
    this.state.change({ version, obsolete: [], previous: { version: old, resources, outputs }, ...updateTime });
    this.state.setStatus(status, 'User Initiated');
    try {
      await this.resources.deploy(version);
      this.state.change({ outputs: this.state.outputsOf(version) });
    } catch (error) {
      return isCreate ? this.rollbackCreate((error as Error).message) : this.rollbackUpdate((error as Error).message);
    }
    if (!isCreate) {
      this.state.setStatus('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
      await this.cleanUp(version);
    }
    this.state.setStatus(`${kind}_COMPLETE`);
  }

  public async delete(): Promise<void> {
    this.state.setStatus('DELETE_IN_PROGRESS', 'User Initiated');
    await this.deleteObsolete();
    const failed = await this.resources.delete(Object.values(this.state.stack.resources), false);
    if (failed.length > 0) {
      const reason = `The following resource(s) failed to delete: [${failed.join(', ')}].`;
      this.state.setStatus('DELETE_FAILED', reason);
    } else {
      this.state.setStatus('DELETE_COMPLETE');
    }
  }

  /**
   * Continues a rollback that has failed.
   * @param skipped - the logical IDs of the resources that are left as they are
   */
  public continueRollback(skipped: string[]): Promise<void> {
    return this.rollbackUpdate('User Initiated', skipped);
  }

  /** Rolls back an operation that was in progress when the service stopped, because its outcome is not known. */
  public async recover(): Promise<void> {
    const { status, version } = this.state.stack;
    const reason = 'The local service stopped during the operation. ';
    if (status.startsWith('DELETE')) return this.delete();
    if (status.startsWith('CREATE') || status.startsWith('ROLLBACK')) return this.rollbackCreate(reason);
    if (status.startsWith('UPDATE_COMPLETE') && version !== undefined) {
      await this.cleanUp(version);
      return this.state.setStatus('UPDATE_COMPLETE');
    }
    if (status.startsWith('UPDATE_ROLLBACK_COMPLETE')) return this.endRollback();
    return this.rollbackUpdate(reason);
  }

  /** Deletes the resources that an update has replaced, and those that the template does not contain any more. */
  private async cleanUp(version: Version): Promise<void> {
    await this.deleteObsolete();
    const removed = Object.values(this.state.stack.resources).filter(
      ({ logicalId }) => !this.state.isWanted(version, logicalId),
    );
    await this.resources.delete(removed, false);
  }

  private async rollbackCreate(reason: string): Promise<void> {
    this.state.setStatus('ROLLBACK_IN_PROGRESS', `${reason}Rollback requested by user.`);
    await this.deleteObsolete();
    const failed = await this.resources.delete(Object.values(this.state.stack.resources), true);
    this.state.setStatus(failed.length > 0 ? 'ROLLBACK_FAILED' : 'ROLLBACK_COMPLETE');
  }

  /** Restores the resources that the update has changed, then deletes those that it has created. */
  private async rollbackUpdate(reason: string, skipped: string[] = []): Promise<void> {
    this.state.setStatus('UPDATE_ROLLBACK_IN_PROGRESS', reason);
    const { version, resources: before, outputs } = this.state.stack.previous ?? this.state.stack;
    const isOld = ({ logicalId, physicalId }: StackResource): boolean => before[logicalId]?.physicalId === physicalId;
    const all = Object.values(this.state.stack.resources);
    this.state.change({ version });
    for (const resource of all.filter(isOld)) {
      const { logicalId } = resource;
      if (skipped.includes(logicalId)) this.resources.skip(before[logicalId]);
      else if (!(await this.isRestored(resource, before[logicalId]))) {
        const failed = `The following resource(s) failed to update: [${logicalId}]. `;
        return this.state.setStatus('UPDATE_ROLLBACK_FAILED', failed);
      }
    }
    const restored = Object.values(this.state.stack.resources).filter(isOld);
    const resources = { ...before, ...Object.fromEntries(restored.map((one) => [one.logicalId, one])) };
    this.state.change({ resources, outputs, obsolete: all.filter((resource) => !isOld(resource)) });
    this.state.setStatus('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
    await this.endRollback();
  }

  private isRestored(resource: StackResource, before: StackResource): Promise<boolean> {
    return this.resources.restore(resource, before).then(
      () => true,
      () => false,
    );
  }

  private async endRollback(): Promise<void> {
    await this.deleteObsolete();
    this.state.setStatus('UPDATE_ROLLBACK_COMPLETE');
  }

  private async deleteObsolete(): Promise<void> {
    for (const resource of [...this.state.stack.obsolete].reverse()) {
      await this.resources.deleteOne(resource, false);
      this.state.change({ obsolete: this.state.stack.obsolete.filter((one) => one !== resource) });
    }
  }
}
