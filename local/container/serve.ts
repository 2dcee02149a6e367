import { statSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import * as path from 'node:path';
import { COMMANDS, PATHS, SECONDS, SERVING } from '../contract';
import { unpack } from './artifact';
import type { LogLine, Mount } from './engine';
import { type HealthFailure, type StartUpWait, untilHealthy } from './health';
import { NO_NAME_SERVER, forward } from './isolation';
import type { Run } from './run';
import { fromLastError } from './log-error';
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

/** How long a container that cannot become healthy any more must have been idle, by default. */
export const STANDSTILL_SECONDS = 15;
const LAST_LINES = 10;

/** So many lines of the log are kept: the report of an error may be longer than the last lines. */
const KEPT_LINES = 60;

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
