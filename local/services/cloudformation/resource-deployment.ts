import { type ResourceDefinition, dependenciesOf, resolve } from '../../aws-model/template';
import { notSupported } from '../../aws-model/not-supported';
import type { ResourceRequest, ResourceType } from '../resource-type';
import type { StackState } from './stack-state';
import type { StackResource, Version } from './store';

/** The failure of a resource as a consequence of another failure. */
class Cancelled extends Error {}

type Properties = Record<string, unknown>;
type ResourceBase = Pick<StackResource, 'logicalId' | 'type' | 'dependsOn' | 'deletionPolicy'>;

/** Creates, updates and deletes the resources of a stack, in the order of their dependencies. */
export class ResourceDeployment {
  private readonly cancellation = new AbortController();

  constructor(
    private readonly state: StackState,
    private readonly typeOf: (name: string) => ResourceType | undefined,
  ) {}

  /** Creates and updates all resources, each as soon as its dependencies are complete. */
  public async deploy(version: Version): Promise<void> {
    const graph = dependenciesOf(version.template);
    const work = new Map<string, Promise<void>>();
    const failures: string[] = [];
    const start = (logicalId: string): Promise<void> => {
      const known = work.get(logicalId);
      if (known !== undefined) return known;
      const dependsOn = graph.get(logicalId) ?? [];
      const promise = Promise.all(dependsOn.map(start))
        .then(() => this.deployOne(version, logicalId, dependsOn))
        .catch((error: unknown) => {
          if (!(error instanceof Cancelled)) failures.push(logicalId);
          this.cancellation.abort();
          throw new Cancelled((error as Error).message);
        });
      work.set(logicalId, promise);
      return promise;
    };
    const wanted = Object.keys(version.template.Resources).filter((id) => this.state.isWanted(version, id));
    await Promise.allSettled(wanted.map(start));
    if (failures.length > 0) throw new Error(this.reasonOf(failures));
  }

  private reasonOf(failures: string[]): string {
    const { resources } = this.state.stack;
    return ['create', 'update']
      .map((verb) => {
        const failed = failures.filter((id) => resources[id]?.status === `${verb.toUpperCase()}_FAILED`);
        return failed.length === 0 ? '' : `The following resource(s) failed to ${verb}: [${failed.join(', ')}]. `;
      })
      .join('');
  }

  /** Returns an updated resource to its properties before the update. */
  public async restore(changed: StackResource, before: StackResource): Promise<void> {
    const { attempted, ...current } = changed;
    const properties = attempted ?? current.properties;
    if (isSame(properties, before.properties)) return;
    this.state.saveStatus({ ...changed, status: 'UPDATE_IN_PROGRESS', reason: undefined });
    const request = this.request(changed.logicalId, changed.type, before.properties);
    try {
      const restored = await this.typeOf(changed.type)?.update?.({ ...current, properties }, request);
      this.state.saveStatus({ ...before, ...restored, status: 'UPDATE_COMPLETE', reason: undefined });
    } catch (error) {
      this.state.saveStatus({ ...changed, status: 'UPDATE_FAILED', reason: (error as Error).message });
      throw error;
    }
  }

  /** Leaves a resource as it is, and records it with its properties before the update. */
  public skip(before: StackResource): void {
    const reason = 'Resource update was skipped during the rollback';
    this.state.saveStatus({ ...before, status: 'UPDATE_COMPLETE', reason });
  }

  /**
   * Deletes resources, dependents first. Returns the IDs of those that could not be deleted. Their dependencies, such as the
   * function of a custom resource, are kept too.
   */
  public async delete(resources: StackResource[], isRollback: boolean): Promise<string[]> {
    const failed: string[] = [];
    let left = resources;
    for (;;) {
      const isFree = ({ logicalId }: StackResource): boolean =>
        !failed.includes(logicalId) && !left.some(({ dependsOn }) => dependsOn.includes(logicalId));
      const free = left.filter(isFree);
      if (free.length === 0) return failed;
      await Promise.all(
        free.map(async (resource) => {
          if (!(await this.deleteOne(resource, isRollback))) return failed.push(resource.logicalId);
          this.state.remove(resource.logicalId);
          return (left = left.filter((one) => one !== resource));
        }),
      );
    }
  }

