import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import { Command } from 'commander';
import type { ContainerEngine } from '../container';
import { type HttpResponse, NoResponse, isSuccess, sendRequest } from '../http';
import { CONSOLE_PATH, LocalService, Logs, type ServiceStatus, accountOf, pushedImages } from '../services';
import { UsageError, ValidationErrors, seconds } from './options';
import {
  LOOPBACK,
  type LocalOptions,
  PORT,
  type Settings,
  type StartOptions,
  listenError,
  settingsOf,
  withStartOptions,
} from './start-options';
import { Session, note } from './session';
import { type Running, StateDirectory, runningIn } from './state-directory';

const REGION = 'us-east-1';
const MAX_ADVANCE_SECONDS = 365 * 86_400;
const SHORT_WAITS = 'Wait states and retry intervals of state machines are shortened to half a second.';
const NOT_RUNNING = 'The service is not running. Start it with `byoa local up`.';

export function localCommand(): Command {
  const command = new Command('local')
    .description('Emulate SageMaker, and the AWS services that its stacks require, on this machine')
    .enablePositionalOptions();
  const add = (name: string, description: string): Command =>
    command.command(name).description(description).option('--directory <dir>', 'state directory', '.byoa');
  withStartOptions(add('up', 'Start the service until Ctrl-C; deployed stacks are kept for the next start')).action(
    async (options: StartOptions) => {
      process.exitCode = await up(options);
    },
  );
  withStartOptions(add('run', 'Run a command against the service, which is started first if it is not running'))
    .argument('<command...>')
    .passThroughOptions()
    .action(async (words: string[], options: StartOptions) => {
      process.exitCode = await runCommand(words, options);
    });
  addRunningCommands(add);
  add('env', 'Print the environment variables that point a shell to the service')
    .option('--port <port>', 'port to print if the service is not running', PORT)
    .action((options: LocalOptions & { readonly port: string }) => {
      const { url } = runningIn(options.directory) ?? { url: `http://${LOOPBACK}:${options.port}` };
      process.stdout.write(`unset ${UNSET.join(' ')}\n`);
      for (const [name, value] of Object.entries(environment(url, options))) {
        process.stdout.write(`export ${name}=${value}\n`);
      }
      process.exitCode = 0;
    });
  add('status', 'Print the deployed stacks, and their resources that are recorded but not emulated').action(
    async (options: LocalOptions) => {
      process.exitCode = await status(options);
    },
  );
  add('down', 'Stop the service, and remove its containers and its state directory').action(
    async (options: LocalOptions) => {
      process.exitCode = await down(options);
    },
  );
  return command;
}

/** The commands for a running service. */
function addRunningCommands(add: (name: string, description: string) => Command): void {
  add('logs', 'Print the log of a job, an endpoint or a function')
    .argument('<name>')
    .option('--follow', 'print new lines until Ctrl-C')
    .action(async (name: string, options: LocalOptions & { readonly follow?: boolean }) => {
      process.exitCode = await logs(name, options);
    });
  add('interrupt-spot', 'Interrupt a spot training job, which restarts from its checkpoints')
    .argument('<job>')
    .action(async (job: string, options: LocalOptions) => {
      process.exitCode = await interruptSpot(job, options);
    });
  add('fire', 'Fire a schedule, or a rule with a schedule, now')
    .argument('<name>', 'the name, the logical ID, or the end of one of them that is unique')
    .action(async (name: string, options: LocalOptions) => {
      process.exitCode = await fire(name, options);
    });
  add(
    'advance',
    'Move the time of the service forward: alarms, deployments, schedules and scheduled scaling act as if it had passed',
  )
    .argument('<duration>', 'for example 90s, 15m or 2h')
    .action(async (duration: string, options: LocalOptions) => {
      process.exitCode = await advance(duration, options);
    });
}

async function up(options: StartOptions): Promise<number> {
  const settings = settingsOf(options);
  return Session.of(async (session) => {
    const { service, close } = await serviceOf(session, options, settings);
    note(`Listening on ${service.context.url} until Ctrl-C. ${SHORT_WAITS}`);
    note(`Console: ${service.context.url}${CONSOLE_PATH}`);
    await session.interrupted;
    await close();
    return 0;
  });
}

