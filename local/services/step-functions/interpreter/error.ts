/** An error with which a state fails, and which its retriers and catchers handle. */
export class StateError extends Error {
  constructor(
    /** The name of the error, such as `States.Timeout`. */
    public readonly error: string,
    cause: string,
  ) {
    super(cause);
  }
}

/** The execution was aborted, or the service is closing: no retrier and no catcher handles that. */
export class Interrupted extends Error {}

/** The service is closing: the execution continues with its next start. */
export class Closing extends Interrupted {}

/** An error in the definition for this input. No retrier and no catcher handles it. */
export function runtimeError(message: string): StateError {
  return new StateError('States.Runtime', message);
}

/** The errors that `States.ALL` does not include. */
const TERMINAL = ['States.DataLimitExceeded', 'States.Runtime'];

/** Whether an error is among the names of a retrier or a catcher. */
export function isAmong({ error }: StateError, names: readonly string[]): boolean {
  if (names.includes(error)) return true;
  if (TERMINAL.includes(error)) return false;
  return names.includes('States.ALL') || (names.includes('States.TaskFailed') && error !== 'States.Timeout');
}
