import type { ChoiceRule } from './choice';

export interface Retrier {
  readonly ErrorEquals: string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
}

export interface Catcher {
  readonly ErrorEquals: string[];
  readonly Next: string;
  readonly ResultPath?: string | null;
}

export type StateType = 'Task' | 'Pass' | 'Choice' | 'Wait' | 'Succeed' | 'Fail' | 'Parallel' | 'Map';

/** A state in the Amazon States Language, with the fields of all types. */
export interface State {
  readonly Type: StateType;
  readonly Next?: string;
  readonly End?: boolean;
  readonly InputPath?: string | null;
  readonly OutputPath?: string | null;
  readonly ResultPath?: string | null;
  readonly Parameters?: unknown;
  readonly ResultSelector?: unknown;
  readonly Retry?: Retrier[];
  readonly Catch?: Catcher[];
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly TimeoutSecondsPath?: string;
  readonly Result?: unknown;
  readonly Choices?: (ChoiceRule & { readonly Next: string })[];
  readonly Default?: string;
  readonly Seconds?: number;
  readonly SecondsPath?: string;
  readonly Timestamp?: string;
  readonly TimestampPath?: string;
  readonly Error?: string;
  readonly ErrorPath?: string;
  readonly Cause?: string;
  readonly CausePath?: string;
  readonly Branches?: States[];
  readonly ItemProcessor?: States & { readonly ProcessorConfig?: { readonly Mode?: string } };
  readonly Iterator?: States;
  readonly ItemsPath?: string;
  readonly ItemSelector?: unknown;
  readonly MaxConcurrency?: number;
  readonly MaxConcurrencyPath?: string;
}

/** The states of a state machine, of a branch or of an iteration. */
export interface States {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** A definition in the Amazon States Language. */
export interface Definition extends States {
  readonly TimeoutSeconds?: number;
}

/**
 * Where an execution, or a branch of it, is. It is saved at every transition, so that an execution continues there after a restart of the
 * service, and after a redrive.
 */
export interface Position {
  state: string;
  input: unknown;

  /** The number of retries by each retrier. */
  retries: number[];

  /** The last event of the execution, or of this branch. */
  previousEventId: number;

  /** The event with which the state was entered; undefined if it has not been entered yet. */
  enteredEventId?: number;
  enteredTime?: string;

  /** The branches or iterations of a state that has been entered; undefined for one that has not been started. */
  branches?: (Branch | undefined)[];

  /** The ARN of the execution that a task has started. */
  startedExecution?: string;
}

/** A branch that is in progress, or its output. */
export type Branch = { readonly position: Position } | { readonly output: unknown };

export function startOf({ StartAt }: States, input: unknown, previousEventId: number): Position {
  return { state: StartAt, input, retries: [], previousEventId };
}

/** Moves a position to the next state, which is not entered yet. */
export function move(position: Position, state: string, input: unknown): void {
  const { previousEventId } = position;
  leave(position);
  Object.assign(position, { state, input, retries: [], previousEventId });
  delete position.enteredEventId;
  delete position.enteredTime;
}

/** Prepares a state for another attempt, which starts its branches and executions again. */
export function leave(position: Position): void {
  delete position.branches;
  delete position.startedExecution;
}

/** Prepares a position for a redrive: branches that have ended keep their outputs, and retriers have all attempts again. */
export function restart(position: Position): void {
  position.retries = [];
  delete position.startedExecution;
  position.branches?.forEach((branch) => branch !== undefined && 'position' in branch && restart(branch.position));
}
