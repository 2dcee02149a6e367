import { randomUUID } from 'node:crypto';
import type { Context } from '../context';
import type { Store } from '../store';
import type { Provider, ProviderRequest } from './provider';
import type { Output, Stack, StackEvent, StackResource, Version } from './store';
import { type Scope, conditionHolds, dependenciesOf, resolve } from '../../aws-model/template';

/** A failure that has been told of already, or comes of another one. */
class Cancelled extends Error {}

interface Services {
  readonly context: Context;
  readonly stacks: Store<Stack>;
  provider(type: string): Provider | undefined;
  importValue(name: string): unknown;
}

/** One operation on a stack: creates, updates, rolls back and deletes its resources, and tells what happens. */
export class Deployment {
  private readonly cancellation = new AbortController();

  constructor(
    private readonly services: Services,
    private readonly name: string,
  ) {}

  /** Brings the stack to a version; back to the one before when that fails. */
  public async deploy(version: Version, isCreate: boolean): Promise<void> {
    const { version: old, resources, outputs } = this.stack;
    const [kind, status] = isCreate ? ['CREATE', 'CREATE_IN_PROGRESS'] : ['UPDATE', 'UPDATE_IN_PROGRESS'];
    const updated = isCreate ? {} : { updated: new Date().toISOString() };
    this.change({ version, garbage: [], previous: { version: old, resources, outputs }, ...updated });
    this.tell(status, 'User Initiated');
    try {
      await this.apply(version);
      this.change({ outputs: this.outputs(version) });
    } catch (error) {
      return isCreate ? this.rollbackCreate((error as Error).message) : this.rollbackUpdate((error as Error).message);
    }
    if (!isCreate) {
      this.tell('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
      await this.cleanUp(version);
    }
    this.tell(`${kind}_COMPLETE`);
  }

  public async delete(): Promise<void> {
    this.tell('DELETE_IN_PROGRESS', 'User Initiated');
    await this.removeGarbage();
    const failed = await this.remove(Object.values(this.stack.resources), false);
    if (failed.length > 0)
      this.tell('DELETE_FAILED', `The following resource(s) failed to delete: [${failed.join(', ')}].`);
    else this.tell('DELETE_COMPLETE');
  }

  /** What a killed service has left: nobody knows what would have come of it, so it goes back to what was. */
  public async recover(): Promise<void> {
    const { status, version } = this.stack;
    const reason = 'The local service was stopped meanwhile';
    if (status.startsWith('DELETE')) return this.delete();
    if (status.startsWith('CREATE') || status.startsWith('ROLLBACK')) return this.rollbackCreate(reason);
    if (status.startsWith('UPDATE_COMPLETE') && version !== undefined) {
      await this.cleanUp(version);
      return this.tell('UPDATE_COMPLETE');
    }
    if (status.startsWith('UPDATE_ROLLBACK_COMPLETE')) return this.endRollback();
    return this.rollbackUpdate(reason);
  }

  /** Removes what an update has replaced, and what its template has no more. */
  private async cleanUp(version: Version): Promise<void> {
    await this.removeGarbage();
    const removed = Object.values(this.stack.resources).filter(({ logicalId }) => !this.isWanted(version, logicalId));
    await this.remove(removed, false);
  }

  private async rollbackCreate(reason: string): Promise<void> {
    this.tell('ROLLBACK_IN_PROGRESS', `${reason}. Rollback requested by user.`);
    await this.removeGarbage();
    const failed = await this.remove(Object.values(this.stack.resources), true);
    this.tell(failed.length > 0 ? 'ROLLBACK_FAILED' : 'ROLLBACK_COMPLETE');
  }

  /** What the update has changed gets its properties back; what it has made is removed after that. */
  private async rollbackUpdate(reason: string): Promise<void> {
    this.tell('UPDATE_ROLLBACK_IN_PROGRESS', reason);
    const { version, resources: before, outputs } = this.stack.previous ?? this.stack;
    const isOld = ({ logicalId, physicalId }: StackResource): boolean => before[logicalId]?.physicalId === physicalId;
    const all = Object.values(this.stack.resources);
    this.change({ version });
    try {
      for (const resource of all.filter(isOld)) await this.restore(resource, before[resource.logicalId]);
    } catch (error) {
      return this.tell('UPDATE_ROLLBACK_FAILED', (error as Error).message);
    }
    const restored = Object.values(this.stack.resources).filter(isOld);
    const resources = { ...before, ...Object.fromEntries(restored.map((one) => [one.logicalId, one])) };
    this.change({ resources, outputs, garbage: all.filter((resource) => !isOld(resource)) });
    this.tell('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
    await this.endRollback();
  }

  private async endRollback(): Promise<void> {
    await this.removeGarbage();
    this.tell('UPDATE_ROLLBACK_COMPLETE');
  }

  private async restore(changed: StackResource, before: StackResource): Promise<void> {
    const { attempted, ...current } = changed;
    const properties = attempted ?? current.properties;
    if (JSON.stringify(properties) === JSON.stringify(before.properties)) return;
    this.record({ ...changed, status: 'UPDATE_IN_PROGRESS' });
    const request = this.request(changed.logicalId, changed.type, before.properties, () => undefined);
    const made = await this.services.provider(changed.type)?.update?.({ ...current, properties }, request);
    this.record({ ...before, ...made, status: 'UPDATE_COMPLETE', reason: undefined });
  }

  /** Makes and changes all resources, each as soon as what it waits for is done. */
  private async apply(version: Version): Promise<void> {
    const graph = dependenciesOf(version.template);
    const work = new Map<string, Promise<void>>();
    const failures: string[] = [];
    const start = (logicalId: string): Promise<void> => {
      const known = work.get(logicalId);
      if (known !== undefined) return known;
      const promise = Promise.all((graph.get(logicalId) ?? []).map(start))
        .then(() => this.applyOne(version, logicalId, graph.get(logicalId) ?? []))
        .catch((error: unknown) => {
          if (!(error instanceof Cancelled)) failures.push(logicalId);
          this.cancellation.abort();
          throw new Cancelled((error as Error).message);
        });
      work.set(logicalId, promise);
      return promise;
    };
    const wanted = Object.keys(version.template.Resources).filter((logicalId) => this.isWanted(version, logicalId));
    await Promise.allSettled(wanted.map(start));
    if (failures.length > 0) throw new Error(`The following resource(s) failed: [${failures.join(', ')}]`);
  }

  private async applyOne(version: Version, logicalId: string, dependsOn: string[]): Promise<void> {
    if (!this.isWanted(version, logicalId)) return;
    if (this.cancellation.signal.aborted) throw new Cancelled('Resource creation cancelled');
    const { Type, Properties = {}, DeletionPolicy, UpdateReplacePolicy } = version.template.Resources[logicalId];
    const current = this.stack.resources[logicalId];
    const base = { logicalId, type: Type, dependsOn, deletionPolicy: DeletionPolicy };
    try {
      const properties = resolve(Properties, this.scope(version)) as Record<string, unknown>;
      const provider = this.services.provider(Type);
      if (provider === undefined) throw new Error(`The local service knows no resources of type ${Type}.`);
      if (
        current !== undefined &&
        current.type === Type &&
        JSON.stringify(current.properties) === JSON.stringify(properties)
      ) {
        this.keep({ ...current, ...base });
        return;
      }
      const verb = current === undefined ? 'CREATE' : 'UPDATE';
      const started = {
        ...base,
        properties,
        attributes: {},
        physicalId: current?.physicalId ?? '',
        status: `${verb}_IN_PROGRESS`,
        time: '',
      };
      if (current === undefined) this.record(started);
      else this.record({ ...current, status: 'UPDATE_IN_PROGRESS', attempted: properties });
      const request = this.request(logicalId, Type, properties, (physicalId) => {
        if (current === undefined) this.keep({ ...started, physicalId });
      });
      const updated = current === undefined ? undefined : await provider.update?.(current, request);
      const made = updated ?? (await provider.create(request));
      if (current !== undefined && made.physicalId !== current.physicalId) {
        this.discard({ ...current, deletionPolicy: UpdateReplacePolicy });
      }
      this.record({ ...started, ...made, attributes: made.attributes ?? {}, status: `${verb}_COMPLETE` });
    } catch (error) {
      const verb = current === undefined ? 'CREATE' : 'UPDATE';
      const known = this.stack.resources[logicalId] ?? {
        ...base,
        properties: {},
        attributes: {},
        physicalId: '',
        time: '',
      };
      const failed = { ...known, status: `${verb}_FAILED`, reason: (error as Error).message };
      this.record(failed);
      throw error;
    }
  }

  /** Deletes resources, those first that others were made after. The ids of those that could not be deleted. */
  private async remove(resources: StackResource[], isRollback: boolean): Promise<string[]> {
    const failed: string[] = [];
    const left = new Map(resources.map((resource) => [resource.logicalId, resource]));
    while (left.size > 0) {
      const free = [...left.values()].filter(
        ({ logicalId }) => ![...left.values()].some(({ dependsOn }) => dependsOn.includes(logicalId)),
      );
      const next = free.length > 0 ? free : [...left.values()];
      await Promise.all(
        next.map(async (resource) => {
          left.delete(resource.logicalId);
          if (await this.removeOne(resource, isRollback)) {
            const others = Object.entries(this.stack.resources).filter(
              ([logicalId]) => logicalId !== resource.logicalId,
            );
            this.change({ resources: Object.fromEntries(others) });
          } else {
            failed.push(resource.logicalId);
          }
        }),
      );
    }
    return failed;
  }

  private async removeOne(resource: StackResource, isRollback: boolean): Promise<boolean> {
    const { deletionPolicy, type, physicalId } = resource;
    const isRetained = deletionPolicy === 'Retain' || (deletionPolicy === 'RetainExceptOnCreate' && !isRollback);
    if (isRetained && !(isRollback && deletionPolicy === 'RetainExceptOnCreate')) {
      this.event({ ...resource, status: 'DELETE_SKIPPED' });
      return true;
    }
    // What never came to be has nothing to delete.
    if (physicalId === '') return true;
    this.event({ ...resource, status: 'DELETE_IN_PROGRESS' });
    try {
      await this.services.provider(type)?.delete(resource, { stackId: this.stack.id, stackName: this.name });
      this.event({ ...resource, status: 'DELETE_COMPLETE' });
      return true;
    } catch (error) {
      this.event({ ...resource, status: 'DELETE_FAILED', reason: (error as Error).message });
      return false;
    }
  }

  private async removeGarbage(): Promise<void> {
    for (const resource of [...this.stack.garbage].reverse()) {
      await this.removeOne(resource, false);
      this.change({ garbage: this.stack.garbage.filter((one) => one !== resource) });
    }
  }

  private discard(resource: StackResource): void {
    this.change({ garbage: [...this.stack.garbage, resource] });
  }

  private isWanted(version: Version, logicalId: string): boolean {
    const definition = version.template.Resources[logicalId];
    if (definition === undefined) return false;
    return definition.Condition === undefined || conditionHolds(definition.Condition, this.scope(version));
  }

  private outputs(version: Version): Output[] {
    const scope = this.scope(version);
    return Object.entries(version.template.Outputs ?? {})
      .filter(([, { Condition }]) => Condition === undefined || conditionHolds(Condition, scope))
      .map(([OutputKey, { Value, Description, Export }]) => ({
        OutputKey,
        OutputValue: String(resolve(Value, scope)),
        Description,
        ExportName: Export && String(resolve(Export.Name, scope)),
      }));
  }

  private scope({ template, values }: Version): Scope {
    const { context } = this.services;
    const resource = (logicalId: string): StackResource => {
      const found = this.stack.resources[logicalId];
      if (found === undefined) throw new Error(`${logicalId} is referred to and does not exist.`);
      return found;
    };
    return {
      template,
      values: {
        ...values,
        'AWS::AccountId': context.account,
        'AWS::Region': context.region,
        'AWS::Partition': context.partition,
        'AWS::URLSuffix': context.urlSuffix,
        'AWS::StackName': this.name,
        'AWS::StackId': this.stack.id,
        'AWS::NotificationARNs': [],
      },
      ref: (logicalId) => resource(logicalId).physicalId,
      attribute: (logicalId, name) => {
        const { attributes, type } = resource(logicalId);
        if (!Object.hasOwn(attributes, name))
          throw new Error(`The local service knows no attribute ${name} of ${logicalId} (${type}).`);
        return attributes[name];
      },
      importValue: (name) => this.services.importValue(name),
    };
  }

  private request(
    logicalId: string,
    type: string,
    properties: Record<string, unknown>,
    made: (id: string) => void,
  ): ProviderRequest {
    const { id, version } = this.stack;
    return {
      stackName: this.name,
      stackId: id,
      logicalId,
      type,
      properties,
      tags: version?.tags ?? [],
      made,
      cancelled: this.cancellation.signal,
    };
  }

  private get stack(): Stack {
    const stack = this.services.stacks.get(this.name);
    if (stack === undefined) throw new Error(`There is no stack ${this.name}.`);
    return stack;
  }

  private change(change: Partial<Stack>): void {
    this.services.stacks.update(this.name, change);
  }

  private keep(resource: StackResource): void {
    this.change({ resources: { ...this.stack.resources, [resource.logicalId]: resource } });
  }

  private record(resource: StackResource): void {
    this.keep({ ...resource, time: new Date().toISOString() });
    this.event(resource);
  }

  private event({ logicalId, physicalId, type, status, reason }: StackResource): void {
    this.append(logicalId, physicalId, type, status, reason);
  }

  /** The status of the stack itself. */
  private tell(status: string, reason?: string): void {
    this.change({ status, reason });
    this.append(this.name, this.stack.id, 'AWS::CloudFormation::Stack', status, reason);
  }

  private append(
    LogicalResourceId: string,
    PhysicalResourceId: string,
    ResourceType: string,
    ResourceStatus: string,
    reason?: string,
  ): void {
    const { id: StackId, events } = this.stack;
    const event: StackEvent = {
      EventId: randomUUID(),
      StackId,
      StackName: this.name,
      LogicalResourceId,
      PhysicalResourceId,
      ResourceType,
      Timestamp: new Date().toISOString(),
      ResourceStatus,
      ResourceStatusReason: reason,
    };
    this.change({ events: [...events, event] });
  }
}