/** Starts the service. No other one uses the state directory until it is closed. */
export async function serviceOf(
  { engine }: Session,
  options: StartOptions,
  settings: Settings,
): Promise<{ readonly service: LocalService; readonly close: () => Promise<void> }> {
  const directory = path.resolve(options.directory);
  const state = new StateDirectory(directory);
  try {
    const { host: address, port, maxInstances, enforceIam, gpus } = options;
    const service = new LocalService({
      ...{ directory, port: Number(port), address, region: REGION, engine, enforceIam, gpus, ...settings },
      maxInstances: Number(maxInstances),
      onStartUpLog: note,
      onAccess: ({ message }) => message !== '' && note(message),
    });
    await service.start().catch((error: NodeJS.ErrnoException) => {
      throw listenError(error, options);
    });
    state.announce(service.context.url);
    for (const peer of settings.peers ?? []) {
      if (accountOf(peer) === undefined) note(`The peer ${peer} has no state yet. Start its service too.`);
    }
    return { service, close: () => service.close().finally(() => state.release()) };
  } catch (error) {
    state.release();
    throw error;
  }
}

async function runCommand(words: string[], options: StartOptions): Promise<number> {
  const running = runningIn(options.directory);
  if (running !== undefined) return spawned(words, environment(running.url, options));
  const settings = settingsOf(options);
  return Session.of(async (session) => {
    const { service, close } = await serviceOf(session, options, settings);
    try {
      return await spawned(words, environment(service.context.url, options));
    } finally {
      await close();
    }
  });
}

export function spawned([program, ...args]: string[], env: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const unset = Object.fromEntries(UNSET.map((name) => [name, undefined]));
    const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...unset, ...env } });
    child.on('error', (error) => reject(new UsageError([`${program} cannot be run: ${error.message}`])));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** Variables of the user that would override the credentials of the service. */
const UNSET = ['AWS_PROFILE', 'AWS_SESSION_TOKEN'];

/** Points the SDKs to the service, without the credentials of the user and without changes to the files of the user. */
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
    note(NOT_RUNNING);
    return 1;
  }
  const response = await requestOf(running, 'GET', '/_status');
  const { stacks } = JSON.parse(response.body.toString()) as ServiceStatus;
  note(`Listening on ${running.url}. ${SHORT_WAITS}`);
  note(`Console: ${running.url}${CONSOLE_PATH}`);
  for (const stack of stacks) {
    process.stdout.write(`${stack.name}: ${stack.status}\n`);
    stack.recorded.forEach((resource) => process.stdout.write(`  recorded but not emulated: ${resource}\n`));
  }
  return 0;
}

async function logs(
  name: string,
  { directory, follow }: LocalOptions & { readonly follow?: boolean },
): Promise<number> {
  const root = path.resolve(directory);
  if (!existsSync(root))
    throw new UsageError([`No service has its state in ${root}. Name the state directory with --directory.`]);
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
  if (shown === 0) note(`No log has the name ${name}.`);
  return shown === 0 ? 1 : 0;
}

async function interruptSpot(job: string, { directory }: LocalOptions): Promise<number> {
  const running = runningIn(directory);
  if (running === undefined) {
    note(NOT_RUNNING);
    return 1;
  }
  const response = await requestOf(running, 'POST', `/_interrupt/${encodeURIComponent(job)}`);
  if (isSuccess(response)) return 0;
  note(response.body.toString());
  return 1;
}

async function fire(name: string, { directory }: LocalOptions): Promise<number> {
  const running = runningIn(directory);
  if (running === undefined) {
    note(NOT_RUNNING);
    return 1;
  }
  const response = await requestOf(running, 'POST', `/_fire/${encodeURIComponent(name)}`);
  note(response.body.toString());
  return isSuccess(response) ? 0 : 1;
}

async function advance(duration: string, { directory }: LocalOptions): Promise<number> {
  const errors = new ValidationErrors();
  const time = seconds(errors, 'DURATION', duration);
  errors.when((time ?? 0) > MAX_ADVANCE_SECONDS, `DURATION must be at most 365d, got: "${duration}"`);
  errors.throwIfAny();
  const running = runningIn(directory);
  if (running === undefined) {
    note(NOT_RUNNING);
    return 1;
  }
  const response = await requestOf(running, 'POST', `/_advance/${time}`);
  note(isSuccess(response) ? `The time of the service is ${response.body.toString()}.` : response.body.toString());
  return isSuccess(response) ? 0 : 1;
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
    if (existsSync(directory)) {
      // No service starts while its state is being removed: the lock is removed with it.
      new StateDirectory(directory);
      await removeState(directory, engine);
    }
    note('All stacks, containers and state are removed.');
    return 0;
  });
}

/** Removes the state directory and the names of the pushed images. The containers have been removed as orphans before. */
export async function removeState(directory: string, engine: ContainerEngine): Promise<void> {
  const images = pushedImages(directory);
  for (const image of images) await engine.removeImage(image);
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch (error) {
    throw new UsageError([
      `Containers have written files as root, which you cannot remove: sudo rm -r ${directory} (${(error as Error).message})`,
    ]);
  }
}
