import { EngineError } from '../../container';

/** Whether a container could not start because of its image; all other errors are those of this machine. */
export function isImageError(error: unknown): error is EngineError {
  return (
    error instanceof EngineError && ['architecture', 'not found', 'not executable'].includes(error.startFailure ?? '')
  );
}
