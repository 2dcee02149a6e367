import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Buckets } from '../s3/store';
import type { Ssm } from '../ssm/operations';
import type { Context } from '../context';
import type { Store } from '../store';
import type { Parameters, QueryOperations } from '../wire/query';
import { ServiceError } from '../wire/service-error';
import { members } from '../wire/xml';
import { Deployment } from './deployment';
import { changesOf, describe } from './describe';
import type { Provider } from './provider';
import type { ChangeSet, Stack, StackEvent, Version } from './store';
import { dependenciesOf, parseTemplate } from '../../aws-model/template';

export const CLOUDFORMATION_NAMESPACE = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';

const EVENTS_PER_PAGE = 100;

interface Services {
  readonly context: Context;
  readonly s3: Buckets;
  readonly ssm: Ssm;
  provider(type: string): Provider | undefined;
}

/** AWS CloudFormation, as the CDK uses it: stacks by change sets or directly. */
export class CloudFormation {
  public readonly operations: QueryOperations;
  private readonly stacks: Store<Stack>;
  private readonly changeSets: Store<ChangeSet>;
  private readonly work = new Map<string, Promise<void>>();

  constructor(private readonly services: Services) {
    this.stacks = services.context.store<Stack>('stacks');
    this.changeSets = services.context.store<ChangeSet>('change-sets');
    this.operations = { ...this.reading(), ...this.changing() };
  }

  /** Operations that were under way when the service was killed are taken back. */
  public resume(): void {
    for (const { name, status } of this.stacks.list()) {
      if (status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS') {
        this.start(name, (deployment) => deployment.recover());
      }
    }
  }

  public list(): Stack[] {
    return this.stacks.list();
  }

  private reading(): QueryOperations {
    return {
      DescribeStacks: (parameters) => this.describeStacks(parameters),
      ListStacks: () => ({ StackSummaries: members(this.stacks.list().map((stack) => describe(stack))) }),
      GetTemplate: (parameters) => ({
        TemplateBody: this.existing(parameters.need('StackName')).version?.templateBody ?? '{}',
      }),
      GetTemplateSummary: async (parameters) => {
        const body =
          parameters.get('StackName') === undefined
            ? await this.templateBody(parameters)
            : this.existing(parameters.need('StackName')).version?.templateBody;
        const { Parameters: definitions = {}, Resources } = parseTemplate(body ?? '');
        return {
          Parameters: members(
            Object.entries(definitions).map(([ParameterKey, { Type, Default }]) => ({
              ParameterKey,
              ParameterType: Type,
              DefaultValue: Default,
            })),
          ),
          ResourceTypes: members([...new Set(Object.values(Resources).map(({ Type }) => Type))]),
        };
      },
      DescribeStackEvents: (parameters) => {
        const { events } = this.existing(parameters.need('StackName'));
        const start = Number(parameters.get('NextToken') ?? 0);
        const newest = [...events].reverse();
        const end = start + EVENTS_PER_PAGE;
        return {
          StackEvents: members(newest.slice(start, end).map((event) => ({ ...event }) satisfies StackEvent)),
          NextToken: end < newest.length ? String(end) : undefined,
        };
      },
      DescribeStackResources: (parameters) => ({ StackResources: members(this.resources(parameters)) }),
      ListStackResources: (parameters) => ({ StackResourceSummaries: members(this.resources(parameters)) }),
      ListExports: () => ({
        Exports: members(
          this.exports().map(({ stack, name, value }) => ({ ExportingStackId: stack.id, Name: name, Value: value })),
        ),
      }),
    };
  }

  private changing(): QueryOperations {
    return {
      CreateChangeSet: (parameters) => this.createChangeSet(parameters),
      DescribeChangeSet: (parameters) => this.describeChangeSet(parameters),
      ExecuteChangeSet: (parameters) => this.executeChangeSet(parameters),
      DeleteChangeSet: (parameters) => {
        // One that is gone already is no error.
        const set = this.findChangeSet(parameters);
        if (set === undefined) return undefined;
        this.changeSets.delete(set.id);
        if (this.stacks.get(set.stackName)?.status === 'REVIEW_IN_PROGRESS') this.stacks.delete(set.stackName);
        return undefined;
      },
      CreateStack: (parameters) => this.createStack(parameters),
      UpdateStack: (parameters) => this.updateStack(parameters),
      DeleteStack: (parameters) => {
        const stack = this.find(parameters.need('StackName'));
        if (stack !== undefined && stack.status !== 'DELETE_COMPLETE')
          this.start(stack.name, (deployment) => deployment.delete());
        return undefined;
      },
    };
  }

  private start(name: string, act: (deployment: Deployment) => Promise<void>): void {
    const services = {
      context: this.services.context,
      stacks: this.stacks,
      provider: (type: string) => this.services.provider(type),
      importValue: (key: string) => this.importValue(key),
    };
    const deployment = new Deployment(services, name);
    const before = this.work.get(name) ?? Promise.resolve();
    const work = before
      .then(() => act(deployment))
      .catch((error: Error) => {
        this.stacks.update(name, { status: 'UPDATE_ROLLBACK_FAILED', reason: `Internal failure: ${error.message}` });
      });
    this.work.set(name, work);
  }

