import { randomUUID } from 'node:crypto';
import { ServiceError } from '../../aws-model/service-error';
import type { Caller } from '../access';
import { FunctionError, type Functions } from '../lambda';
import type { Execution } from './execution';
import { type Integration, integrationOf } from './integration';
import { Closing, Interrupted, type Position, StateError, type TaskRequest, sleep } from './interpreter';

/** The services that tasks call. */
export interface TaskServices {
  readonly functions: Functions;
  readonly region: string;
  readonly start: (stateMachineArn: string, name: string, input: string) => Execution;
  readonly existing: (executionArn: string) => Execution;
  readonly stop: (executionArn: string) => void;

  /** Resolves when an execution has ended. */
  readonly ended: (executionArn: string) => Promise<Execution>;
}

/** The execution to which a task belongs. */
export interface TaskExecution {
  /** The role of the state machine. */
  caller(): Caller;
  record(position: Position, type: string, details?: Record<string, unknown>): void;
  save(): void;
}

/** The tasks of executions. */
export class Tasks {
  constructor(private readonly services: TaskServices) {}

  /** Carries out a task, with the events of the history. */
  public async run(execution: TaskExecution, request: TaskRequest): Promise<unknown> {
    const { input, position, signal, timeoutSeconds } = request;
    const integration = integrationOf(request.resource) as Integration;
    const record = (phase: string, details: object): void => {
      if (!signal.aborted) execution.record(position, ...eventOf(integration, phase, details));
    };
    const parameters = JSON.stringify(input);
    record('Scheduled', {
      ...(integration.kind === 'function'
        ? { input: parameters, inputDetails: { truncated: false } }
        : { parameters, region: this.services.region }),
      ...(timeoutSeconds !== undefined && { timeoutInSeconds: timeoutSeconds }),
    });
    record('Started', {});
    try {
      const output = await limited(this.call(integration, execution, request), timeoutSeconds, signal);
      record('Succeeded', { output: JSON.stringify(output), outputDetails: { truncated: false } });
      return output;
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      const failure = failureOf(error as Error, integration);
      const { error: name, message: cause } = failure;
      record(name === 'States.Timeout' ? 'TimedOut' : 'Failed', { error: name, cause });
      throw failure;
    }
  }

  private call(integration: Integration, execution: TaskExecution, request: TaskRequest): Promise<unknown> {
    switch (integration.kind) {
      case 'function':
        return this.services.functions.invoke(execution.caller(), request.resource, request.input);
      case 'invoke':
        return this.invoke(execution.caller(), request.input as InvokeParameters);
      case 'startExecution':
        return this.startExecution(integration.resource, execution, request);
    }
  }

  private async invoke(caller: Caller, parameters: InvokeParameters): Promise<object> {
    const { FunctionName, Payload = {}, InvocationType = 'RequestResponse' } = parameters;
    const payload = this.services.functions.invoke(caller, FunctionName, Payload);
    if (InvocationType !== 'Event') return { ExecutedVersion: '$LATEST', Payload: await payload, StatusCode: 200 };
    payload.catch(() => undefined);
    return { StatusCode: 202 };
  }

  /** The ARN of the execution is saved, so that a restart of the service does not start another one. */
  private async startExecution(resource: string, task: TaskExecution, request: TaskRequest): Promise<unknown> {
    const { StateMachineArn, Input = {}, Name = randomUUID() } = request.input as StartParameters;
    const { position, signal } = request;
    const { start, existing, stop } = this.services;
    if (position.startedExecution === undefined) {
      task.caller().check([{ action: 'states:StartExecution', resource: StateMachineArn }]);
      position.startedExecution = start(
        StateMachineArn,
        Name,
        typeof Input === 'string' ? Input : JSON.stringify(Input),
      ).arn;
      task.save();
    }
    const { arn, startDate } = existing(position.startedExecution);
    if (resource === 'startExecution') return { ExecutionArn: arn, StartDate: Math.round(startDate * 1000) };
    // A task that waits for an execution stops it when it is interrupted itself, but not when the service closes.
    const interrupt = (): void => void (signal.reason instanceof Closing || stop(arn));
    signal.addEventListener('abort', interrupt, { once: true });
    const ended = await this.services.ended(arn);
    signal.removeEventListener('abort', interrupt);
    const output = resultOf(ended, resource.endsWith(':2'));
    if (ended.status !== 'SUCCEEDED') throw new StateError('States.TaskFailed', JSON.stringify(output));
    return output;
  }
}

interface InvokeParameters {
  readonly FunctionName: string;
  readonly Payload?: unknown;
  readonly InvocationType?: string;
}

interface StartParameters {
  readonly StateMachineArn: string;
  readonly Input?: unknown;
  readonly Name?: string;
}

/** The result of a task within its time limit. */
async function limited<T>(work: Promise<T>, timeoutSeconds: number | undefined, signal: AbortSignal): Promise<T> {
  if (timeoutSeconds === undefined) return work;
  const ended = new AbortController();
  const expiry = sleep(timeoutSeconds * 1000, AbortSignal.any([signal, ended.signal])).then(() => {
    throw new StateError('States.Timeout', '');
  });
  try {
    return await Promise.race([work, expiry]);
  } finally {
    ended.abort();
  }
}

/** The name and the details of an event: those of tasks that invoke a function by its ARN have names of their own. */
function eventOf(
  { kind, resourceType, resource }: Integration,
  phase: string,
  details: object,
): [string, Record<string, unknown>] {
  const noun = kind === 'function' ? 'LambdaFunction' : 'Task';
  const given =
    kind !== 'function'
      ? { resourceType, resource, ...details }
      : phase === 'Scheduled'
        ? { resource, ...details }
        : details;
  const member = `${noun[0].toLowerCase()}${noun.slice(1)}${phase}EventDetails`;
  return [`${noun}${phase}`, { [member]: given }];
}

/** The error of a task, as Step Functions reports the error of a service. */
function failureOf(error: Error, { kind }: Integration): StateError {
  if (error instanceof StateError) return error;
  if (error instanceof FunctionError) return new StateError(error.code, JSON.stringify(error.details));
  if (!(error instanceof ServiceError)) return new StateError('States.TaskFailed', error.message);
  const { code, message } = error;
  if (code.includes('.')) return new StateError(code, message);
  const [service, client] = kind === 'startExecution' ? ['StepFunctions', 'AWSStepFunctions'] : ['Lambda', 'AWSLambda'];
  const name = code === 'AccessDenied' ? client : code.replace(/Exception$/, '');
  return new StateError(`${service}.${name}Exception`, message);
}

/** An execution, as a task returns it that has waited for it. */
function resultOf({ arn, stateMachineArn, name, status, ...execution }: Execution, isParsed: boolean): object {
  const shown = (text: string | undefined): unknown =>
    text === undefined || !isParsed ? text : (JSON.parse(text) as unknown);
  const { input, output, error, cause, startDate, stopDate = 0 } = execution;
  return {
    ExecutionArn: arn,
    StateMachineArn: stateMachineArn,
    Name: name,
    Status: status,
    Input: shown(input),
    Output: shown(output),
    Error: error,
    Cause: cause,
    StartDate: Math.round(startDate * 1000),
    StopDate: Math.round(stopDate * 1000),
  };
}
