import { ServiceError } from '../../aws-model/service-error';
import type { Context } from '../context';
import type { Permissions } from '../iam';
import type { Functions } from '../lambda';
import type { Store } from '../store';
import { type Execution, notRedrivable, statusChangeOf } from './execution';
import { Histories } from './history';
import {
  Closing,
  type Definition,
  type Host,
  Interpreter,
  Interrupted,
  type Position,
  StateError,
  restart,
  sleep,
  startOf,
} from './interpreter';
import { type TaskExecution, Tasks } from './tasks';

const SERVICE = 'states.amazonaws.com';
const MAX_INPUT_BYTES = 262_144;
const MAX_TOKENS = 10;
const TOKEN_SECONDS = 15 * 60;

export interface Machine {
  readonly name: string;
  readonly arn: string;
  readonly definition: string;

  /** The ARN of the role with which it invokes functions. */
  readonly role: string;

  /** Seconds since 1970. */
  readonly creationDate: number;
  readonly revisionId: string;
}

interface Running {
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

interface Services {
  readonly context: Context;
  readonly functions: Functions;
  readonly permissions: Permissions;
  readonly startMachine: (stateMachineArn: string, name: string, input: string) => Execution;
}

/** The executions of state machines. */
export class Executions {
  public readonly histories: Histories;
  private readonly store: Store<Execution>;
  private readonly running = new Map<string, Running>();
  private readonly tasks: Tasks;

  constructor(private readonly services: Services) {
    const { context, functions, startMachine: start } = services;
    this.store = context.store<Execution>('executions');
    this.histories = new Histories(context);
    this.tasks = new Tasks({
      ...{ functions, start, region: context.region },
      existing: (arn) => this.existing(arn),
      stop: (arn) => void this.stop(arn),
      ended: (arn) => this.ended(arn),
    });
  }

  public existing(arn: string): Execution {
    const execution = this.store.get(arn);
    if (execution === undefined) throw new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return execution;
  }

  /** The executions of a state machine, the newest first. */
  public of(machineArn: string): Execution[] {
    const own = this.store.list().filter(({ stateMachineArn }) => stateMachineArn === machineArn);
    return own.sort((a, b) => b.startDate - a.startDate);
  }