  private importValue(name: string): string {
    const found = this.exports().find((one) => one.name === name);
    if (found === undefined) throw new Error(`No export named ${name} found.`);
    return found.value;
  }

  private exports(): { stack: Stack; name: string; value: string }[] {
    return this.stacks
      .list()
      .filter(({ status }) => status !== 'DELETE_COMPLETE')
      .flatMap((stack) =>
        stack.outputs.flatMap(({ ExportName, OutputValue }) =>
          ExportName === undefined ? [] : [{ stack, name: ExportName, value: OutputValue }],
        ),
      );
  }

  private describeStacks(parameters: Parameters): Record<string, unknown> {
    const name = parameters.get('StackName');
    const stacks =
      name === undefined
        ? this.stacks.list().filter(({ status }) => status !== 'DELETE_COMPLETE')
        : [this.existing(name)];
    return { Stacks: members(stacks.map(describe)) };
  }

  private resources(parameters: Parameters): object[] {
    const { name, id, resources } = this.existing(parameters.need('StackName'));
    return Object.values(resources).map((resource) => ({
      StackName: name,
      StackId: id,
      LogicalResourceId: resource.logicalId,
      PhysicalResourceId: resource.physicalId,
      ResourceType: resource.type,
      Timestamp: resource.time,
      LastUpdatedTimestamp: resource.time,
      ResourceStatus: resource.status,
      ResourceStatusReason: resource.reason,
    }));
  }

  private async createChangeSet(parameters: Parameters): Promise<Record<string, unknown>> {
    const stackName = parameters.need('StackName').split('/')[1] ?? parameters.need('StackName');
    const name = parameters.need('ChangeSetName');
    const known = this.find(stackName);
    const isNew = known === undefined || known.status === 'DELETE_COMPLETE' || known.status === 'REVIEW_IN_PROGRESS';
    const type = (parameters.get('ChangeSetType') ?? 'UPDATE') as 'CREATE' | 'UPDATE';
    if (type === 'UPDATE' && isNew) throw missingStack(stackName);
    if (type === 'CREATE' && !isNew)
      throw new ServiceError('AlreadyExistsException', `Stack [${stackName}] already exists`);
    const version = await this.version(parameters, type === 'UPDATE' ? known?.version : undefined);
    const stack = type === 'CREATE' ? this.newStack(stackName, 'REVIEW_IN_PROGRESS') : this.existing(stackName);
    const changes = changesOf(type === 'UPDATE' ? stack.version : undefined, version);
    const isEmpty = type === 'UPDATE' && changes.length === 0;
    const id = this.services.context.arn('cloudformation', `changeSet/${name}/${randomUUID()}`);
    this.changeSets.put(id, {
      id,
      name,
      stackName,
      type,
      status: isEmpty ? 'FAILED' : 'CREATE_COMPLETE',
      reason: isEmpty
        ? "The submitted information didn't contain changes. Submit different information to create a change set."
        : undefined,
      executionStatus: isEmpty ? 'UNAVAILABLE' : 'AVAILABLE',
      version,
      created: new Date().toISOString(),
      changes,
    });
    return { Id: id, StackId: stack.id };
  }

  private describeChangeSet(parameters: Parameters): Record<string, unknown> {
    const set = this.changeSet(parameters);
    const { id: StackId } = this.existing(set.stackName);
    return {
      ChangeSetId: set.id,
      ChangeSetName: set.name,
      StackId,
      StackName: set.stackName,
      Status: set.status,
      StatusReason: set.reason,
      ExecutionStatus: set.executionStatus,
      CreationTime: set.created,
      Parameters: members(
        Object.entries(set.version.parameters).map(([ParameterKey, ParameterValue]) => ({
          ParameterKey,
          ParameterValue,
        })),
      ),
      Changes: members(
        set.changes.map((change) => ({
          Type: 'Resource',
          ResourceChange: { ...change, Replacement: change.Action === 'Modify' ? 'Conditional' : undefined },
        })),
      ),
    };
  }

  private executeChangeSet(parameters: Parameters): undefined {
    const set = this.changeSet(parameters);
    if (set.executionStatus !== 'AVAILABLE') {
      throw new ServiceError(
        'InvalidChangeSetStatus',
        `ChangeSet [${set.id}] cannot be executed in its current status of [${set.status}]`,
      );
    }
    this.checkIdle(set.stackName);
    this.changeSets.update(set.id, { executionStatus: 'EXECUTE_COMPLETE' });
    this.start(set.stackName, (deployment) => deployment.deploy(set.version, set.type === 'CREATE'));
    return undefined;
  }