  /** Deletes a resource, unless its deletion policy retains it. Returns false if that fails. */
  public async deleteOne(resource: StackResource, isRollback: boolean): Promise<boolean> {
    const { deletionPolicy, type, physicalId } = resource;
    if (deletionPolicy === 'Retain' || (deletionPolicy === 'RetainExceptOnCreate' && !isRollback)) {
      this.state.addEvent({ ...resource, status: 'DELETE_SKIPPED' });
      return true;
    }
    const wasCreated = physicalId !== '';
    if (!wasCreated) return true;
    this.state.addEvent({ ...resource, status: 'DELETE_IN_PROGRESS' });
    try {
      await this.typeOf(type)?.delete(resource, { stackId: this.state.stack.id, stackName: this.state.name });
      this.state.addEvent({ ...resource, status: 'DELETE_COMPLETE' });
      return true;
    } catch (error) {
      this.state.addEvent({ ...resource, status: 'DELETE_FAILED', reason: (error as Error).message });
      return false;
    }
  }

  private async deployOne(version: Version, logicalId: string, dependsOn: string[]): Promise<void> {
    if (!this.state.isWanted(version, logicalId)) return;
    if (this.cancellation.signal.aborted) throw new Cancelled('Resource creation cancelled');
    const definition = version.template.Resources[logicalId];
    const current = this.state.stack.resources[logicalId];
    const base = { logicalId, type: definition.Type, dependsOn, deletionPolicy: definition.DeletionPolicy };
    try {
      const properties = resolve(definition.Properties ?? {}, this.state.scope(version)) as Properties;
      if (current === undefined) await this.create(base, properties);
      else if (current.type === base.type && isSame(current.properties, properties)) {
        this.state.save({ ...current, ...base });
        await this.updateTags(version, { ...current, ...base });
      } else await this.update(current, base, properties, definition);
    } catch (error) {
      const none = { ...base, properties: {}, attributes: {}, physicalId: '', time: '' };
      const status = current === undefined ? 'CREATE_FAILED' : 'UPDATE_FAILED';
      const known = this.state.stack.resources[logicalId] ?? none;
      this.state.saveStatus({ ...known, status, reason: (error as Error).message });
      throw error;
    }
  }

  /** Changes a resource of which only the tags of the stack have changed. */
  private async updateTags(version: Version, current: StackResource): Promise<void> {
    const before = this.state.stack.previous?.version?.tags ?? [];
    const type = this.existingType(current.type);
    if (type.updateTags === undefined || isSame(before, version.tags)) return;
    this.state.saveStatus({ ...current, status: 'UPDATE_IN_PROGRESS', reason: undefined });
    await type.updateTags(current, this.request(current.logicalId, current.type, current.properties));
    this.state.saveStatus({ ...current, status: 'UPDATE_COMPLETE', reason: undefined });
  }

  private async create(base: ResourceBase, properties: Properties): Promise<void> {
    const type = this.existingType(base.type);
    const started = { ...base, properties, attributes: {}, physicalId: '', status: 'CREATE_IN_PROGRESS', time: '' };
    this.state.saveStatus(started);
    const request = this.request(base.logicalId, base.type, properties, (physicalId) =>
      this.state.save({ ...started, physicalId }),
    );
    const { physicalId, attributes = {} } = await type.create(request);
    this.state.saveStatus({ ...started, physicalId, attributes, status: 'CREATE_COMPLETE' });
  }

  private async update(
    current: StackResource,
    base: ResourceBase,
    properties: Properties,
    { UpdateReplacePolicy: deletionPolicy }: ResourceDefinition,
  ): Promise<void> {
    const type = this.existingType(base.type);
    this.state.saveStatus({ ...current, status: 'UPDATE_IN_PROGRESS', attempted: properties });
    const request = this.request(base.logicalId, base.type, properties);
    const updated = await type.update?.(current, request);
    const { physicalId, attributes = {} } = updated ?? (await type.create(request));
    if (physicalId !== current.physicalId) {
      this.state.change({ obsolete: [...this.state.stack.obsolete, { ...current, deletionPolicy }] });
    }
    this.state.saveStatus({ ...base, properties, physicalId, attributes, status: 'UPDATE_COMPLETE', time: '' });
  }

  private existingType(name: string): ResourceType {
    const type = this.typeOf(name);
    if (type === undefined) {
      throw new Error(notSupported('cloudformation', `resources of type ${name}`));
    }
    return type;
  }

  private request(
    logicalId: string,
    type: string,
    properties: Properties,
    onCreated: (physicalId: string) => void = () => undefined,
  ): ResourceRequest {
    const { id, version } = this.state.stack;
    return {
      stackName: this.state.name,
      stackId: id,
      logicalId,
      type,
      properties,
      tags: version?.tags ?? [],
      onCreated,
      cancelled: this.cancellation.signal,
    };
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
