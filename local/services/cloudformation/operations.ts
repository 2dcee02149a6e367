import { setTimeout as pause } from 'node:timers/promises';
import { ServiceError } from '../../aws-model/service-error';
import { parseTemplate } from '../../aws-model/template';
import type { Caller } from '../access';
import type { Context } from '../context';
import type { Parameters, QueryOperations } from '../wire/query';
import { members } from '../wire/xml';
import { capabilitiesIn } from './capabilities';
import { checkUpdatable } from './change-sets';
import { changesOf } from './changes';
import type { Deployment } from './deployment';
import { type Deployments, isInProgress } from './deployments';
import { describeResources, describeStack, summarizeStack } from './describe';
import { type Stacks, unknownStack } from './store';
import type { Versions } from './versions';

const EVENTS_PER_PAGE = 100;

/** The command line of the CDK, in the user agent of its requests. */
const CDK = /\baws-cdk\//;

/** The longest time that a response waits for the end of an operation. */
const LONGEST_WAIT_MS = 60_000;

/** The operations on stacks; those on change sets are in `change-sets.ts`. */
export class StackOperations {
  public readonly operations: QueryOperations;

  constructor(
    private readonly context: Context,
    private readonly stacks: Stacks,
    private readonly deployments: Deployments,
    private readonly versions: Versions,
  ) {
    this.operations = {
      DescribeStacks: (parameters, _, { headers }) => this.describe(parameters, headers['user-agent']),
      ListStacks: (parameters) => this.list(parameters.list('StackStatusFilter')),
      GetTemplate: (parameters) => ({
        TemplateBody: this.templateOf(parameters.required('StackName')) ?? '{}',
        StagesAvailable: members(['Original', 'Processed']),
      }),
      GetTemplateSummary: (parameters) => this.summarizeTemplate(parameters),
      DescribeStackEvents: (parameters) => this.events(parameters),
      DescribeStackResources: (parameters) => ({ StackResources: members(this.resources(parameters)) }),
      ListStackResources: (parameters) => ({ StackResourceSummaries: members(this.resources(parameters)) }),
      ListExports: () => ({
        Exports: members(
          stacks.exports().map(({ stack, name, value }) => ({ ExportingStackId: stack.id, Name: name, Value: value })),
        ),
      }),
      CreateStack: (parameters, caller) => this.create(parameters, caller),
      UpdateStack: (parameters, caller) => this.update(parameters, caller),
      ContinueUpdateRollback: (parameters) => this.continueRollback(parameters),
      DeleteStack: (parameters) => this.delete(parameters),
      UpdateTerminationProtection: (parameters) => {
        const { name } = stacks.existing(parameters.required('StackName'));
        const isProtected = parameters.required('EnableTerminationProtection') === 'true';
        return { StackId: stacks.update(name, { isProtected }).id };
      },
    };
  }

  private async describe(parameters: Parameters, userAgent = ''): Promise<Record<string, unknown>> {
    const name = parameters.get('StackName');
    if (CDK.test(userAgent)) await this.untilStable(name, parameters.accessKey);
    const stacks = name === undefined ? this.stacks.active() : [this.stacks.existing(name)];
    return { Stacks: members(stacks.map(describeStack)) };
  }

  /**
   * Waits until an operation on a stack has ended: the CDK would not notice its end for up to 5 seconds, after which it polls again. Only
   * the session that has started the operation waits for it: `cdk diff` in another terminal does not.
   */
  private async untilStable(name = '', accessKey = ''): Promise<void> {
    const stack = this.stacks.find(name);
    if (stack === undefined || !isInProgress(stack) || !this.deployments.isStartedWith(accessKey, stack.name)) return;
    await Promise.race([this.deployments.ended(stack.name), pause(LONGEST_WAIT_MS, undefined, { ref: false })]);
  }

  private list(statuses: string[]): Record<string, unknown> {
    const found = this.stacks.list().filter(({ status }) => statuses.length === 0 || statuses.includes(status));
    return { StackSummaries: members(found.map(summarizeStack)) };
  }

  private templateOf(stackName: string): string | undefined {
    return this.stacks.existing(stackName).version?.templateBody;
  }

  private summarizeTemplate(parameters: Parameters): Record<string, unknown> {
    const stackName = parameters.get('StackName');
    const body = stackName === undefined ? this.versions.templateBody(parameters) : this.templateOf(stackName);
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
  }

