import { mkdtempSync, readFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import * as path from 'node:path';

const PREFIX = 'byoa-';

/** A directory for the time of the work, which later processes know for a left-over if this one cannot remove it. */
export function scratchDirectory(id = runId(process.pid)): string {
  return mkdtempSync(path.join(tmpdir(), `${PREFIX}${id}-`));
}

/** Whether a name in the directory for temporary files is one that a process left which is no more. */
export function isLeftBehind(name: string): boolean {
  return name.startsWith(PREFIX) && isDead(name.slice(PREFIX.length, name.lastIndexOf('-')));
}

/** Tells a process from all others, also from a later one with the same number: host, number and start. */
export function runId(pid: number): string {
  return `${hostname()}_${pid}_${startOf(pid)}`;
}

export function isDead(id: string): boolean {
  const [host, pid, start] = id.split('_');
  if (host !== hostname() || !/^\d+$/.test(pid)) return false;
  return !isAlive(Number(pid)) || startOf(Number(pid)) !== start;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process started, in ticks since the machine did. Systems without /proc have only the number to go by. */
function startOf(pid: number): string {
  try {
    // The second field is the program's name in parentheses, which may hold spaces.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[19];
  } catch {
    return '0';
  }
}
