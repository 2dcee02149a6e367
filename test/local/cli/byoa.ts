import { type ChildProcess, spawn } from 'node:child_process';
import * as path from 'node:path';
import { main } from '../../../local/cli';

export const PROGRAM = path.join(__dirname, '..', '..', '..', 'dist', 'bin', 'byoa.js');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  readonly env?: Record<string, string>;

  /** The working directory; that of the tests by default. */
  readonly cwd?: string;

  /** Receives the child process as soon as it is spawned. */
  readonly onSpawn?: (child: ChildProcess) => void;
}

const NO_ENGINE = { CDK_DOCKER: 'no-such-docker' };

/**
 * Runs the command line in this process, which takes milliseconds: a start of the built one takes a third of a second. Without CDK_DOCKER
 * in `env` it finds no container engine.
 */
export async function byoaHere(
  args: string[],
  { env = {} }: Pick<Options, 'env'> = {},
): Promise<Pick<Ended, 'code' | 'stdout' | 'stderr'>> {
  const { env: original } = process;
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    jest.spyOn(process[name], 'write').mockImplementation((chunk) => {
      written[name] += chunk.toString();
      return true;
    }),
  );
  process.env = { ...original, ...NO_ENGINE, ...env };
  try {
    await main(args);
    return { code: Number(process.exitCode), ...written };
  } finally {
    process.env = original;
    process.exitCode = undefined;
    spies.forEach((spy) => spy.mockRestore());
  }
}

/** Starts the built command line. Without CDK_DOCKER in `env` it finds no container engine. */
export function byoa(args: string[], { env = {}, cwd, onSpawn }: Options = {}): Promise<Ended> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd,
    env: { ...process.env, ...NO_ENGINE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.on('spawn', () => onSpawn?.(child));
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })));
}
