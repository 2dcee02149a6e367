import { EngineError, type LogLine, execFailureIn } from '../../container';

/** Whether a container could not start because of its image; all other errors are those of this machine. */
export function isImageError(error: unknown): error is EngineError {
  return (
    error instanceof EngineError && ['architecture', 'not found', 'not executable'].includes(error.startFailure ?? '')
  );
}

/** Why the program of a container that has ended was not executed, if an engine writes that to the log; undefined if it was executed. */
export function startErrorIn(lines: readonly LogLine[]): EngineError | undefined {
  const error = execFailureIn(lines);
  return isImageError(error) ? error : undefined;
}
