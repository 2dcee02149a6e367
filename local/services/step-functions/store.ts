import { randomUUID } from 'node:crypto';
import { ServiceError } from '../../aws-model/service-error';
import type { Context } from '../context';
import type { Permissions } from '../iam';
import type { Functions } from '../lambda';
import type { Store } from '../store';
import { now } from '../wire/record';
import { parseDefinition } from './definition';
import type { Execution } from './execution';
import { Executions, type Machine } from './executions';

export type { Machine } from './executions';

/** The permissions that a task requires that waits for an execution. */
const RULE_ACTIONS = ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'];

/** State machines, and their executions. */
export class StateMachines {
  public readonly executions: Executions;
  private readonly machines: Store<Machine>;

  constructor(
    private readonly context: Context,
    functions: Functions,
    private readonly permissions: Permissions,
  ) {
    this.machines = context.store<Machine>('state-machines');
    const startMachine: StateMachines['start'] = (arn, name, input) => this.start(arn, name, input);
    this.executions = new Executions({ context, functions, permissions, startMachine });
  }

  public list(): Machine[] {
    return this.machines.list();
  }

  public existing(arn: string): Machine {
    const machine = this.machines.get(arn);
    if (machine === undefined) {
      throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    }
    return machine;
  }

  /** Creates a state machine, or changes the definition and the role of an existing one. Running executions keep theirs. */
  public put(name: string, definition: string, role: string): string {
    const arn = this.context.arn('states', `stateMachine:${name}`);
    parseDefinition(definition);
    this.checkRole(arn, definition, role);
    const { creationDate } = this.machines.get(arn) ?? { creationDate: now() };
    this.machines.put(arn, { name, arn, definition, role, creationDate, revisionId: randomUUID() });
    return arn;
  }

  /** Validates that Step Functions may assume the role, and that the role has the permissions that are required at creation. */
  private checkRole(arn: string, definition: string, roleArn: string): void {
    const session = { roleArn, service: 'states.amazonaws.com', sourceArn: arn };
    if (!this.permissions.isTrusting(session)) {
      const message =
        'Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.';
      throw new ServiceError('AccessDeniedException', message);
    }
    // Step Functions observes the executions that it waits for with a rule that it creates with the role.
    if (!definition.includes('states:startExecution.sync')) return;
    const resource = this.context.arn('events', 'rule/StepFunctionsGetEventsForStepFunctionsExecutionRule');
    const caller = this.permissions.assumedBy({ ...session, sessionName: 'creation' });
    const mayObserve = RULE_ACTIONS.every((action) => caller.allows({ action, resource }));
    if (!mayObserve) {
      throw new ServiceError('AccessDeniedException', `'${roleArn}' is not authorized to create managed-rule.`);
    }
  }

  public delete(arn: string): void {
    this.machines.delete(arn);
    this.executions.deleteOf(arn);
  }

  /** Starts an execution. The same name and input again return the execution that is running already. */
  public start(stateMachineArn: string, name: string, input: string): Execution {
    return this.executions.start(this.existing(stateMachineArn), name, input);
  }

  public resume(): void {
    this.executions.resume();
  }

  public close(): void {
    this.executions.close();
  }
}