  /** The newest events come first. */
  private events(parameters: Parameters): Record<string, unknown> {
    const stack = this.stacks.existing(parameters.required('StackName'), unknownStack);
    const events = this.stacks.eventsOf(stack).reverse();
    const start = Number(parameters.get('NextToken') ?? 0);
    const end = start + EVENTS_PER_PAGE;
    return {
      StackEvents: members(events.slice(start, end)),
      NextToken: end < events.length ? String(end) : undefined,
    };
  }

  private resources(parameters: Parameters): object[] {
    const logicalId = parameters.get('LogicalResourceId');
    const all = describeResources(this.stacks.existing(parameters.required('StackName')));
    return all.filter(({ LogicalResourceId }) => (logicalId ?? LogicalResourceId) === LogicalResourceId);
  }

  private create(parameters: Parameters, caller: Caller): Record<string, unknown> {
    const name = parameters.required('StackName');
    const known = this.stacks.find(name);
    if (known !== undefined && known.status !== 'DELETE_COMPLETE') {
      throw new ServiceError('AlreadyExistsException', `Stack [${name}] already exists`);
    }
    const version = this.versions.read(parameters, caller);
    const capabilities = capabilitiesIn(parameters, version.template);
    const isProtected = parameters.get('EnableTerminationProtection') === 'true';
    this.stacks.create(name, 'CREATE_IN_PROGRESS');
    const stack = this.stacks.update(name, { isProtected, capabilities, roleArn: parameters.get('RoleARN') });
    this.start(parameters, name, (deployment) => deployment.deploy(version, true));
    return { StackId: stack.id };
  }

  private update(parameters: Parameters, caller: Caller): Record<string, unknown> {
    const stack = this.stacks.existing(parameters.required('StackName'), unknownStack);
    checkUpdatable(stack);
    const version = this.versions.read(parameters, caller, stack);
    const capabilities = capabilitiesIn(parameters, version.template);
    if (changesOf(this.context, stack, version).length === 0) {
      throw new ServiceError('ValidationError', 'No updates are to be performed.');
    }
    this.stacks.update(stack.name, { capabilities, roleArn: parameters.get('RoleARN') ?? stack.roleArn });
    this.start(parameters, stack.name, (deployment) => deployment.deploy(version, false));
    return { StackId: stack.id };
  }

  private continueRollback(parameters: Parameters): Record<string, never> {
    const stack = this.stacks.existing(parameters.required('StackName'), unknownStack);
    const { name, id, status, roleArn, resources } = stack;
    if (status !== 'UPDATE_ROLLBACK_FAILED') {
      throw new ServiceError('ValidationError', `Stack:${id} is in ${status} state and can not be rolled back.`);
    }
    const skipped = parameters.list('ResourcesToSkip');
    const invalid = skipped.filter((logicalId) => resources[logicalId]?.status !== 'UPDATE_FAILED');
    if (invalid.length > 0) {
      throw new ServiceError(
        'ValidationError',
        `ResourcesToSkip must be in the state UPDATE_FAILED because of the rollback, got: [${invalid.join(', ')}]`,
      );
    }
    this.stacks.update(name, { roleArn: parameters.get('RoleARN') ?? roleArn });
    this.start(parameters, name, (deployment) => deployment.continueRollback(skipped));
    return {};
  }

  /** Starts an operation with the token of its request. From now on, the stack is busy. */
  private start(parameters: Parameters, name: string, operation: (deployment: Deployment) => Promise<void>): void {
    const { accessKey } = parameters;
    this.deployments.start(name, { token: parameters.get('ClientRequestToken'), accessKey }, operation);
  }

  /** That a stack does not exist is not an error. */
  private delete(parameters: Parameters): undefined {
    const stack = this.stacks.find(parameters.required('StackName'));
    if (stack?.isProtected === true) {
      throw new ServiceError(
        'ValidationError',
        `Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`,
      );
    }
    if (stack !== undefined && !['DELETE_COMPLETE', 'DELETE_IN_PROGRESS'].includes(stack.status)) {
      this.stacks.update(stack.name, { roleArn: parameters.get('RoleARN') ?? stack.roleArn });
      this.start(parameters, stack.name, (deployment) => deployment.delete());
    }
    return undefined;
  }
}
