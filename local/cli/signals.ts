const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The exit code of a command that a signal ended. */
export const INTERRUPTED = 130;

/** Ends the process: no command runs that would have anything to clean up. */
const exit = (): void => process.exit(INTERRUPTED);

let onSignal = exit;
let hasReader = true;
const listener = (): void => onSignal();

/** A pipe without a reader, such as that of `byoa check | head -1`, is a signal to programs that do not ignore it, as Node.js does. */
function onWriteError({ code, message }: NodeJS.ErrnoException): void {
  // Messages of the clean-up cannot be written either.
  if (!hasReader) return;
  if (code !== 'EPIPE') throw new Error(message);
  hasReader = false;
  listener();
}

/** From now on a signal ends the process with exit code 130, after the clean-up of the command that runs. */
export function listenForSignals(): void {
  for (const signal of SIGNALS) {
    // Removing and adding the listener again would lose a signal that has already arrived.
    if (!process.listeners(signal).includes(listener)) process.on(signal, listener);
  }
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.listeners('error').includes(onWriteError)) stream.on('error', onWriteError);
  }
}

/** Lets a command handle signals while it does its work. */
export async function handlingSignals<T>(handler: () => void, work: () => Promise<T>): Promise<T> {
  listenForSignals();
  onSignal = handler;
  try {
    return await work();
  } finally {
    onSignal = exit;
  }
}
