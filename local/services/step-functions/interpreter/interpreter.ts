import { setTimeout as pause } from 'node:timers/promises';
import { holds } from './choice';
import { Interrupted, StateError, isAmong, runtimeError } from './error';
import { type PathScope, fill, filter, find, insert, select } from './path';
import { type Branch, type Position, type Retrier, type State, type States, leave, move, startOf } from './state';

/** The task of a state: its input, and where the execution is. */
export interface TaskRequest {
  readonly resource: string;
  readonly input: unknown;
  readonly position: Position;

  /** Aborted when the execution or the branch is interrupted. */
  readonly signal: AbortSignal;
  readonly timeoutSeconds?: number;
}

/** The execution that the states belong to. */
export interface Host {
  /** The members of the context object that all states have in common. */
  context(): Record<string, unknown>;

  /** Adds an event to the history, after the last one of a branch. */
  record(position: Position, type: string, details?: Record<string, unknown>): void;

  /** Saves the position of the execution. */
  save(): void;

  /** Carries out a task, and returns its result. */
  runTask(request: TaskRequest): Promise<unknown>;
}

/** The members that the states of a branch or of an iteration have in common. */
interface Scope {
  readonly signal: AbortSignal;

  /** The item of an iteration, with the names of the context object. */
  readonly map?: { readonly Item: { readonly Index: number; readonly Value: unknown } };
}

interface Outcome {
  readonly output: unknown;

  /** The next state; undefined if this was the last one. */
  readonly next?: string;
}

/** On a local machine, the results that a state waits for are available soon. */
const MAX_WAIT_MS = 500;
const MAX_TIMER_MS = 2 ** 31 - 1;
const MAX_RESULT_BYTES = 262_144;
const MAX_CONCURRENCY = 40;

/** Carries out the states of an execution of the Amazon States Language, with JSONPath. */
export class Interpreter {
  constructor(private readonly host: Host) {}

  /** Carries out states from a position, and returns the output of the last one. */
  public async run({ States }: States, position: Position, scope: Scope): Promise<unknown> {
    for (;;) {
      const state = States[position.state];
      if (position.enteredEventId === undefined) this.enter(state, position);
      const { output, next } = await this.complete(state, position, scope);
      this.exit(state, position, output);
      if (next === undefined) return output;
      move(position, next, output);
    }
  }

  private enter({ Type }: State, position: Position): void {
    const { state: name, input } = position;
    const details = { name, input: JSON.stringify(input), inputDetails: { truncated: false } };
    this.host.record(position, `${Type}StateEntered`, { stateEnteredEventDetails: details });
    position.enteredEventId = position.previousEventId;
    position.enteredTime = new Date().toISOString();
    this.host.save();
  }

  private exit({ Type }: State, position: Position, output: unknown): void {
    const details = { name: position.state, output: JSON.stringify(output), outputDetails: { truncated: false } };
    this.host.record(position, `${Type}StateExited`, { stateExitedEventDetails: details });
  }

  /** Carries out a state with its retriers and catchers. */
  private async complete(state: State, position: Position, scope: Scope): Promise<Outcome> {
    for (;;) {
      try {
        return await this.attempt(state, position, scope);
      } catch (error) {
        const failure = failureOf(error);
        if (await this.isRetried(state, position, failure, scope)) continue;
        const catcher = state.Catch?.find(({ ErrorEquals }) => isAmong(failure, ErrorEquals));
        if (catcher === undefined) throw located(failure, position);
        const result = { Error: failure.error, Cause: failure.message };
        return { output: insert(position.input, catcher.ResultPath, result), next: catcher.Next };
      }
    }
  }

  /** Waits for the next attempt, if a retrier includes the error and has attempts left. */
  private async isRetried(state: State, position: Position, failure: StateError, scope: Scope): Promise<boolean> {
    const index = state.Retry?.findIndex(({ ErrorEquals }) => isAmong(failure, ErrorEquals)) ?? -1;
    const retrier = state.Retry?.[index];
    const done = position.retries[index] ?? 0;
    if (retrier === undefined || done >= (retrier.MaxAttempts ?? 3)) return false;
    position.retries = state.Retry?.map((_, other) => (position.retries[other] ?? 0) + Number(other === index)) ?? [];
    leave(position);
    this.host.save();
    await sleep(Math.min(intervalMs(retrier, done), MAX_WAIT_MS), scope.signal);
    return true;
  }

