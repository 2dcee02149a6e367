import { type ChildProcess, spawn } from 'node:child_process';
import * as path from 'node:path';

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

/** Runs the built command line. Without CDK_DOCKER in `env` it finds no container engine. */
export function byoa(args: string[], { env = {}, cwd, onSpawn }: Options = {}): Promise<Ended> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd,
    env: { ...process.env, CDK_DOCKER: 'no-such-docker', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.on('spawn', () => onSpawn?.(child));
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })));
}
