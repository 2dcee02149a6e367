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
import { Unreachable } from './unreachable';

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
  readonly pingTimeoutSeconds?: number;
  readonly stopGraceSeconds?: number;
}

export interface ServingEvents {
  onPhase?(phase: 'Starting' | 'InService' | 'Stopping'): void;
  onLog?(line: LogLine): void;

  /** Receives the id of the container before it is healthy. */
  onContainer?(id: string): void;

  /** Stops waiting for a container that is not healthy yet. */
  readonly stop?: AbortSignal;
}

export interface Server {
  readonly url: string;

  /** Resolves with the exit code when the container has ended. */
  readonly ended: Promise<number>;

  /** Sends SIGTERM, and SIGKILL after the grace period. */
  stop(): Promise<number>;
}

/** The host of a container that has ended, which is never found. */
const ENDED = 'ended.invalid';
const PING_INTERVAL_MS = 200;
const LAST_LINES = 10;

/** Why a container did not become healthy. */
export type HealthFailure = 'ended' | 'silent' | 'status' | 'redirect' | 'late' | 'stopped';

export class NotHealthy extends Error {
  public override readonly name = 'NotHealthy';

  constructor(
    public readonly failure: HealthFailure,
    public readonly reason: string,
    lastLines: string[],
  ) {
    const log =
      lastLines.length > 0 ? `\nIts last lines:\n  ${lastLines.join('\n  ')}` : ' It wrote nothing to its log.';
    super(`The container did not become healthy: ${reason}${log}`);
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

  const lastLines: string[] = [];
  const logs = run.engine.followLogs(container, (line) => {
    lastLines.push(line.text);
    if (lastLines.length > LAST_LINES) lastLines.shift();
    events.onLog?.(line);
  });
  const ended = Promise.all([run.engine.wait(container), logs]).then(([code]) => code);
  // The caller need not await this promise: an early end is reported by the wait for health.
  ended.catch(() => undefined);

  const address =
    isolated === undefined
      ? await run.engine.address(container, port).catch(() => ENDED)
      : await run.engine.address(container, port, isolated).then(
          (target) => forward(run, { image, target, network: isolated, publish }),
          () => ENDED,
        );
  const health = await untilHealthy(`http://${address}`, request, {
    ended,
    stop: events.stop,
    listeners: () => run.engine.listening(container).catch(() => undefined),
  });
  if ('failure' in health) throw new NotHealthy(health.failure, health.reason, lastLines);
  events.onPhase?.('InService');
  return {
    url: health.url,
    ended,
    stop: async () => {
      events.onPhase?.('Stopping');
      await run.engine.stop(container, request.stopGraceSeconds ?? SECONDS.servingStopGrace);
      return ended;
    },
  };
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

type Health = { readonly url: string } | { readonly failure: HealthFailure; readonly reason: string };

/** A container that is about to serve. */
interface Starting {
  readonly ended: Promise<number>;
  readonly stop?: AbortSignal;
  readonly listeners: () => Promise<Listener[] | undefined>;
}

/** Waits until the container is healthy, and returns its URL or why it is not. */
async function untilHealthy(
  url: string,
  request: ServingRequest,
  { ended, stop, listeners }: Starting,
): Promise<Health> {
  const { startUpSeconds = SECONDS.startUp, pingTimeoutSeconds = SECONDS.pingTimeout, port = SERVING.port } = request;
  let exitCode: number | undefined;
  ended.then(
    (code) => (exitCode = code),
    // The container has been removed, and has no exit code.
    () => (exitCode = NaN),
  );
  const deadline = Date.now() + startUpSeconds * 1000;
  let last: { failure: HealthFailure; reason: string } = {
    failure: 'silent',
    reason: `nothing listens on port ${port}. Listen on 0.0.0.0, not on 127.0.0.1 only`,
  };
  const unreachable = new Unreachable(port, listeners);
  while (Date.now() < deadline && exitCode === undefined && stop?.aborted !== true) {
    const result = await ping(`${url}${SERVING.ping}`, pingTimeoutSeconds);
    if (result === 'healthy') return { url };
    if (result !== 'silent') last = result;
    else if (await unreachable.isProven()) return { failure: 'silent', reason: unreachable.reason };
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, PING_INTERVAL_MS))]);
  }
  if (exitCode !== undefined)
    return { failure: 'ended', reason: `it exited with code ${exitCode} instead of serving.` };
  if (stop?.aborted === true) return { failure: 'stopped', reason: 'it was stopped.' };
  return { ...last, reason: `${last.reason} (for ${startUpSeconds} s).` };
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
      const problem = typeof result === 'string' ? `GET ${SERVING.ping} got no response` : result.reason;
      return `${problem}, ${failures} consecutive times`;
    }
  }
  return undefined;
}

/** Whether the container is healthy, does not listen yet, or has another problem. */
async function ping(
  url: string,
  timeoutSeconds: number,
): Promise<'healthy' | 'silent' | { failure: HealthFailure; reason: string }> {
  const response = await sendRequest(url, { timeoutSeconds });
  if (response instanceof NoResponse) {
    if (!response.isLate) return 'silent';
    return { failure: 'late', reason: `GET ${SERVING.ping} got no response within ${timeoutSeconds} s` };
  }
  if (response.status === 200) return 'healthy';
  const { location } = response.headers;
  if (location !== undefined) {
    return { failure: 'redirect', reason: `GET ${SERVING.ping} redirects to ${location} (status ${response.status})` };
  }
  return { failure: 'status', reason: `GET ${SERVING.ping} responded with status ${response.status}, not 200` };
}