  private async attempt(state: State, position: Position, scope: Scope): Promise<Outcome> {
    const context = this.contextOf(position, scope);
    const raw: PathScope = { value: position.input, context };
    const value = filter(state.InputPath, raw);
    switch (state.Type) {
      case 'Succeed':
        return { output: filter(state.OutputPath, { value, context }) };
      case 'Fail':
        throw new StateError(
          textAt(state.Error, state.ErrorPath, { value, context }),
          textAt(state.Cause, state.CausePath, { value, context }),
        );
      case 'Choice': {
        const next = state.Choices?.find((rule) => holds(rule, { value, context }))?.Next ?? state.Default;
        if (next === undefined)
          throw new StateError('States.NoChoiceMatched', `No choice of the state '${position.state}' matches.`);
        return { output: filter(state.OutputPath, { value, context }), next };
      }
      case 'Wait':
        await sleep(waitMs(state, { value, context }), scope.signal);
        return { output: filter(state.OutputPath, { value, context }), next: state.Next };
      case 'Task':
      case 'Pass':
      case 'Parallel':
      case 'Map':
        return { output: await this.result(state, position, { value, context }, scope), next: state.Next };
    }
  }

  /** The output of a state that has a result. */
  private async result(state: State, position: Position, input: PathScope, scope: Scope): Promise<unknown> {
    const { context } = input;
    const hasParameters = state.Parameters !== undefined && state.Type !== 'Map';
    const value = hasParameters ? fill(state.Parameters, input) : input.value;
    const result = await this.resultOf(state, position, { value, context }, scope);
    const selected =
      state.ResultSelector === undefined ? result : fill(state.ResultSelector, { value: result, context });
    checkSize(position.state, selected);
    return filter(state.OutputPath, { value: insert(position.input, state.ResultPath, selected), context });
  }

  private resultOf(state: State, position: Position, input: PathScope, scope: Scope): unknown {
    switch (state.Type) {
      case 'Task':
        return this.task(state, position, input, scope);
      case 'Parallel':
        return this.parallel(state, position, input, scope);
      case 'Map':
        return this.map(state, position, input, scope);
      case 'Pass':
      case 'Choice':
      case 'Wait':
      case 'Succeed':
      case 'Fail':
        return state.Result === undefined ? input.value : state.Result;
    }
  }

  private task(state: State, position: Position, input: PathScope, { signal }: Scope): Promise<unknown> {
    const { Resource: resource = '', TimeoutSeconds, TimeoutSecondsPath } = state;
    const timeoutSeconds =
      TimeoutSecondsPath === undefined ? TimeoutSeconds : Number(select(TimeoutSecondsPath, input));
    return untilAborted(this.host.runTask({ resource, input: input.value, position, signal, timeoutSeconds }), signal);
  }

  private async parallel(state: State, position: Position, { value }: PathScope, scope: Scope): Promise<unknown> {
    const { Branches = [] } = state;
    if (position.branches === undefined) this.host.record(position, 'ParallelStateStarted');
    const run = (branch: Position, index: number, signal: AbortSignal): Promise<unknown> =>
      this.run(Branches[index], branch, { ...scope, signal });
    const starts = Branches.map((branch) => () => startOf(branch, value, position.previousEventId));
    return this.branches('Parallel', position, { starts, run, limit: Branches.length }, scope);
  }

  private async map(state: State, position: Position, input: PathScope, scope: Scope): Promise<unknown> {
    const { ItemProcessor = state.Iterator, ItemsPath, MaxConcurrency, MaxConcurrencyPath } = state;
    const items = ItemsPath === undefined ? input.value : select(ItemsPath, input);
    if (ItemProcessor === undefined || !Array.isArray(items)) {
      throw runtimeError(`The items of the Map state must be an array, got: ${JSON.stringify(items)}`);
    }
    const selector = state.ItemSelector ?? state.Parameters;
    const mapOf = (Index: number): Scope['map'] => ({ Item: { Index, Value: items[Index] as unknown } });
    const inputOf = (index: number): unknown => {
      if (selector === undefined) return items[index];
      return fill(selector, { ...input, context: { ...(input.context as object), Map: mapOf(index) } });
    };
    if (position.branches === undefined) {
      this.host.record(position, 'MapStateStarted', { mapStateStartedEventDetails: { length: items.length } });
    }
    const iteration = (index: number) => ({ name: position.state, index });
    const starts = items.map((_, index) => () => {
      const start = startOf(ItemProcessor, inputOf(index), position.previousEventId);
      this.host.record(start, 'MapIterationStarted', { mapIterationStartedEventDetails: iteration(index) });
      return start;
    });
    const run = async (one: Position, index: number, signal: AbortSignal): Promise<unknown> => {
      const output = await this.run(ItemProcessor, one, { signal, map: mapOf(index) });
      this.host.record(one, 'MapIterationSucceeded', { mapIterationSucceededEventDetails: iteration(index) });
      return output;
    };
    const concurrency = MaxConcurrencyPath === undefined ? MaxConcurrency : Number(select(MaxConcurrencyPath, input));
    return this.branches('Map', position, { starts, run, limit: concurrency || MAX_CONCURRENCY }, scope);
  }

