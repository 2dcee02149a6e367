import { randomUUID } from 'node:crypto';
import { type Scope, conditionHolds, resolve } from '../../aws-model/template';
import { notSupported } from '../../aws-model/not-supported';
import type { Context } from '../context';
import { valuesOf } from './parameter-values';
import { statusChangeOf } from './status-change';
import type { Output, Stack, StackEvent, StackResource, Stacks, Version } from './store';

/** The stored state of one stack, as an operation reads and changes it. */
export class StackState {
  constructor(
    private readonly context: Context,
    private readonly stacks: Stacks,
    public readonly name: string,
  ) {}

  public get stack(): Stack {
    const stack = this.stacks.find(this.name);
    if (stack === undefined) throw new Error(`The stack ${this.name} does not exist.`);
    return stack;
  }

  public change(change: Partial<Stack>): void {
    this.stacks.update(this.name, change);
  }

  public setStatus(status: string, reason?: string): void {
    const deletionTime = status === 'DELETE_COMPLETE' ? new Date().toISOString() : undefined;
    this.change({ status, reason, deletionTime });
    const { id } = this.stack;
    this.addEvent({ logicalId: this.name, physicalId: id, type: 'AWS::CloudFormation::Stack', status, reason });
  }

  /** Saves a resource without an event. */
  public save(resource: StackResource): void {
    this.change({ resources: { ...this.stack.resources, [resource.logicalId]: resource } });
  }

  /** Saves a resource whose status has changed, with the event. */
  public saveStatus(resource: StackResource): void {
    this.save({ ...resource, time: new Date().toISOString() });
    this.addEvent(resource);
  }

  public remove(logicalId: string): void {
    const others = Object.entries(this.stack.resources).filter(([id]) => id !== logicalId);
    this.change({ resources: Object.fromEntries(others) });
  }

  public addEvent({
    logicalId,
    physicalId,
    type,
    status,
    reason,
  }: Pick<StackResource, 'logicalId' | 'physicalId' | 'type' | 'status' | 'reason'>): void {
    const event: StackEvent = {
      EventId: randomUUID(),
      StackId: this.stack.id,
      StackName: this.name,
      LogicalResourceId: logicalId,
      PhysicalResourceId: physicalId,
      ResourceType: type,
      Timestamp: new Date().toISOString(),
      ResourceStatus: status,
      ResourceStatusReason: reason,
      ClientRequestToken: this.stack.token,
    };
    this.stacks.addEvent(event);
    this.context.events.publish('serviceEvent', statusChangeOf(event));
  }

  /** Whether a template contains a resource, and its condition holds. */
  public isWanted(version: Version, logicalId: string): boolean {
    const definition = version.template.Resources[logicalId];
    if (definition === undefined) return false;
    return definition.Condition === undefined || conditionHolds(definition.Condition, this.scope(version));
  }

  public outputsOf(version: Version): Output[] {
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

  /** Resolves the references of a template to the resources of the stack. */
  public scope(version: Version): Scope {
    const resource = (logicalId: string): StackResource => {
      const found = this.stack.resources[logicalId];
      if (found === undefined) throw new Error(`The template references ${logicalId}, which does not exist.`);
      return found;
    };
    return {
      template: version.template,
      values: valuesOf(this.context, version, this.stack),
      ref: (logicalId) => resource(logicalId).physicalId,
      attribute: (logicalId, name) => {
        const { attributes, type } = resource(logicalId);
        if (!Object.hasOwn(attributes, name)) {
          throw new Error(notSupported('cloudformation', `the attribute ${name} of ${logicalId} (${type})`));
        }
        return attributes[name];
      },
      importValue: (name) => this.stacks.importValue(name),
      stackOutput: (stackName, outputName) => this.stacks.output(stackName, outputName),
    };
  }
}
