import { StateMachine } from 'aws-local-stepfunctions';
import type { Context } from '../context';
import type { Store } from '../store';
import type { Operations } from '../wire/json';
import { ServiceError } from '../wire/service-error';
import type { Lambda } from '../lambda/store';

/** The interpreter wants a function that Node has from version 22 on only. */
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
}

interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly input: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly cause?: string;
  readonly startDate: number;
}

interface State {
  readonly Type: string;
  readonly Resource?: string;
}

/** Pauses of state machines take this long, whatever they say: nobody waits half a minute on a laptop to be told. */
export const PAUSE_SECONDS = 0.5;

/** AWS Step Functions: state machines that call functions of the same stack. */
export class StepFunctions {
  public readonly operations: Operations;
  private readonly machines: Store<Machine>;
  private readonly executions: Store<Execution>;
  private readonly running = new Map<string, { abort(): void }>();

  constructor(
    private readonly context: Context,
    private readonly lambda: Lambda,
  ) {
    this.machines = context.store<Machine>('state-machines');
    this.executions = context.store<Execution>('executions');
    this.operations = {
      StartExecution: (input: { stateMachineArn: string; name: string; input: string }) => this.start(input),
      DescribeExecution: ({ executionArn }: { executionArn: string }) => {
        const execution = this.executions.get(executionArn);
        if (execution === undefined)
          throw new ServiceError('ExecutionDoesNotExist', `Execution does not exist: ${executionArn}`);
        return { ...execution, executionArn };
      },
    };
  }

  public create(name: string, definition: string): string {
    const arn = this.context.arn('states', `stateMachine:${name}`);
    JSON.parse(definition);
    this.machines.put(arn, { name, arn, definition });
    return arn;
  }

  public delete(arn: string): void {
    this.machines.delete(arn);
    for (const execution of this.executions.list().filter(({ stateMachineArn }) => stateMachineArn === arn)) {
      this.running.get(execution.arn)?.abort();
      this.executions.delete(execution.arn);
    }
  }

  /** Executions that were under way when the service was killed begin anew. */
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

  private start({ stateMachineArn, name, input }: { stateMachineArn: string; name: string; input: string }): object {
    const machine = this.machines.get(stateMachineArn);
    if (machine === undefined)
      throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
    const arn = this.context.arn('states', `execution:${machine.name}:${name}`);
    const before = this.executions.get(arn);
    if (before !== undefined && (before.status !== 'RUNNING' || before.input !== input)) {
      throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const execution: Execution =
      before ??
      this.executions.put(arn, { arn, name, stateMachineArn, input, status: 'RUNNING', startDate: Date.now() / 1000 });
    if (before === undefined) void this.run(execution);
    return { executionArn: arn, startDate: execution.startDate };
  }

  private async run({ arn, stateMachineArn, input }: Execution): Promise<void> {
    const definition = JSON.parse(this.machines.get(stateMachineArn)?.definition ?? '{}') as {
      States: Record<string, State>;
    };
    const states = Object.entries(definition.States);
    const call = async (task: { FunctionName: string; Payload: unknown }): Promise<object> => ({
      Payload: await this.lambda.invoke(task.FunctionName, task.Payload),
    });
    const named = (type: string): string[] => states.filter(([, { Type }]) => Type === type).map(([name]) => name);
    const execution = new StateMachine(definition as never, { validationOptions: { checkArn: false } }).run(
      JSON.parse(input) as never,
      {
        overrides: {
          taskResourceLocalHandlers: Object.fromEntries(named('Task').map((name) => [name, call as never])),
          waitTimeOverrides: Object.fromEntries(named('Wait').map((name) => [name, PAUSE_SECONDS * 1000])),
        },
      },
    );
    this.running.set(arn, execution);
    const settle = (status: Execution['status'], cause?: string): void => {
      // An execution that was taken away with its machine, or with this process, has no record to change.
      if (this.running.delete(arn) && this.executions.get(arn) !== undefined)
        this.executions.update(arn, { status, cause });
    };
    await execution.result.then(
      () => settle('SUCCEEDED'),
      (error: Error) => settle('FAILED', error.message),
    );
  }
}
