import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import * as path from 'node:path';

const PREFIX = 'byoa-';

/** Creates a temporary directory, whose name lets later processes remove it if this one is killed. */
export function scratchDirectory(id = runId(process.pid)): string {
  return mkdtempSync(path.join(tmpdir(), `${PREFIX}${id}-`));
}

/** Whether a temporary directory belongs to a process that has ended. */
export function isOrphaned(name: string): boolean {
  return name.startsWith(PREFIX) && hasEnded(name.slice(PREFIX.length, name.lastIndexOf('-')));
}

/** Identifies a process, also among later ones with the same process ID: host name, process ID and start time. */
export function runId(pid: number): string {
  return `${hostname()}_${pid}_${startTimeOf(pid)}`;
}

/** Whether the process of a run id has ended. Processes of other hosts are unknown. */
export function hasEnded(id: string): boolean {
  const [host, pid, start] = id.split('_');
  if (host !== hostname() || !/^\d+$/.test(pid)) return false;
  return !isAlive(Number(pid)) || startTimeOf(Number(pid)) !== start;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The start time of a process: in clock ticks since boot or, on systems without /proc, as `ps` prints it. */
function startTimeOf(pid: number): string {
  try {
    // The second field is the name of the program in parentheses, which may contain spaces.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[19];
  } catch {
    const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return (stdout ?? '').replace(/\W+/g, '') || '0';
  }
}
