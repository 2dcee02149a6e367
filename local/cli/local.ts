import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { Command } from 'commander';
import { LocalService } from '../sagemaker/service';
import { UsageError } from './options';
import { Session, note } from './session';

const REGION = 'us-east-1';

interface LocalOptions {
  readonly directory: string;
  readonly port: string;
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
  add('up', 'Answer until Ctrl-C; what is deployed stays for the next time').action(async (options: LocalOptions) => {
    process.exitCode = await up(options);
  });
  add('run', 'Run a command against the service, which is started for it if it does not run')
    .argument('<command...>')
    .passThroughOptions()
    .action(async (words: string[], options: LocalOptions) => {
      process.exitCode = await runCommand(words, options);
    });
  add('env', 'Print what a shell needs to reach the service').action((options: LocalOptions) => {
    const running = runningIn(options.directory);
    for (const [name, value] of Object.entries(
      environment(running?.url ?? `http://127.0.0.1:${options.port}`, options),
    )) {
      process.stdout.write(`export ${name}=${value}\n`);
    }
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

async function up(options: LocalOptions): Promise<number> {
  return Session.of(async (session) => {
    const service = await serviceOf(session, options);
    note(`Answering on ${service.context.url}, until Ctrl-C. Pauses of state machines are shortened to half a second.`);
    await new Promise<void>((resolve) => session.stop.addEventListener('abort', () => resolve()));
    await close(service, options);
    return 0;
  });
}

async function serviceOf(session: Session, options: LocalOptions): Promise<LocalService> {
  const directory = path.resolve(options.directory);
  const running = runningIn(directory);
  if (running !== undefined)
    throw new UsageError([`A service answers already on ${running.url} (process ${running.pid}).`]);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const service = new LocalService({ directory, port: Number(options.port), region: REGION, engine: session.engine });
  await service.start();
  writeFileSync(runningFile(directory), JSON.stringify({ pid: process.pid, url: service.context.url }));
  return service;
}

async function close(service: LocalService, { directory }: LocalOptions): Promise<void> {
  rmSync(runningFile(path.resolve(directory)), { force: true });
  await service.close();
}

async function runCommand(words: string[], options: LocalOptions): Promise<number> {
  const running = runningIn(options.directory);
  if (running !== undefined) return spawned(words, environment(running.url, options));
  return Session.of(async (session) => {
    const service = await serviceOf(session, options);
    try {
      return await spawned(words, environment(service.context.url, options));
    } finally {
      await close(service, options);
    }
  });
}

function spawned([program, ...args]: string[], env: Record<string, string>): Promise<number> {
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
function environment(url: string, options: LocalOptions): Record<string, string> {
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
  const response = await fetch(`${running.url}/_status`);
  const { stacks } = (await response.json()) as ReturnType<LocalService['status']>;
  note(`Answering on ${running.url}. Pauses of state machines are shortened to half a second.`);
  for (const stack of stacks) {
    process.stdout.write(`${stack.name}: ${stack.status}\n`);
    stack.recorded.forEach((resource) => process.stdout.write(`  written down, without effect: ${resource}\n`));
  }
  return 0;
}

async function down(options: LocalOptions): Promise<number> {
  const directory = path.resolve(options.directory);
  const running = runningIn(directory);
  if (running !== undefined) {
    process.kill(running.pid, 'SIGINT');
    while (runningIn(directory) !== undefined) await new Promise((resolve) => setTimeout(resolve, 100));
  }
  rmSync(directory, { recursive: true, force: true });
  note('Everything is removed.');
  return 0;
}

function runningFile(directory: string): string {
  return path.join(directory, 'running.json');
}

function runningIn(directory: string): Running | undefined {
  const file = runningFile(path.resolve(directory));
  if (!existsSync(file)) return undefined;
  const running = JSON.parse(readFileSync(file, 'utf8')) as Running;
  try {
    process.kill(running.pid, 0);
    return running;
  } catch {
    return undefined;
  }
}
