import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

export const ROOT = path.join(__dirname, '..', '..');
export const BYOA = path.join(ROOT, 'dist', 'bin', 'byoa.js');
const CDK = path.join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');

/** The result of a command. */
export interface CommandResult {
  readonly code: number;
  readonly output: string;
}

/** A machine with the local service, as a user runs it: `byoa local up --enforce-iam` in one terminal, `cdk` in another. */
export class LocalMachine {
  private readonly directory = mkdtempSync(path.join(tmpdir(), 'local-'));
  public readonly state = path.join(this.directory, 'state');
  private readonly commands = new Set<ChildProcess>();
  private service?: ChildProcess;
  private url = '';

  /**
   * @param app - the TypeScript file of the CDK app
   * @param cwd - the working directory of commands
   */
  constructor(
    private readonly app: string,
    private readonly cwd = ROOT,
  ) {}

  /** @param options - further options of `byoa local up` */
  public async up(...options: string[]): Promise<void> {
    const args = [BYOA, 'local', 'up', '--directory', this.state, '--port', '0', '--enforce-iam', ...options];
    const service = spawn(process.execPath, args, { stdio: 'ignore' });
    this.service = service;
    const file = path.join(this.state, 'running.json');
    await until(() => existsSync(file) && readFileSync(file, 'utf8').includes(`"pid":${service.pid},`));
    ({ url: this.url } = JSON.parse(readFileSync(file, 'utf8')) as { url: string });
  }

  /** Sends a signal to the service and waits until it has ended. */
  public async end(signal: NodeJS.Signals): Promise<void> {
    const closed = new Promise((resolve) => this.service?.once('close', resolve));
    this.service?.kill(signal);
    await closed;
  }

  /** Kills the running commands, which wait for a service that has ended. */
  public killCommands(): void {
    this.commands.forEach(({ pid = 0 }) => process.kill(-pid, 'SIGKILL'));
  }

  /** Ends the service if it runs, and removes everything that it has created. */
  public async remove(): Promise<void> {
    if (this.service?.exitCode === null && this.service.signalCode === null) await this.end('SIGINT');
    spawnSync(process.execPath, [BYOA, 'local', 'down', '--directory', this.state]);
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** The host and the port of the service. */
  public get host(): string {
    return new URL(this.url).host;
  }

  public client<T>(Client: new (config: object) => T): T {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    return new Client({ endpoint: this.url, region: 'us-east-1', credentials, maxAttempts: 1 });
  }

  /** Runs the unmodified `cdk` with `byoa local run`. */
  public cdk(command: string, context: Record<string, string> = {}, ...stacks: string[]): Promise<CommandResult> {
    const options = Object.entries(context).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const approval = command === 'deploy' ? ['--require-approval', 'never'] : ['--force'];
    const output = mkdtempSync(path.join(this.directory, 'cdk.out-'));
    const app = ['--app', `${process.execPath} --import tsx ${this.app}`, '--output', output];
    return this.byoa('run', '--', process.execPath, CDK, command, ...stacks, ...approval, ...app, ...options);
  }

  /** Runs a command of `byoa local` with the state of this machine. */
  public byoa(command: string, ...options: string[]): Promise<CommandResult> {
    const args = [BYOA, 'local', command, '--directory', this.state, ...options];
    // In a process group of its own, so that its children can be killed too. The environment of a test is a copy of that of the process.
    const child = spawn(process.execPath, args, { cwd: this.cwd, detached: true, env: process.env });
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

/** Polls a condition that has no event to wait for. */
export async function until(isMet: () => boolean | Promise<boolean>, milliseconds = 50): Promise<void> {
  while (!(await isMet())) await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** An output of a stack, as `cdk deploy` prints it. */
export function outputOf({ output }: CommandResult, stack: string, name: string): string {
  return new RegExp(`${stack}\\.${name} = (\\S+)`).exec(output)?.[1] ?? '';
}

/** @throws the output of a command that has failed */
export function succeeded({ code, output }: CommandResult): void {
  if (code !== 0) throw new Error(output);
}

/** The containers of all runs and local services of this machine. */
export function containers(): string[] {
  const { stdout } = spawnSync('docker', ['ps', '--all', '--quiet', '--filter', 'label=cdk-sagemaker-algorithm.run'], {
    encoding: 'utf8',
  });
  return stdout.split('\n').filter((id) => id !== '');
}