  /** Carries out the branches that have no output yet. If one fails, the others are interrupted where they are. */
  private async branches(
    type: 'Parallel' | 'Map',
    position: Position,
    { starts, run, limit }: BranchOptions,
    scope: Scope,
  ): Promise<unknown[]> {
    const all = (position.branches ??= starts.map(() => undefined));
    const failed = new AbortController();
    const signal = AbortSignal.any([scope.signal, failed.signal]);
    const waiting = [...starts.keys()];
    const work = async (): Promise<void> => {
      for (let index = waiting.shift(); index !== undefined && !signal.aborted; index = waiting.shift()) {
        const known = all[index];
        if (known !== undefined && 'output' in known) continue;
        const branch = known?.position ?? starts[index]();
        all[index] = { position: branch };
        this.host.save();
        all[index] = { output: await run(branch, index, signal) };
        position.previousEventId = Math.max(position.previousEventId, branch.previousEventId);
        this.host.save();
      }
    };
    const workers = Array.from({ length: Math.min(limit, starts.length) }, work);
    try {
      await Promise.all(workers);
    } catch (error) {
      failed.abort(new Interrupted());
      await Promise.allSettled(workers);
      if (!(error instanceof Interrupted)) this.host.record(position, `${type}StateFailed`);
      throw error;
    }
    this.host.record(position, `${type}StateSucceeded`);
    return all.map((branch) => (branch as Extract<Branch, { output: unknown }>).output);
  }

  /** The context object of a state. */
  private contextOf({ state: Name, enteredTime: EnteredTime, retries }: Position, { map: Map }: Scope): object {
    const RetryCount = retries.reduce((sum, count) => sum + count, 0);
    return { ...this.host.context(), State: { EnteredTime, Name, RetryCount }, ...(Map && { Map }) };
  }
}

interface BranchOptions {
  /** Starts a branch, and returns its position. */
  readonly starts: (() => Position)[];

  /** Carries out a branch, and returns its output. */
  readonly run: (branch: Position, index: number, signal: AbortSignal) => Promise<unknown>;

  /** The most branches at the same time. */
  readonly limit: number;
}

/** The error of a state; an interruption is none. */
function failureOf(error: unknown): StateError {
  if (error instanceof StateError) return error;
  if (error instanceof Interrupted) throw error;
  return runtimeError((error as Error).message);
}

/** An error in the definition names the state, in the words of Step Functions. */
function located(failure: StateError, { state, enteredEventId }: Position): StateError {
  const { error, message } = failure;
  if (error !== 'States.Runtime' || message.startsWith('An error occurred')) return failure;
  return runtimeError(
    `An error occurred while executing the state '${state}' (entered at the event id #${enteredEventId}). ${message}`,
  );
}

function checkSize(state: string, result: unknown): void {
  if (result === undefined || Buffer.byteLength(JSON.stringify(result)) <= MAX_RESULT_BYTES) return;
  throw new StateError(
    'States.DataLimitExceeded',
    `The state/task '${state}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}

function textAt(text = '', path: string | undefined, scope: PathScope): string {
  return path === undefined ? text : String(select(path, scope));
}

/** How long a state waits: as specified, but not longer than is useful on a local machine. */
function waitMs(state: State, scope: PathScope): number {
  const { Seconds, SecondsPath, Timestamp, TimestampPath } = state;
  const until = TimestampPath === undefined ? Timestamp : find(TimestampPath, scope);
  const seconds = SecondsPath === undefined ? Seconds : find(SecondsPath, scope);
  const path = SecondsPath ?? TimestampPath;
  const wait = typeof until === 'string' ? Date.parse(until) - Date.now() : Number(seconds ?? NaN) * 1000;
  if (Number.isNaN(wait) || (SecondsPath !== undefined && wait < 0)) {
    throw runtimeError(`The path '${path}' of the Wait state must refer to a duration or a timestamp.`);
  }
  return Math.min(Math.max(wait, 0), MAX_WAIT_MS);
}

function intervalMs(retrier: Retrier, done: number): number {
  const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Infinity } = retrier;
  return Math.min(IntervalSeconds * BackoffRate ** done, MaxDelaySeconds) * 1000;
}

/** Waits, or is interrupted when the signal is aborted. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  for (let rest = milliseconds; rest >= 0; rest -= MAX_TIMER_MS) {
    await pause(Math.min(rest, MAX_TIMER_MS), undefined, { signal }).catch(() => {
      throw new Interrupted();
    });
  }
}

/** The result of work, or an interruption when the signal is aborted, although the work itself continues. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Interrupted());
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
