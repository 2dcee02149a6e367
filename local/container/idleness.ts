import { readFileSync, readdirSync } from 'node:fs';
import { isConnected } from './sockets';

/** The states of a thread that neither computes nor waits for a processor or a disk: it sleeps, or has ended. */
const IDLE_STATES = 'SIZX';

/**
 * Whether a process and all of its descendants are idle: every thread sleeps, and none waits for another machine. A slow machine does not
 * make a program idle: a thread that waits for its turn on a processor, or for a disk, does not sleep. Undefined on systems other than Linux.
 */
export function isIdle(pid: number): boolean | undefined {
  try {
    return threadsOf(pid).every((thread) => IDLE_STATES.includes(stateOf(thread))) && !isConnected(pid);
  } catch {
    // A process that has just ended was not idle.
    return process.platform === 'linux' ? false : undefined;
  }
}

/** The directories in /proc of the threads of a process and of its descendants. */
function threadsOf(pid: number): string[] {
  const own = readdirSync(`/proc/${pid}/task`).map((id) => `/proc/${pid}/task/${id}`);
  const children = own.flatMap((thread) => readFileSync(`${thread}/children`, 'utf8').split(' ').filter(Boolean));
  return [...own, ...children.flatMap((child) => threadsOf(Number(child)))];
}

/** The state of a thread, which follows the name of its program in parentheses. */
function stateOf(thread: string): string {
  const stat = readFileSync(`${thread}/stat`, 'utf8');
  return stat.charAt(stat.lastIndexOf(')') + 2);
}
