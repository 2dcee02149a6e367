import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { Command } from 'commander';
import { LocalService } from '../services/local-service';
import type { ContainerEngine } from '../container';
import { pushedImages } from '../services/ecr/operations';
import { Logs } from '../services/logs/operations';
import { type HttpResponse, NoResponse, isSuccess, sendRequest } from '../http';
import { collect } from './common';
import { Faults, UsageError, count, isDirectory, pairs } from './options';
import { Session, note } from './session';

const REGION = 'us-east-1';
const LOOPBACK = '127.0.0.1';
const MOUNT_NAME = /^(fs-[0-9a-f]{8,}|[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$/;

interface LocalOptions {
  readonly directory: string;
  readonly port: string;
}

export interface StartOptions extends LocalOptions {
  readonly mount?: string[];
  readonly listen: string;
  readonly expose?: boolean;
}

/** Where a service that runs has written how to reach it. */
interface Running {
  readonly pid: number;
  readonly url: string;
}

export function localCommand(): Command {
  const command = new Command('local')
    .description('SageMaker and what a stack needs around it, on this machine')
    .enablePositionalOptions();
  const add = (name: string, description: string): Command =>
    command
      .command(name)
      .description(description)
      .option('--directory <dir>', 'where all state is', '.byoa')
      .option('--port <port>', 'the port of this machine to answer on', '4599');
  const starting = (name: string, description: string): Command =>
    add(name, description)
      .option(
        '--mount <name=dir>',
        'a directory of yours as a bucket, which is only read, or as a file system (fs-…); may be given several times',
        collect,
      )
      .option('--listen <address>', 'the address to answer on', LOOPBACK)
      .option('--expose', 'allow an address that other machines reach: whoever does can run containers here');
  starting('up', 'Answer until Ctrl-C; what is deployed stays for the next time').action(
    async (options: StartOptions) => {
      process.exitCode = await up(options);
    },
  );
  starting('run', 'Run a command against the service, which is started for it if it does not run')
    .argument('<command...>')
    .passThroughOptions()
    .action(async (words: string[], options: StartOptions) => {
      process.exitCode = await runCommand(words, options);
    });
  add('logs', 'Print what a job, an endpoint or a function has written')
    .argument('<name>')
    .option('--follow', 'go on until Ctrl-C')
    .action(async (name: string, options: LocalOptions & { readonly follow?: boolean }) => {
      process.exitCode = await logs(name, options);
    });
  add('interrupt', 'Take the machines of a spot training job away; it starts again with its checkpoints')
    .argument('<job>')
    .action(async (job: string, options: LocalOptions) => {
      process.exitCode = await interrupt(job, options);
    });
  add('env', 'Print what a shell needs to reach the service').action((options: LocalOptions) => {
    const running = runningIn(options.directory);
    for (const [name, value] of Object.entries(
      environment(running?.url ?? `http://127.0.0.1:${options.port}`, options),
    )) {
      process.stdout.write(`export ${name}=${value}\n`);
    }
    process.exitCode = 0;
  });
  add('status', 'Print what is deployed, and what of it is only written down').action(async (options: LocalOptions) => {
    process.exitCode = await status(options);
  });
  add('down', 'Remove all that is deployed, with its containers, and all state').action(
    async (options: LocalOptions) => {
      process.exitCode = await down(options);
    },
  );
  return command;
}

async function up(options: StartOptions): Promise<number> {
  const mounts = mountsOf(options);
  return Session.of(async (session) => {
    const service = await serviceOf(session, options, mounts);
    note(`Answering on ${service.context.url}, until Ctrl-C. Pauses of state machines are shortened to half a second.`);
    await session.interrupted;
    await close(service, options);
    return 0;
  });
}

export async function serviceOf(
  session: Session,
  options: StartOptions,
  mounts: Record<string, string>,
): Promise<LocalService> {
  const directory = path.resolve(options.directory);
  const running = runningIn(directory);
  if (running !== undefined)
    throw new UsageError([`A service answers already on ${running.url} (process ${running.pid}).`]);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { engine } = session;
  const port = Number(options.port);
  const service = new LocalService({ directory, port, address: options.listen, region: REGION, engine, mounts });
  await service.start();
  writeFileSync(runningFile(directory), JSON.stringify({ pid: process.pid, url: service.context.url }));
  return service;
}

/** Checks what was said about the start of a service; all faults at once. */
function mountsOf({ mount, listen, expose, port }: StartOptions): Record<string, string> {
  const faults = new Faults();
  count(faults, '--port', port, [0, 65_535]);
  faults.when(
    ![LOOPBACK, 'localhost', '::1'].includes(listen) && expose !== true,
    `--listen ${listen}: other machines reach this address, and whoever does can run containers here. Add --expose if you want that`,
  );
  const mounts = pairs(faults, '--mount', mount).map(([name, directory]) => {
    faults.when(
      !MOUNT_NAME.test(name),
      `--mount ${name}: this is neither the name of a bucket nor fs-… of a file system`,
    );
    faults.when(!isDirectory(directory), `--mount ${name}: "${directory}" is not a directory`);
    return [name, path.resolve(directory)] as const;
  });
  faults.throwIfAny();
  return Object.fromEntries(mounts);
}

export async function close(service: LocalService, { directory }: Pick<LocalOptions, 'directory'>): Promise<void> {
  await service.close();
  rmSync(runningFile(path.resolve(directory)), { force: true });
}

async function runCommand(words: string[], options: StartOptions): Promise<number> {
  const running = runningIn(options.directory);
  if (running !== undefined) return spawned(words, environment(running.url, options));
  const mounts = mountsOf(options);
  return Session.of(async (session) => {
    const service = await serviceOf(session, options, mounts);
    try {
      return await spawned(words, environment(service.context.url, options));
    } finally {
      await close(service, options);
    }
  });
}

export function spawned([program, ...args]: string[], env: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const others = Object.fromEntries(OTHERS.map((name) => [name, undefined]));
    const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...others, ...env } });
    child.on('error', (error) => reject(new UsageError([`${program} cannot be run: ${error.message}`])));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** What the user may have set for another account, and would be in the way here. */
