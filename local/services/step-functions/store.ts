import { StateMachine } from 'aws-local-stepfunctions';
import { ServiceError } from '../../aws-model/service-error';
import type { Context } from '../context';
import type { Permissions } from '../iam';
import type { Functions } from '../lambda';
import type { Store } from '../store';
import { now } from '../wire/record';

/** The interpreter needs `Promise.withResolvers`, which Node.js has from version 22. */
const POLYFILL = {
  withResolvers: () => {
    let settle = {};
    const promise = new Promise((resolve, reject) => (settle = { resolve, reject }));
    return { promise, ...settle };
  },
};
if (!('withResolvers' in Promise)) Object.assign(Promise, POLYFILL);

interface Machine {
  readonly name: string;
  readonly arn: string;
  readonly definition: string;

  /** The ARN of the role with which it invokes functions. */
  readonly role: string;
}

export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly input: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly cause?: string;
  readonly startDate: number;
}

const SERVICE = 'states.amazonaws.com';

interface State {
  readonly Type: string;
  readonly Resource?: string;
}

/** The duration of every Wait state: on a local machine, results are available immediately. */
const WAIT_SECONDS = 0.5;

/** State machines that invoke functions of the same stack, and their executions. */
export class StateMachines {
  private readonly machines: Store<Machine>;
  private readonly executions: Store<Execution>;
  private readonly running = new Map<string, { abort(): void }>();

  constructor(
    private readonly context: Context,
    private readonly functions: Functions,
    private readonly permissions: Permissions,
  ) {
    this.machines = context.store<Machine>('state-machines');
    this.executions = context.store<Execution>('executions');
  }

  public create(name: string, definition: string, role: string): string {
    const arn = this.context.arn('states', `stateMachine:${name}`);
    JSON.parse(definition);
    this.machines.put(arn, { name, arn, definition, role });
    return arn;
  }

  public delete(arn: string): void {
    this.machines.delete(arn);
    for (const execution of this.executions.list().filter(({ stateMachineArn }) => stateMachineArn === arn)) {
      this.running.get(execution.arn)?.abort();
      this.executions.delete(execution.arn);
    }
  }

  /** Starts the executions again that were running when the service stopped. */
  public resume(): void {
    this.executions
      .list()
      .filter(({ status }) => status === 'RUNNING')
      .forEach((execution) => void this.run(execution));
  }

  public close(): void {
    this.running.forEach((execution) => execution.abort());
    this.running.clear();
  }

  public execution(arn: string): Execution {
    const execution = this.executions.get(arn);
    if (execution === undefined) throw new ServiceError('ExecutionDoesNotExist', `Execution does not exist: ${arn}`);
    return execution;
  }

  /** Starts an execution. The same name and input again return the execution that is running already. */
  public start(stateMachineArn: string, name: string, input: string): Execution {
    const machine = this.machines.get(stateMachineArn);
    if (machine === undefined) {
      throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
    }
    checkInput(input);
    const arn = this.context.arn('states', `execution:${machine.name}:${name}`);
    const existing = this.executions.get(arn);
    if (existing?.status === 'RUNNING' && existing.input === input) return existing;
    if (existing !== undefined) {
      throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const execution: Execution = { arn, name, stateMachineArn, input, status: 'RUNNING', startDate: now() };
    this.executions.put(arn, execution);
    void this.run(execution);
    return execution;
  }

  private async run({ arn, name: sessionName, stateMachineArn, input }: Execution): Promise<void> {
    const machine = this.machines.get(stateMachineArn);
    const definition = JSON.parse(machine?.definition ?? '{}') as { States: Record<string, State> };
    const states = Object.entries(definition.States);
    const session = { roleArn: machine?.role ?? '', service: SERVICE, sessionName, sourceArn: stateMachineArn };
    const call = async (task: { FunctionName: string; Payload: unknown }): Promise<object> => ({
      Payload: await this.functions.invoke(this.permissions.assumedBy(session), task.FunctionName, task.Payload),
    });
    const named = (type: string): string[] => states.filter(([, { Type }]) => Type === type).map(([name]) => name);
    const execution = new StateMachine(definition as never, { validationOptions: { checkArn: false } }).run(
      JSON.parse(input) as never,
      {
        overrides: {
          taskResourceLocalHandlers: Object.fromEntries(named('Task').map((name) => [name, call as never])),
          waitTimeOverrides: Object.fromEntries(named('Wait').map((name) => [name, WAIT_SECONDS * 1000])),
        },
      },
    );
    this.running.set(arn, execution);
    const settle = (status: Execution['status'], cause?: string): void => {
      // The record of an execution that `close` or `delete` has aborted does not change: a start of the service resumes it.
      const isKnown = this.running.delete(arn) && this.executions.get(arn) !== undefined;
      if (isKnown) this.executions.update(arn, { status, cause });
    };
    await execution.result.then(
      () => settle('SUCCEEDED'),
      (error: Error) => settle('FAILED', error.message),
    );
  }
}

function checkInput(input: string): void {
  try {
    JSON.parse(input);
  } catch (error) {
    throw new ServiceError(
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: '${(error as Error).message}'`,
    );
  }
}