  /** Starts an execution. The same name and input again return the execution that is running already. */
  public start(
    { name: machineName, arn: stateMachineArn, definition, role }: Machine,
    name: string,
    input: string,
  ): Execution {
    const parsed = checkedInput(input);
    const arn = this.services.context.arn('states', `execution:${machineName}:${name}`);
    const existing = this.store.get(arn);
    if (existing?.status === 'RUNNING' && existing.input === input) return existing;
    if (existing !== undefined) {
      throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const details = { input, inputDetails: { truncated: false }, roleArn: role };
    this.histories.delete(arn);
    const first = this.histories.add(arn, 'ExecutionStarted', 0, { executionStartedEventDetails: details });
    const execution: Execution = {
      ...{ arn, name, stateMachineArn, definition, roleArn: role, input, status: 'RUNNING', startDate: this.now() },
      ...{ redriveCount: 0, redriveTokens: [], position: startOf(JSON.parse(definition) as Definition, parsed, first) },
    };
    this.change(execution);
    this.run(execution);
    return execution;
  }

  /** Stops an execution. One that has ended does not change. */
  public stop(arn: string, error?: string, cause?: string): Execution {
    const execution = this.existing(arn);
    if (execution.status !== 'RUNNING') return execution;
    return this.settle(execution, 'Aborted', { status: 'ABORTED', error, cause });
  }

  /** Continues an execution at the states in which it has ended. The same token again does not start another redrive. */
  public redrive(arn: string, token?: string): number {
    const execution = this.existing(arn);
    const date = this.now();
    const recent = execution.redriveTokens.filter((one) => date - one.date < TOKEN_SECONDS).slice(-MAX_TOKENS);
    const known = recent.find((one) => one.token === token);
    if (known !== undefined) return known.date;
    const reason = notRedrivable(execution, date);
    if (reason !== undefined) throw new ServiceError('ExecutionNotRedrivable', reason);
    const { redriveCount: count, position, error: _error, cause: _cause, stopDate: _stopDate, ...rest } = execution;
    const redriveCount = count + 1;
    const details = { executionRedrivenEventDetails: { redriveCount } };
    restart(position);
    position.previousEventId = this.histories.add(arn, 'ExecutionRedriven', position.previousEventId, details);
    const redriveTokens = token === undefined ? recent : [...recent, { token, date }];
    const redriven: Execution = {
      ...rest,
      position,
      status: 'RUNNING',
      redriveCount,
      redriveDate: date,
      redriveTokens,
    };
    this.change(redriven);
    this.run(redriven);
    return date;
  }

  /** Continues the executions that were running when the service stopped, in the states in which they were. */
  public resume(): void {
    this.store.list().forEach((execution) => execution.status === 'RUNNING' && this.run(execution));
  }

  public close(): void {
    this.running.forEach(({ controller }) => controller.abort(new Closing()));
    this.running.clear();
  }

  /** Aborts and removes the executions of a state machine. */
  public deleteOf(machineArn: string): void {
    for (const { arn } of this.of(machineArn)) {
      this.stop(arn);
      this.store.delete(arn);
      this.histories.delete(arn);
    }
  }

  private async ended(arn: string): Promise<Execution> {
    await this.running.get(arn)?.ended;
    return this.existing(arn);
  }

  private run(execution: Execution): void {
    const { arn, definition: text, startDate, redriveDate = startDate, position } = execution;
    const definition = JSON.parse(text) as Definition;
    const controller = new AbortController();
    const { signal } = controller;
    const failed = (error: unknown): void => this.fail(arn, signal, error);
    const ended = new Interpreter(this.hostOf(execution, signal))
      .run(definition, position, { signal })
      .then((output) => this.succeed(arn, signal, output))
      .catch(failed);
    this.running.set(arn, { controller, ended: settled(ended, signal) });
    if (definition.TimeoutSeconds === undefined) return;
    const rest = Math.max(redriveDate + definition.TimeoutSeconds - this.now(), 0);
    sleep(rest * 1000, signal).then(
      () => this.timeOut(arn),
      () => undefined,
    );
  }

  private succeed(arn: string, signal: AbortSignal, output: unknown): void {
    if (signal.aborted) return;
    this.settle(this.existing(arn), 'Succeeded', { status: 'SUCCEEDED', output: JSON.stringify(output) });
  }

  private fail(arn: string, signal: AbortSignal, failure: unknown): void {
    if (signal.aborted || failure instanceof Interrupted) return;
    const { message: cause } = failure as Error;
    const error = failure instanceof StateError ? failure.error : 'States.Runtime';
    this.settle(this.existing(arn), 'Failed', { status: 'FAILED', error, cause });
  }

  private timeOut(arn: string): void {
    this.settle(this.existing(arn), 'TimedOut', { status: 'TIMED_OUT', error: 'States.Timeout' });
  }

  /** Ends an execution: its states are interrupted, and do not change it any more. */
  private settle(execution: Execution, event: string, end: Partial<Execution>): Execution {
    const { arn, position } = execution;
    const { output, error, cause } = end;
    const details = output === undefined ? { error, cause } : { output, outputDetails: { truncated: false } };
    this.histories.add(arn, `Execution${event}`, position.previousEventId, {
      [`execution${event}EventDetails`]: details,
    });
    const ended = this.change({ ...execution, ...end, stopDate: this.now() });
    this.running.get(arn)?.controller.abort(new Interrupted());
    this.running.delete(arn);
    return ended;
  }

  /** Seconds since 1970 on the clock of the service, which functions see too. */
  public now(): number {
    return this.services.context.clock.now() / 1000;
  }

  private change(execution: Execution): Execution {
    this.store.put(execution.arn, execution);
    this.services.context.events.publish('serviceEvent', statusChangeOf(execution, this.now()));
    return execution;
  }

  /** The execution, as its states see it. */
  private hostOf({ arn, name, stateMachineArn, roleArn }: Execution, signal: AbortSignal): Host {
    const { permissions } = this.services;
    const record = (position: Position, type: string, details?: Record<string, unknown>): void => {
      if (!signal.aborted) position.previousEventId = this.histories.add(arn, type, position.previousEventId, details);
    };
    const save = (): void => void (signal.aborted || this.store.put(arn, this.existing(arn)));
    const caller: TaskExecution['caller'] = () =>
      permissions.assumedBy({ roleArn, service: SERVICE, sessionName: name, sourceArn: stateMachineArn });
    return {
      context: () => contextOf(this.existing(arn)),
      record,
      save,
      runTask: (request) => this.tasks.run({ caller, record, save }, request),
    };
  }
}

/** The members of the context object that all states have in common. */
function contextOf({
  arn,
  name,
  input,
  roleArn,
  startDate,
  redriveCount,
  redriveDate,
  stateMachineArn,
}: Execution): Record<string, unknown> {
  const time = (seconds: number): string => new Date(seconds * 1000).toISOString();
  return {
    Execution: {
      Id: arn,
      Input: JSON.parse(input) as unknown,
      Name: name,
      RoleArn: roleArn,
      StartTime: time(startDate),
      RedriveCount: redriveCount,
      ...(redriveDate !== undefined && { RedriveTime: time(redriveDate) }),
    },
    StateMachine: { Id: stateMachineArn, Name: stateMachineArn.split(':').at(-1) },
  };
}

/** Resolves when the states have ended, or when they are interrupted. */
function settled(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const interrupted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => signal.reason instanceof Closing || resolve(), { once: true });
  });
  return Promise.race([work, interrupted]);
}

function checkedInput(input: string): unknown {
  if (Buffer.byteLength(input) > MAX_INPUT_BYTES) {
    throw invalidInput(`The input has more than ${MAX_INPUT_BYTES} bytes`);
  }
  try {
    return JSON.parse(input) as unknown;
  } catch (error) {
    throw invalidInput((error as Error).message);
  }
}

function invalidInput(reason: string): ServiceError {
  return new ServiceError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${reason}'`);
}