  private async createStack(parameters: Parameters): Promise<Record<string, unknown>> {
    const name = parameters.need('StackName');
    const known = this.find(name);
    if (known !== undefined && known.status !== 'DELETE_COMPLETE') {
      throw new ServiceError('AlreadyExistsException', `Stack [${name}] already exists`);
    }
    const version = await this.version(parameters);
    const stack = this.newStack(name, 'CREATE_IN_PROGRESS');
    this.start(name, (deployment) => deployment.deploy(version, true));
    return { StackId: stack.id };
  }

  private async updateStack(parameters: Parameters): Promise<Record<string, unknown>> {
    const stack = this.existing(parameters.need('StackName'));
    const version = await this.version(parameters, stack.version);
    if (changesOf(stack.version, version).length === 0)
      throw new ServiceError('ValidationError', 'No updates are to be performed.');
    this.checkIdle(stack.name);
    this.start(stack.name, (deployment) => deployment.deploy(version, false));
    return { StackId: stack.id };
  }

  private checkIdle(name: string): void {
    const { status, id } = this.existing(name);
    if (status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS') {
      throw new ServiceError('ValidationError', `Stack:${id} is in ${status} state and can not be updated.`);
    }
  }

  private newStack(name: string, status: string): Stack {
    return this.stacks.put(name, {
      name,
      id: this.services.context.arn('cloudformation', `stack/${name}/${randomUUID()}`),
      status,
      created: new Date().toISOString(),
      resources: {},
      outputs: [],
      garbage: [],
      events: [],
    });
  }

  /** The template, the values of its parameters, and the tags that a request names. */
  private async version(parameters: Parameters, before?: Version): Promise<Version> {
    const isPrevious = parameters.get('UsePreviousTemplate') === 'true';
    const templateBody = isPrevious ? (before?.templateBody ?? '') : await this.templateBody(parameters);
    const template = parseTemplate(templateBody);
    dependenciesOf(template);
    const given = parameters.structures('Parameters', ['ParameterKey', 'ParameterValue', 'UsePreviousValue']);
    const named: Record<string, string> = {};
    const values: Record<string, string> = {};
    for (const [name, definition] of Object.entries(template.Parameters ?? {})) {
      const one = given.find(({ ParameterKey }) => ParameterKey === name);
      const isKept = one?.UsePreviousValue === 'true';
      const value = isKept ? before?.parameters[name] : (one?.ParameterValue ?? definition.Default);
      if (value === undefined) throw new ServiceError('ValidationError', `Parameters: [${name}] must have values`);
      named[name] = String(value);
      const isOfSsm = definition.Type.startsWith('AWS::SSM::Parameter::Value');
      values[name] = isOfSsm ? this.fromSsm(name, named[name]) : named[name];
    }
    const tags = parameters.structures('Tags', ['Key', 'Value']).map(({ Key = '', Value = '' }) => ({ Key, Value }));
    return { template, templateBody, parameters: named, values, tags };
  }

  private fromSsm(name: string, parameter: string): string {
    const value = this.services.ssm.value(parameter);
    if (value === undefined) {
      throw new ServiceError(
        'ValidationError',
        `Unable to fetch parameters [${parameter}] from parameter store for parameter ${name}.`,
      );
    }
    return value;
  }

  private templateBody(parameters: Parameters): Promise<string> {
    const body = parameters.get('TemplateBody');
    if (body !== undefined) return Promise.resolve(body);
    const { pathname } = new URL(parameters.need('TemplateURL'));
    const [, bucket, ...key] = decodeURIComponent(pathname).split('/');
    return Promise.resolve(readFileSync(this.services.s3.file(bucket, key.join('/')), 'utf8'));
  }

  private changeSet(parameters: Parameters): ChangeSet {
    const found = this.findChangeSet(parameters);
    if (found === undefined) {
      const name = parameters.need('ChangeSetName');
      throw new ServiceError('ChangeSetNotFound', `ChangeSet [${name}] does not exist`, 404);
    }
    return found;
  }

  private findChangeSet(parameters: Parameters): ChangeSet | undefined {
    const nameOrId = parameters.need('ChangeSetName');
    const stack = this.find(parameters.get('StackName') ?? '');
    return this.changeSets
      .list()
      .reverse()
      .find(({ id, name, stackName }) => id === nameOrId || (name === nameOrId && stackName === stack?.name));
  }

  private find(nameOrId: string): Stack | undefined {
    return this.stacks.get(nameOrId) ?? this.stacks.list().find(({ id }) => id === nameOrId);
  }

  private existing(nameOrId: string): Stack {
    const stack = this.find(nameOrId);
    // A deleted stack is known by its id only.
    if (stack === undefined || (stack.status === 'DELETE_COMPLETE' && stack.id !== nameOrId))
      throw missingStack(nameOrId);
    return stack;
  }
}

function missingStack(name: string): ServiceError {
  return new ServiceError('ValidationError', `Stack with id ${name} does not exist`);
}
