import { setTimeout as pause } from 'node:timers/promises';
import { statSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import * as path from 'node:path';
import { COMMANDS, PATHS, SECONDS, SERVING } from '../contract';
import { unpack } from './artifact';
import type { Listener, LogLine, Mount } from './engine';
import { NO_NAME_SERVER, forward } from './isolation';
import { NoResponse, sendRequest } from '../http';
import type { Run } from './run';
import { fromLastError } from './log-error';
import { isLoopback } from './sockets';
import { Standstill } from './standstill';

export interface ServingRequest {
  readonly image: string;

  /** A model.tar.gz, or a directory with its content; undefined if the image contains the model. */
  readonly model?: string;

  /** The directories of additional model data, by name. */
  readonly additionalData?: Record<string, string>;

  /** An archive with a script, which the container has at /opt/ml/code: the toolkits of SageMaker then do not download it. */
  readonly script?: string;

  /** The directory of a multi-model container, whose models are loaded and unloaded while it serves. */
  readonly models?: string;
  readonly environment?: Record<string, string>;
  readonly networkIsolation?: boolean;

  /** The network of a container that is not isolated: the default network of the engine, if undefined. */
  readonly network?: string;
  readonly hostPort?: number;

  /** The port that the container listens on: 8080 by default. */
  readonly port?: number;

  /** Whether the container uses all GPUs of this machine. It does not start if the engine offers none. */
  readonly gpus?: boolean;

  /** Whether the program may write to its model, which it may not on SageMaker. */
  readonly isModelWritable?: boolean;

  /** The user of the container: that of the image by default. */
  readonly user?: string;
  readonly startUpSeconds?: number;

  /** How long a container that cannot become healthy any more must have been idle: `STANDSTILL_SECONDS` by default. */
  readonly standstillSeconds?: number;
  readonly pingTimeoutSeconds?: number;
  readonly stopGraceSeconds?: number;
}

export interface ServingEvents {
  onPhase?(phase: 'Starting' | 'InService' | 'Stopping'): void;
  onLog?(line: LogLine): void;

  /** Receives the id of the container before it is healthy. */
  onContainer?(id: string): void;

  /** Receives the state of a container that is not healthy yet, several times a second. */
  onWait?(wait: StartUpWait): void;

  /** Stops waiting for a container that is not healthy yet. */
  readonly stop?: AbortSignal;
}

/** The wait for a container to become healthy. */
export interface StartUpWait {
  /** Why it is not healthy yet. */
  readonly state: string;
  readonly seconds: number;
  readonly limitSeconds: number;
}

export interface Server {
  readonly url: string;

  /** The URL for many requests: that of the container in its network, if this machine has an address in it. */
  readonly directUrl: string;

  /** Resolves with the exit code when the container has ended. */
  readonly ended: Promise<number>;

  /** Sends SIGTERM, and SIGKILL after the grace period. */
  stop(): Promise<number>;
}

/** The host of a container that has ended, which is never found. */
const ENDED = 'ended.invalid';
const PING_INTERVAL_MS = 200;

/** How long a container that cannot become healthy any more must have been idle, by default. */
export const STANDSTILL_SECONDS = 15;
const LAST_LINES = 10;

/** So many lines of the log are kept: the report of an error may be longer than the last lines. */
const KEPT_LINES = 60;

/** Why a container did not become healthy. */
export type HealthFailure = 'ended' | 'silent' | 'status' | 'redirect' | 'late' | 'stopped';

export class NotHealthy extends Error {
  public override readonly name = 'NotHealthy';

  constructor(
    public readonly failure: HealthFailure,
    public readonly reason: string,
    log: string[],

    /** Whether the container had come to a standstill before the time limit. */
    public readonly isStandstill = false,
  ) {
    const lastLines = fromLastError(log, LAST_LINES);
    const end =
      lastLines.length > 0 ? `\nIts last lines:\n  ${lastLines.join('\n  ')}` : ' It wrote nothing to its log.';
    super(`The container did not become healthy: ${reason}${end}`);
  }
}

/** Starts a container as an endpoint starts it, and waits until it is healthy. */
export async function serve(run: Run, request: ServingRequest, events: ServingEvents = {}): Promise<Server> {
  events.onPhase?.('Starting');
  const { image, environment = {}, user, hostPort, port = SERVING.port, networkIsolation = false } = request;
  const isolated = networkIsolation ? await run.network(true) : undefined;
  const publish = { port, hostPort };
  const container = await run.start({
    image,
    command: [COMMANDS.serve],
    environment: {
      AWS_REGION: 'us-east-1',
      SAGEMAKER_SAFE_PORT_RANGE: '23000-23999',
      ...(request.models === undefined ? {} : { SAGEMAKER_MULTI_MODEL: 'true' }),
      ...environment,
    },
    mounts: await mountsOf(run, request),
    network: isolated ?? request.network,
    ...(isolated === undefined ? { publish } : { nameServer: NO_NAME_SERVER }),
    user,
    gpus: request.gpus,
  });
  events.onContainer?.(container);

  const log: string[] = [];
  const standstill = new Standstill(request.standstillSeconds ?? STANDSTILL_SECONDS);
  const logs = run.engine.followLogs(container, (line) => {
    log.push(line.text);
    if (log.length > KEPT_LINES) log.shift();
    standstill.onLog(line.text);
    events.onLog?.(line);
  });
  const ended = Promise.all([run.engine.wait(container), logs]).then(([code]) => code);
  // The caller need not await this promise: an early end is reported by the wait for health.
  ended.catch(() => undefined);

  const [address, direct] =
    isolated === undefined
      ? await publishedAddresses(run, container, port)
      : [await forwardedAddress(run, container, { image, network: isolated, publish })];
  const health = await untilHealthy(`http://${address}`, request, {
    ended,
    stop: events.stop,
    standstill,
    listeners: () => run.engine.listening(container).catch(() => undefined),
    isIdle: () => run.engine.isIdle(container).catch(() => undefined),
    onWait: (wait) => events.onWait?.(wait),
  });
  if ('failure' in health) throw new NotHealthy(health.failure, health.reason, log, health.isStandstill);
  const directUrl = urlUntilEnd(ended, health.url, direct);
  events.onPhase?.('InService');
  return {
    url: health.url,
    get directUrl() {
      return directUrl();
    },
    ended,
    stop: async () => {
      events.onPhase?.('Stopping');
      await run.engine.stop(container, request.stopGraceSeconds ?? SECONDS.servingStopGrace);
      return ended;
    },
  };
}

/** The address of a container on this machine and, if this machine has one in its network, that in the network. */
function publishedAddresses(run: Run, container: string, port: number): Promise<[string, string?]> {
  return Promise.all([
    run.engine.address(container, port).catch(() => ENDED),
    run.engine.directAddress(container, port).catch(() => undefined),
  ]);
}

/** The address of an isolated container on this machine. */
function forwardedAddress(
  run: Run,
  container: string,
  forwarding: Omit<Parameters<typeof forward>[1], 'target'>,
): Promise<string> {
  const { network, publish } = forwarding;
  return run.engine.address(container, publish.port, network).then(
    (target) => forward(run, { ...forwarding, target }),
    () => ENDED,
  );
}

/** The URL of a container in its network until it ends, when another one can get its address, and the published URL from then on. */
function urlUntilEnd(ended: Promise<number>, published: string, direct: string | undefined): () => string {
  let current = direct === undefined ? published : `http://${direct}`;
  const onEnd = (): void => void (current = published);
  ended.then(onEnd, onEnd);
  return () => current;
}

async function mountsOf(
  run: Run,
  { model, models, script, additionalData = {}, isModelWritable = false }: ServingRequest,
): Promise<Mount[]> {
  const own: Mount[] = models === undefined ? [] : [{ source: models, target: PATHS.models }];
  // Nothing hides a model that is part of the image.
  if (models === undefined && model !== undefined) {
    own.push({ source: await modelDirectory(run, model, isModelWritable), target: PATHS.model });
  }
  const more = Object.entries(additionalData).map(([name, source]) => ({
    source,
    target: `${PATHS.additionalModelData}/${name}`,
  }));
  const data = [...own, ...more].map((mount) => ({ ...mount, readOnly: !isModelWritable }));
  return script === undefined ? data : [...data, { source: await scriptDirectory(run, script), target: PATHS.code }];
}

async function scriptDirectory(run: Run, script: string): Promise<string> {
  const directory = run.directory();
  await unpack(script, directory);
  return directory;
}

async function modelDirectory(run: Run, model: string, isWritable: boolean): Promise<string> {
  const isDirectory = statSync(model).isDirectory();
  if (isDirectory && !isWritable) return path.resolve(model);
  const directory = run.directory();
  // A writable model is a copy: the files of the user do not change.
  if (isDirectory) await cp(model, directory, { recursive: true, verbatimSymlinks: true });
  else await unpack(model, directory);
  return directory;
}

type Health =
  | { readonly url: string }
  | { readonly failure: HealthFailure; readonly reason: string; readonly isStandstill?: boolean };

/** A container that is about to serve. */
interface Starting {
  readonly ended: Promise<number>;
  readonly stop?: AbortSignal;
  readonly standstill: Standstill;
  readonly listeners: () => Promise<Listener[] | undefined>;
  readonly isIdle: () => Promise<boolean | undefined>;
  readonly onWait: (wait: StartUpWait) => void;
}

/** Why a container is not healthy, and how to fix it, if that is known. */
interface NotYet {
  readonly failure: HealthFailure;
  readonly problem: string;
  readonly fix?: string;

  /** Whether nothing can reach the server, or the route, as long as that does not change. */
  readonly isUnreachable: boolean;
}

/** Waits until the container is healthy, and returns its URL or why it is not. */
async function untilHealthy(url: string, request: ServingRequest, starting: Starting): Promise<Health> {
  const { ended, stop, standstill, isIdle, onWait } = starting;
  const { startUpSeconds = SECONDS.startUp, pingTimeoutSeconds = SECONDS.pingTimeout, port = SERVING.port } = request;
  let exitCode: number | undefined;
  ended.then(
    (code) => (exitCode = code),
    // The container has been removed, and has no exit code.
    () => (exitCode = NaN),
  );
  const started = Date.now();
  const seconds = (): number => (Date.now() - started) / 1000;
  let last = unreachable(port);
  while (seconds() < startUpSeconds && exitCode === undefined && stop?.aborted !== true) {
    // Before the ping, which the server responds to: it is not idle meanwhile.
    const wasIdle = await isIdle();
    const result = await ping(`${url}${SERVING.ping}`, pingTimeoutSeconds);
    if (result === 'healthy') return { url };
    if (result !== 'silent') last = result;
    // A server that has responded before may be restarting.
    else if (last.failure === 'silent') last = unreachable(port, await starting.listeners());
    else last = { ...last, isUnreachable: false };
    const reason = standstill.reasonFor({ ...last, isIdle: wasIdle });
    if (reason !== undefined) return { failure: last.failure, reason: withFix(reason, last), isStandstill: true };
    onWait({ state: last.problem, seconds: seconds(), limitSeconds: startUpSeconds });
    await Promise.race([ended, pause(PING_INTERVAL_MS)]);
  }
  if (exitCode !== undefined)
    return { failure: 'ended', reason: `it exited with code ${exitCode} instead of serving.` };
  if (stop?.aborted === true) return { failure: 'stopped', reason: 'it was stopped.' };
  return { failure: last.failure, reason: withFix(`${last.problem} (for ${startUpSeconds} s)`, last) };
}

const withFix = (reason: string, { fix = '' }: NotYet): string => `${reason}. ${fix}`.trimEnd();

/** Why nothing can connect to the port of a container. */
function unreachable(port: number, listeners: Listener[] = []): NotYet {
  const own = listeners.filter((listener) => listener.port === port);
  const others = [...new Set(listeners.map((listener) => listener.port))].join(', ');
  const silent = { failure: 'silent' as const, isUnreachable: listeners.length > 0, fix: `Listen on 0.0.0.0:${port}.` };
  if (listeners.length === 0) return { ...silent, problem: `nothing listens on port ${port}` };
  if (own.length === 0) return { ...silent, problem: `it listens on port ${others}, but not on port ${port}` };
  if (own.every(isLoopback)) return { ...silent, problem: `it listens on port ${port} of 127.0.0.1 only` };
  return { failure: 'silent', problem: `it does not respond over HTTP on port ${port}`, isUnreachable: false };
}

/** How often a container is pinged while it serves, and how many consecutive pings may fail. */
export interface HealthCheck {
  readonly intervalSeconds: number;
  readonly failures: number;

  /** Whether the container processes a request: many servers do not respond to pings meanwhile. */
  isBusy(): boolean;
}

const HEALTH_CHECK: HealthCheck = { intervalSeconds: 5, failures: 3, isBusy: () => false };

/**
 * Waits until a container that was healthy ends, or does not respond to pings any more, and returns the reason. Undefined if the wait
 * is stopped.
 */
export async function untilUnhealthy(
  { url, ended }: Pick<Server, 'url' | 'ended'>,
  stop: AbortSignal,
  check: Partial<HealthCheck> = {},
): Promise<string | undefined> {
  const { intervalSeconds, failures, isBusy } = { ...HEALTH_CHECK, ...check };
  const end = ended.then(
    (code) => `it exited with code ${code}`,
    () => 'it was removed',
  );
  const interval = (): Promise<undefined> =>
    pause(intervalSeconds * 1000, undefined, { signal: stop, ref: false }).catch(() => undefined);
  let failed = 0;
  while (!stop.aborted) {
    const reason = await Promise.race([end, interval()]);
    if (stop.aborted) return undefined;
    if (reason !== undefined) return reason;
    const result = await ping(`${url}${SERVING.ping}`, SECONDS.pingTimeout);
    failed = result === 'healthy' || isBusy() ? 0 : failed + 1;
    if (failed >= failures) {
      const problem = typeof result === 'string' ? `GET ${SERVING.ping} got no response` : result.problem;
      return `${problem}, ${failures} consecutive times`;
    }
  }
  return undefined;
}

/** The statuses of a route that does not exist. A server that is not ready yet responds with another one. */
const NO_ROUTE = [404, 405];

/** Whether the container is healthy, does not listen yet, or has another problem. */
async function ping(url: string, timeoutSeconds: number): Promise<'healthy' | 'silent' | NotYet> {
  const response = await sendRequest(url, { timeoutSeconds });
  if (response instanceof NoResponse) {
    if (!response.isLate) return 'silent';
    const problem = `GET ${SERVING.ping} got no response within ${timeoutSeconds} s`;
    return { failure: 'late', problem, isUnreachable: false };
  }
  const { status, headers } = response;
  if (status === 200) return 'healthy';
  const { location } = headers;
  if (location !== undefined) {
    const problem = `GET ${SERVING.ping} redirects to ${location} (status ${status})`;
    return { failure: 'redirect', problem, isUnreachable: true };
  }
  const problem = `GET ${SERVING.ping} responded with status ${status}, not 200`;
  return { failure: 'status', problem, isUnreachable: NO_ROUTE.includes(status) };
}
