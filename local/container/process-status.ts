import { readFileSync } from 'node:fs';

/** The number of SIGTERM. */
const SIGTERM = 15n;

/**
 * Whether a process handles SIGTERM, by its file `/proc/<pid>/status`; undefined if the file has no signal masks. Without a handler, the
 * first process of a container ignores the signal.
 */
export function handlesSigterm(status: string): boolean | undefined {
  const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return mask === undefined ? undefined : ((BigInt(`0x${mask}`) >> (SIGTERM - 1n)) & 1n) === 1n;
}

/** The file `/proc/<pid>/status`; empty if the process has ended. */
export function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
