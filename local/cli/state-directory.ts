import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { hasEnded, runId } from '../container';
import { readJson, writeJson } from '../services';
import { UsageError } from './options';

/** The process and the URL of a running service, which it has written to its state directory. */
export interface Running {
  readonly pid: number;

  /** Identifies the process, also if a later one has the same process ID. */
  readonly run: string;
  readonly url: string;
}

/** The service that runs with a state directory; undefined if none does. */
export function runningIn(directory: string): Running | undefined {
  const running = readJson<Running>(runningFile(directory));
  return running === undefined || hasEnded(running.run ?? '') ? undefined : running;
}

/** Takes possession of a state directory until `release`: no other service can use it meanwhile. */
export class StateDirectory {
  private readonly run = runId(process.pid);
  private readonly lock: string;

  constructor(private readonly directory: string) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.lock = path.join(directory, 'lock');
    while (!this.isTaken()) this.removeEndedHolder();
  }

  /** Records the URL at which other commands find the service. */
  public announce(url: string): void {
    const running: Running = { pid: process.pid, run: this.run, url };
    writeJson(runningFile(this.directory), running);
  }

  public release(): void {
    rmSync(runningFile(this.directory), { force: true });
    rmSync(path.join(this.lock, this.run), { force: true });
  }

  /** The lock is a directory with one file, named after its holder. Renaming replaces an empty directory, and fails for others. */
  private isTaken(): boolean {
    const prepared = mkdtempSync(`${this.lock}-`);
    writeFileSync(path.join(prepared, this.run), '');
    try {
      renameSync(prepared, this.lock);
      return true;
    } catch (error) {
      rmSync(prepared, { recursive: true });
      const { code = '' } = error as NodeJS.ErrnoException;
      if (['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(code)) return false;
      throw error;
    }
  }

  /** Every process removes only the name of a holder that has ended: a new holder has another name. */
  private removeEndedHolder(): void {
    for (const holder of this.holders()) {
      if (!hasEnded(holder)) throw this.inUse(holder);
      rmSync(path.join(this.lock, holder), { force: true });
    }
    try {
      // Windows does not replace an empty directory.
      rmdirSync(this.lock);
    } catch {
      // Another process has taken it, or removed it.
    }
  }

  /** Another process may have removed the lock. */
  private holders(): string[] {
    try {
      return readdirSync(this.lock);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  private inUse(holder: string): UsageError {
    const [host, pid] = holder.split('_');
    const url = runningIn(this.directory)?.url ?? 'a URL that it has not announced yet';
    return new UsageError([
      `The service is already running on ${url} (process ${pid} of ${host}). Use it, stop it, or choose another --directory. ` +
        `If ${host} is a machine that does not run any more, remove ${this.lock}`,
    ]);
  }
}

function runningFile(directory: string): string {
  return path.join(path.resolve(directory), 'running.json');
}
