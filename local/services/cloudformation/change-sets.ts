import { randomUUID } from 'node:crypto';
import { ServiceError } from '../../aws-model/service-error';
import type { Caller } from '../access';
import type { Context } from '../context';
import type { Store } from '../store';
import type { Parameters, QueryOperations } from '../wire/query';
import { capabilitiesIn } from './capabilities';
import { changesOf } from './changes';
import type { Deployments } from './deployments';
import { describeChangeSet, isObsolete } from './describe';
import { type ChangeSet, type Stack, type Stacks, unknownStack } from './store';
import type { Versions } from './versions';

const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/** The operations on change sets. */
export class ChangeSets {
  public readonly operations: QueryOperations;
  private readonly changeSets: Store<ChangeSet>;

  constructor(
    private readonly context: Context,
    private readonly stacks: Stacks,
    private readonly deployments: Deployments,
    private readonly versions: Versions,
  ) {
    this.changeSets = context.store<ChangeSet>('change-sets');
    this.operations = {
      CreateChangeSet: (parameters, caller) => this.create(parameters, caller),
      DescribeChangeSet: (parameters) => {
        const set = this.existing(parameters);
        return describeChangeSet(set, this.stacks.existing(set.stackName));
      },
      ExecuteChangeSet: (parameters) => this.execute(parameters),
      DeleteChangeSet: (parameters) => this.delete(parameters),
    };
  }

  private create(parameters: Parameters, caller: Caller): Record<string, unknown> {
    const stackName = parameters.required('StackName').split('/')[1] ?? parameters.required('StackName');
    const name = parameters.required('ChangeSetName');
    const type = (parameters.get('ChangeSetType') ?? 'UPDATE') as ChangeSet['type'];
    const known = this.stacks.find(stackName);
    checkType(type, stackName, known);
    if (type === 'UPDATE' && known !== undefined) checkUpdatable(known);
    const version = this.versions.read(parameters, caller, type === 'UPDATE' ? known : undefined);
    const capabilities = capabilitiesIn(parameters, version.template);
    const stack =
      type === 'CREATE' ? this.stacks.create(stackName, 'REVIEW_IN_PROGRESS') : this.stacks.existing(stackName);
    const changes = changesOf(this.context, stack, version);
    const isEmpty = type === 'UPDATE' && changes.length === 0;
    const id = this.context.arn('cloudformation', `changeSet/${name}/${randomUUID()}`);
    this.changeSets.put(id, {
      id,
      name,
      stackName,
      type,
      status: isEmpty ? 'FAILED' : 'CREATE_COMPLETE',
      reason: isEmpty ? NO_CHANGES : undefined,
      executionStatus: isEmpty ? 'UNAVAILABLE' : 'AVAILABLE',
      version,
      creationTime: new Date().toISOString(),
      description: parameters.get('Description'),
      changes,
      capabilities,
      roleArn: parameters.get('RoleARN'),
      revision: stack.revision ?? 0,
    });
    return { Id: id, StackId: stack.id };
  }

  private execute(parameters: Parameters): Record<string, never> {
    const set = this.existing(parameters);
    const stack = this.stacks.existing(set.stackName);
    const token = parameters.get('ClientRequestToken');
    const isRepeated = token !== undefined && set.token === token;
    if (isRepeated) return {};
    if (set.executionStatus !== 'AVAILABLE' || isObsolete(set, stack)) {
      const status = isObsolete(set, stack) ? 'execution status of [OBSOLETE]' : `status of [${set.status}]`;
      throw new ServiceError(
        'InvalidChangeSetStatus',
        `ChangeSet [${set.id}] cannot be executed in its current ${status}`,
      );
    }
    if (set.type === 'UPDATE') checkUpdatable(stack);
    this.changeSets.update(set.id, { executionStatus: 'EXECUTE_COMPLETE', token });
    this.stacks.update(stack.name, { capabilities: set.capabilities, roleArn: set.roleArn ?? stack.roleArn });
    const { accessKey } = parameters;
    this.deployments.start(stack.name, { token, accessKey }, (deployment) =>
      deployment.deploy(set.version, set.type === 'CREATE'),
    );
    return {};
  }

  /** That a change set does not exist is not an error. */
  private delete(parameters: Parameters): Record<string, never> {
    const set = this.find(parameters);
    if (set === undefined) return {};
    this.changeSets.delete(set.id);
    if (this.stacks.find(set.stackName)?.status === 'REVIEW_IN_PROGRESS') this.stacks.remove(set.stackName);
    return {};
  }

  private existing(parameters: Parameters): ChangeSet {
    const found = this.find(parameters);
    if (found === undefined) {
      const name = parameters.required('ChangeSetName');
      throw new ServiceError('ChangeSetNotFound', `ChangeSet [${name}] does not exist`, 404);
    }
    return found;
  }

  private find(parameters: Parameters): ChangeSet | undefined {
    const nameOrId = parameters.required('ChangeSetName');
    const stack = this.stacks.find(parameters.get('StackName') ?? '');
    return this.changeSets
      .list()
      .reverse()
      .find(({ id, name, stackName }) => id === nameOrId || (name === nameOrId && stackName === stack?.name));
  }
}

const UPDATABLE = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'];

/** An update must wait for the operation in progress, and is not possible after one that has failed. */
export function checkUpdatable({ id, status }: Stack): void {
  if (UPDATABLE.includes(status)) return;
  throw new ServiceError('ValidationError', `Stack:${id} is in ${status} state and can not be updated.`);
}

function checkType(type: ChangeSet['type'], stackName: string, stack: Stack | undefined): void {
  const isNew = stack === undefined || ['DELETE_COMPLETE', 'REVIEW_IN_PROGRESS'].includes(stack.status);
  if (type === 'UPDATE' && isNew) throw unknownStack(stackName);
  if (type === 'CREATE' && !isNew) {
    throw new ServiceError('AlreadyExistsException', `Stack [${stackName}] already exists`);
  }
}