const OTHERS = ['AWS_PROFILE', 'AWS_SESSION_TOKEN'];

/** No credentials of the user reach the service, and nothing of it reaches the user's own files. */
export function environment(url: string, options: Pick<LocalOptions, 'directory'>): Record<string, string> {
  const directory = path.resolve(options.directory);
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    CDK_HOME: path.join(directory, 'cdk'),
    DOCKER_CONFIG: path.join(directory, 'docker'),
  };
}

async function status({ directory }: LocalOptions): Promise<number> {
  const running = runningIn(directory);
  if (running === undefined) {
    note('No service runs. `byoa local up` starts it.');
    return 1;
  }
  const response = await requestOf(running, 'GET', '/_status');
  const { stacks } = JSON.parse(response.body.toString()) as ReturnType<LocalService['status']>;
  note(`Answering on ${running.url}. Pauses of state machines are shortened to half a second.`);
  for (const stack of stacks) {
    process.stdout.write(`${stack.name}: ${stack.status}\n`);
    stack.recorded.forEach((resource) => process.stdout.write(`  written down, without effect: ${resource}\n`));
  }
  return 0;
}

async function logs(
  name: string,
  { directory, follow }: LocalOptions & { readonly follow?: boolean },
): Promise<number> {
  const root = path.resolve(directory);
  if (!existsSync(root)) throw new UsageError([`There is no service in ${root}.`]);
  const written = new Logs(root);
  let shown = 0;
  for (;;) {
    const lines = written.of(name);
    const hosts = new Set(lines.map(({ stream }) => stream));
    for (const { stream, event } of lines.slice(shown)) {
      process.stdout.write(hosts.size > 1 ? `${stream} | ${event.message}\n` : `${event.message}\n`);
    }
    shown = lines.length;
    if (follow !== true) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  if (shown === 0) note(`Nothing is written under the name ${name}.`);
  return shown === 0 ? 1 : 0;
}

async function interrupt(job: string, { directory }: LocalOptions): Promise<number> {
  const running = runningIn(directory);
  if (running === undefined) {
    note('No service runs. `byoa local up` starts it.');
    return 1;
  }
  const response = await requestOf(running, 'POST', `/_interrupt/${encodeURIComponent(job)}`);
  if (isSuccess(response)) return 0;
  note(response.body.toString());
  return 1;
}

/** Sends a request that only this command line knows to the running service. */
async function requestOf({ url, pid }: Running, method: 'GET' | 'POST', route: string): Promise<HttpResponse> {
  const response = await sendRequest(`${url}${route}`, { method, timeoutSeconds: 60 });
  if (!(response instanceof NoResponse)) return response;
  throw new UsageError([`The service on ${url} (process ${pid}) does not respond: ${response.message}`]);
}

async function down(options: LocalOptions): Promise<number> {
  const directory = path.resolve(options.directory);
  const running = runningIn(directory);
  if (running !== undefined) {
    process.kill(running.pid, 'SIGINT');
    while (runningIn(directory) !== undefined) await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return Session.of(async ({ engine }) => {
    if (existsSync(directory)) await removeState(directory, engine);
    note('Everything is removed.');
    return 0;
  });
}

/** The state with the names of the images that were pushed; the start of this command has swept containers away. */
export async function removeState(directory: string, engine: ContainerEngine): Promise<void> {
  const images = pushedImages(directory);
  for (const image of images) await engine.removeImage(image);
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch (error) {
    throw new UsageError([
      `What containers have written there as root cannot be removed by you: sudo rm -r ${directory} (${(error as Error).message})`,
    ]);
  }
}

function runningFile(directory: string): string {
  return path.join(directory, 'running.json');
}

function runningIn(directory: string): Running | undefined {
  const file = runningFile(path.resolve(directory));
  if (!existsSync(file)) return undefined;
  const running = JSON.parse(readFileSync(file, 'utf8')) as Running;
  return isAlive(running.pid) ? running : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
