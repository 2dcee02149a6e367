import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import { ServiceError } from '../../aws-model/service-error';
import type { Template } from '../../aws-model/template';
import type { Context } from '../context';
import { appendLine, readLines } from '../json-lines';
import type { ExistingResource } from '../resource-type';
import type { Store } from '../store';

/** A resource of a stack. */
export interface StackResource extends ExistingResource {
  /** The properties of an update that is in progress or has failed. */
  readonly attempted?: Record<string, unknown>;

  /** The resources that are created before it, and deleted after it. */
  readonly dependsOn: string[];
  readonly deletionPolicy?: string;
  readonly status: string;
  readonly reason?: string;
  readonly time: string;
}

export interface StackEvent {
  readonly EventId: string;
  readonly StackId: string;
  readonly StackName: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId: string;
  readonly ResourceType: string;
  readonly Timestamp: string;
  readonly ResourceStatus: string;
  readonly ResourceStatusReason?: string;
  readonly ClientRequestToken?: string;
}

export interface Output {
  readonly OutputKey: string;
  readonly OutputValue: string;
  readonly Description?: string;
  readonly ExportName?: string;
}

/** A template with parameters and tags, to which a stack is deployed. */
export interface Version {
  readonly template: Template;
  readonly templateBody: string;

  /** The parameters as given: for an SSM parameter type, the name of the SSM parameter. */
  readonly parameters: Record<string, string>;

  /** The values of the parameters. */
  readonly values: Record<string, string>;
  readonly tags: { Key: string; Value: string }[];
}

export interface Stack {
  readonly name: string;
  readonly id: string;
  readonly status: string;
  readonly reason?: string;
  readonly creationTime: string;
  readonly updateTime?: string;
  readonly deletionTime?: string;

  /** Termination protection; a stack without it can be deleted. */
  readonly isProtected?: boolean;
  readonly version?: Version;

  /** The role that the last request with a role has passed. CloudFormation uses it for all further operations. */
  readonly roleArn?: string;
  readonly capabilities?: string[];

  /** The token of the request for the last operation. */
  readonly token?: string;

  /** The requests with a token, so that a repeated request has no effect. */
  readonly requests?: Record<string, StackRequest>;

  /** The number of operations so far. A change set is obsolete after an operation that came after its creation. */
  readonly revision?: number;
  readonly resources: Record<string, StackResource>;
  readonly outputs: Output[];

  /** The state before the update in progress, to which a rollback returns, also after a restart. */
  readonly previous?: Pick<Stack, 'version' | 'resources' | 'outputs'>;

  /** Resources that an update has replaced, or that a failed update has created; the clean-up deletes them. */
  readonly obsolete: StackResource[];
}

export interface StackRequest {
  /** The operation with its parameters. */
  readonly text: string;
  readonly result: Record<string, unknown>;
}

export interface Change {
  readonly Action: 'Add' | 'Modify' | 'Remove';
  readonly LogicalResourceId: string;
  readonly ResourceType: string;
}

export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly stackName: string;
  readonly type: 'CREATE' | 'UPDATE';
  readonly status: 'CREATE_COMPLETE' | 'FAILED';
  readonly reason?: string;
  readonly executionStatus: string;
  readonly version: Version;
  readonly creationTime: string;
  readonly description?: string;
  readonly changes: Change[];
  readonly roleArn?: string;
  readonly capabilities: string[];

  /** The number of operations on the stack when the change set was created. */
  readonly revision: number;

  /** The token of the request that has executed it. */
  readonly token?: string;
}

interface StackExport {
  readonly stack: Stack;
  readonly name: string;
  readonly value: string;
}

/** The stacks with their events. Events are appended to a file for each stack. */
export class Stacks {
  private readonly stacks: Store<Stack>;
  private readonly eventsDirectory: string;

  constructor(private readonly context: Context) {
    this.stacks = context.store<Stack>('stacks');
    this.eventsDirectory = path.join(context.directory, 'state', 'stack-events');
    mkdirSync(this.eventsDirectory, { recursive: true });
  }

  public list(): Stack[] {
    return this.stacks.list();
  }

  /** The stacks that are not deleted. */
  public active(): Stack[] {
    return this.list().filter(({ status }) => status !== 'DELETE_COMPLETE');
  }

  /** Creates a stack without resources, in the place of a deleted one of this name. */
  public create(name: string, status: string): Stack {
    this.remove(name);
    return this.stacks.put(name, {
      name,
      id: this.context.arn('cloudformation', `stack/${name}/${randomUUID()}`),
      status,
      creationTime: new Date().toISOString(),
      resources: {},
      outputs: [],
      obsolete: [],
    });
  }

  public update(name: string, change: Partial<Stack>): Stack {
    return this.stacks.update(name, change);
  }

  /** Removes the record of a stack, and its events. */
  public remove(name: string): void {
    const stack = this.stacks.get(name);
    if (stack === undefined) return;
    this.stacks.delete(name);
    rmSync(this.eventsFile(stack.id), { force: true });
  }

  public find(nameOrId: string): Stack | undefined {
    return this.stacks.get(nameOrId) ?? this.list().find(({ id }) => id === nameOrId);
  }

  /** A stack by its name or ID; a deleted stack by its ID only. */
  public existing(nameOrId: string, missing = missingStack): Stack {
    const stack = this.find(nameOrId);
    if (stack === undefined || (stack.status === 'DELETE_COMPLETE' && stack.id !== nameOrId)) {
      throw missing(nameOrId);
    }
    return stack;
  }

  public addEvent(event: StackEvent): void {
    appendLine(this.eventsFile(event.StackId), event);
  }

  /** The events of a stack, the oldest first. */
  public eventsOf({ id }: Stack): StackEvent[] {
    return readLines(this.eventsFile(id));
  }

  public exports(): StackExport[] {
    return this.active().flatMap((stack) =>
      stack.outputs.flatMap(({ ExportName, OutputValue }) =>
        ExportName === undefined ? [] : [{ stack, name: ExportName, value: OutputValue }],
      ),
    );
  }

  public importValue(name: string): string {
    const found = this.exports().find((one) => one.name === name);
    if (found === undefined) throw new Error(`No export named ${name} found.`);
    return found.value;
  }

  /** The value of an output, by the name or the ID of its stack. */
  public output(stack: string, name: string): string {
    const { outputs } = this.existing(stack);
    const found = outputs.find(({ OutputKey }) => OutputKey === name);
    if (found === undefined) throw new Error(`The stack ${stack} has no output named ${name}.`);
    return found.OutputValue;
  }

  /** The complete ID of a stack can be longer than the name of a file. */
  private eventsFile(stackId: string): string {
    return path.join(this.eventsDirectory, `${stackId.split('/').pop()}.jsonl`);
  }
}

/** The error of events and updates. Clients recognize a deleted stack by this text, which differs from that of the other operations. */
export function unknownStack(name: string): ServiceError {
  return new ServiceError('ValidationError', `Stack [${name}] does not exist`);
}

export function missingStack(name: string): ServiceError {
  return new ServiceError('ValidationError', `Stack with id ${name} does not exist`);
}
