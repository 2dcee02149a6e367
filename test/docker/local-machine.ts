import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

export const ROOT = path.join(__dirname, '..', '..');
const BYOA = path.join(ROOT, 'dist', 'bin', 'byoa.js');
const CDK = path.join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');

export interface Ended {
  readonly code: number;
  readonly output: string;
}

/** A machine with the local service on it, as a user has it: `byoa local up` in one terminal, `cdk` in another. */
export class LocalMachine {
  private readonly directory = mkdtempSync(path.join(tmpdir(), 'local-'));
  public readonly state = path.join(this.directory, 'state');
  private readonly commands = new Set<ChildProcess>();
  private service?: ChildProcess;
  private url = '';

  /** @param app the CDK app, a file of TypeScript */
  constructor(private readonly app: string) {}

  public async up(): Promise<void> {
    const words = [BYOA, 'local', 'up', '--directory', this.state, '--port', '0'];
    const service = spawn(process.execPath, words, { stdio: 'ignore' });
    this.service = service;
    const file = path.join(this.state, 'running.json');
    await until(() => existsSync(file) && readFileSync(file, 'utf8').includes(`"pid":${service.pid},`));
    ({ url: this.url } = JSON.parse(readFileSync(file, 'utf8')) as { url: string });
  }

  public async ended(signal: NodeJS.Signals): Promise<void> {
    const over = new Promise((resolve) => this.service?.once('close', resolve));
    this.service?.kill(signal);
    await over;
  }

  /** Ends the commands that are under way, as a user does who sees that nothing answers any more. */
  public endCommands(): void {
    this.commands.forEach(({ pid = 0 }) => process.kill(-pid, 'SIGKILL'));
  }

  /** Ends the service, if it still runs, and removes what it left. */
  public async remove(): Promise<void> {
    if (this.service?.exitCode === null && this.service.signalCode === null) await this.ended('SIGINT');
    spawnSync(process.execPath, [BYOA, 'local', 'down', '--directory', this.state]);
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Where the service answers, without the protocol. */
  public get host(): string {
    return new URL(this.url).host;
  }

  public client<T>(Client: new (config: object) => T): T {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    return new Client({ endpoint: this.url, region: 'us-east-1', credentials, maxAttempts: 1 });
  }

  /** The real `cdk`, through `byoa local run`; nothing of it is told that it does not talk to AWS. */
  public cdk(command: string, context: Record<string, string> = {}, ...stacks: string[]): Promise<Ended> {
    const options = Object.entries(context).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const approval = command === 'deploy' ? ['--require-approval', 'never'] : ['--force'];
    const output = mkdtempSync(path.join(this.directory, 'cdk.out-'));
    const app = ['--app', `${process.execPath} --import tsx ${this.app}`, '--output', output];
    return this.byoa('run', '--', process.execPath, CDK, command, ...stacks, ...approval, ...app, ...options);
  }

  /** A command of `byoa local`, with the state of this machine. */
  public byoa(command: string, ...words: string[]): Promise<Ended> {
    const args = [BYOA, 'local', command, '--directory', this.state, ...words];
    // A group of its own, with which its children end.
    const child = spawn(process.execPath, args, { cwd: ROOT, detached: true });
    this.commands.add(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
    return new Promise((resolve) =>
      child.on('close', (code) => {
        this.commands.delete(child);
        resolve({ code: code ?? 1, output });
      }),
    );
  }
}

/** Looks again and again: what is waited for has no event to listen to. */
export async function until(holds: () => boolean | Promise<boolean>, milliseconds = 50): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export function outputOf({ output }: Ended, stack: string, name: string): string {
  return new RegExp(`${stack}\\.${name} = (\\S+)`).exec(output)?.[1] ?? '';
}

/** The containers of all local services of this machine. */
export function containers(): string[] {
  const { stdout } = spawnSync('docker', ['ps', '--all', '--quiet', '--filter', 'label=cdk-sagemaker-algorithm.run'], {
    encoding: 'utf8',
  });
  return stdout.split('\n').filter((id) => id !== '');
}
