import { mkdirSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import * as path from 'node:path';
import { ARTIFACTS, COMMANDS, PATHS, SECONDS } from '../contract';
import { isReadable, merge, pack } from './artifact';
import type { LogLine } from './engine';
import { type Metric, MetricReader, type MetricValue } from './metrics';
import { type ChannelInput, type InstanceGroup, OptMl } from './opt-ml';
import type { Run } from './run';

export interface TrainingRequest {
  readonly jobName: string;
  readonly image: string;

  /** SageMaker gives text alone; whatever else is given tells what a program can read. */
  readonly hyperparameters?: Record<string, unknown>;
  readonly channels?: ChannelInput[];
  readonly environment?: Record<string, string>;
  readonly instanceCount?: number;
  readonly instanceType?: string;

  /** Machines of several kinds, instead of count and type. */
  readonly instanceGroups?: { readonly name: string; readonly instanceType: string; readonly instanceCount: number }[];
  readonly metrics?: Metric[];
  readonly entrypoint?: string[];
  readonly arguments?: string[];
  readonly networkIsolation?: boolean;

  /** The network of a host alone; the engine's default one, if undefined. */
  readonly network?: string;

  /** A directory of this machine that survives the job, and where the program finds it. */
  readonly checkpoints?: string;
  readonly checkpointsTarget?: string;

  /** Where model.tar.gz and output.tar.gz are put; as directories `model` and `output` if they are not to be packed. */
  readonly outputDirectory: string;
  readonly isUncompressed?: boolean;
  readonly maxRuntimeSeconds?: number;
  readonly stopGraceSeconds?: number;

  /** What no program of SageMaker has: to find out whether one depends on it. */
  readonly hasTerminal?: boolean;
  readonly sharedMemoryBytes?: number;
}

export interface TrainingEvents {
  onPhase?(phase: 'Starting' | 'Training' | 'Stopping' | 'Uploading'): void;
  onLog?(line: LogLine & { host: string }): void;

  /** Stops the job as StopTrainingJob does: what it has saved is kept. */
  readonly stop?: AbortSignal;

  /** Takes the machines away, as happens to spot instances: only checkpoints are kept. */
  readonly interrupt?: AbortSignal;
}

export interface TrainingResult {
  readonly jobName: string;
  readonly status: 'Completed' | 'Failed' | 'Stopped' | 'Interrupted';
  readonly exitCodes: Record<string, number>;
  readonly failureReason?: string;

  /** Whether the program itself told why it failed. */
  readonly hasFailureFile?: boolean;
  readonly modelArtifact?: string;
  readonly outputArtifact?: string;
  readonly metrics: MetricValue[];

  /** Files that several hosts wrote; one of them was kept. */
  readonly clashes: string[];
  readonly seconds: number;
}

interface Host {
  readonly name: string;
  readonly optMl: OptMl;
}

/** Runs a training job in containers, as SageMaker runs it. */
export async function train(run: Run, request: TrainingRequest, events: TrainingEvents = {}): Promise<TrainingResult> {
  const started = Date.now();
  events.onPhase?.('Starting');
  const hosts = await prepareHosts(run, request);
  const metrics = new MetricReader(request.metrics ?? []);
  const { exits, cause } = await runHosts(run, request, events, hosts, metrics);
  const result = {
    jobName: request.jobName,
    exitCodes: Object.fromEntries(hosts.map(({ name }, index) => [name, exits[index]])),
    metrics: metrics.values,
  };
  const seconds = (): number => (Date.now() - started) / 1000;
  if (cause === 'interrupted') return { ...result, status: 'Interrupted', clashes: [], seconds: seconds() };
  events.onPhase?.('Uploading');
  const unreadable = hosts.map(({ optMl }) => optMl.host(PATHS.root)).filter((directory) => !isReadable(directory));
  for (const directory of unreadable) await run.makeReadable(directory);
  const artifacts = await packArtifacts(run, request, hosts);
  return { ...result, ...outcome(hosts, exits, cause), ...artifacts, seconds: seconds() };
}

/** Starts the containers, and ends with their exit codes when all of them have ended. */
async function runHosts(
  run: Run,
  request: TrainingRequest,
  events: TrainingEvents,
  hosts: Host[],
  metrics: MetricReader,
): Promise<{ exits: number[]; cause: Cause }> {
  const pipes = hosts.flatMap(({ optMl }) => optMl.openPipes());
  try {
    const containers = await startContainers(run, request, hosts);
    events.onPhase?.('Training');
    const stopping = stopOnDemand(run, request, events, containers);
    try {
      const exits = await Promise.all(
        hosts.map(async ({ name }, index) => {
          const logs = run.engine.followLogs(containers[index], (line) => {
            metrics.read(line.text);
            events.onLog?.({ ...line, host: name });
          });
          const [code] = await Promise.all([run.engine.wait(containers[index]), logs]);
          // The platform ends a job with its first failure; its other hosts would wait for that one for ever.
          if (code !== 0) stopping.stop();
          return code;
        }),
      );
      return { exits, cause: stopping.cause() };
    } finally {
      stopping.end();
    }
  } finally {
    pipes.forEach((pipe) => pipe.close());
  }
}

async function prepareHosts(run: Run, request: TrainingRequest): Promise<Host[]> {
  const { channels = [], hyperparameters = {}, checkpoints, checkpointsTarget } = request;
  if (checkpoints !== undefined) mkdirSync(checkpoints, { recursive: true });
  const groups = groupsOf(request);
  const members = groups.flatMap((group) => group.hosts.map((name) => ({ name, group: group.name })));
  const prepared = members.map(async (member) => {
    const own = channels.flatMap((channel) => {
      const readers = members.filter(({ group }) => channel.groups?.includes(group) ?? true);
      const index = readers.indexOf(member);
      return index < 0 ? [] : [{ ...channel, directory: channel.shards?.[index] ?? channel.directory }];
    });
    const kept = checkpoints === undefined ? undefined : { directory: checkpoints, target: checkpointsTarget };
    const optMl = new OptMl(run.directory(), { channels: own, hyperparameters, checkpoints: kept, groups });
    await optMl.prepare(member.name);
    return { name: member.name, optMl };
  });
  return Promise.all(prepared);
}

/** The groups of machines with the names of their hosts, which are counted through all groups. */
function groupsOf({ instanceGroups, instanceType = 'local', instanceCount = 1 }: TrainingRequest): InstanceGroup[] {
  let count = 0;
  const given = instanceGroups ?? [{ name: 'homogeneousCluster', instanceType, instanceCount }];
  return given.map((group) => ({
    name: group.name,
    instanceType: group.instanceType,
    hosts: Array.from({ length: group.instanceCount }, () => `algo-${++count}`),
  }));
}

async function startContainers(run: Run, request: TrainingRequest, hosts: Host[]): Promise<string[]> {
  const network = await networkFor(run, request, hosts.length);
  const { image, entrypoint, jobName, hasTerminal, sharedMemoryBytes } = request;
  // Without an entrypoint of the job's own the container gets "train", or the job's arguments instead of it.
  const command = request.arguments ?? (entrypoint === undefined ? [COMMANDS.train] : []);
  const environment = {
    TRAINING_JOB_NAME: jobName,
    TRAINING_JOB_ARN: `arn:aws:sagemaker:us-east-1:000000000000:training-job/${jobName.toLowerCase()}`,
    AWS_REGION: 'us-east-1',
    NVIDIA_VISIBLE_DEVICES: 'void',
    ...request.environment,
  };
  return Promise.all(
    hosts.map(({ name, optMl }) =>
      run.start({
        image,
        entrypoint,
        command,
        environment,
        mounts: optMl.mounts(),
        network,
        // A host alone is known to itself by its name; several have to find each other.
        ...(hosts.length > 1 ? { alias: name } : network === 'none' ? {} : { hosts: { [name]: '127.0.0.1' } }),
        hasTerminal,
        sharedMemoryBytes,
      }),
    ),
  );
}

/**
 * Hosts find each other by name on a network of their own; an isolated job has no way out of it. A host alone needs none of
 * its own: making and removing it would take longer than all else.
 */
async function networkFor(
  run: Run,
  { networkIsolation = false, network }: TrainingRequest,
  instanceCount: number,
): Promise<string | undefined> {
  if (instanceCount > 1) return run.network(networkIsolation);
  return networkIsolation ? 'none' : network;
}

/** Why a job was ended before it ended itself. */
type Cause = 'stopped' | 'interrupted' | 'max runtime' | undefined;

/** Stops the containers when the user asks for it, when the time is over, or when a host has failed. */
function stopOnDemand(
  run: Run,
  { maxRuntimeSeconds = SECONDS.defaultMaxRuntime, stopGraceSeconds = SECONDS.trainingStopGrace }: TrainingRequest,
  events: TrainingEvents,
  containers: string[],
): { stop(): void; cause(): Cause; end(): void } {
  let cause: Cause;
  let isStopping = false;
  const stop = (graceSeconds = stopGraceSeconds): void => {
    if (isStopping) return;
    isStopping = true;
    if (cause !== 'interrupted') events.onPhase?.('Stopping');
    for (const container of containers) void run.engine.stop(container, graceSeconds);
  };
  const stopFor = (reason: Cause, graceSeconds?: number): void => {
    cause ??= reason;
    stop(graceSeconds);
  };
  const onAbort = (): void => stopFor('stopped');
  // Who asked before the program ran has nothing to wait for: there is nothing yet that it could save.
  if (events.stop?.aborted === true) stopFor('stopped', 0);
  events.stop?.addEventListener('abort', onAbort, { once: true });
  const onInterrupt = (): void => stopFor('interrupted', 0);
  events.interrupt?.addEventListener('abort', onInterrupt, { once: true });
  // Timers cannot count further than this, and no job of a laptop does.
  const timer = setTimeout(() => stopFor('max runtime'), Math.min(maxRuntimeSeconds * 1000, 2 ** 31 - 1));
  return {
    stop,
    cause: () => cause,
    end: () => {
      clearTimeout(timer);
      events.stop?.removeEventListener('abort', onAbort);
      events.interrupt?.removeEventListener('abort', onInterrupt);
    },
  };
}

function outcome(
  hosts: Host[],
  exits: number[],
  cause: Cause,
): Pick<TrainingResult, 'status' | 'failureReason' | 'hasFailureFile'> {
  if (cause === 'max runtime') return { status: 'Stopped', failureReason: 'The maximum run time was exceeded.' };
  if (cause === 'stopped') return { status: 'Stopped' };
  // A host that was stopped since another had failed tells nothing: the reason is with the one that wrote it.
  const failed = hosts.filter((_, index) => exits[index] !== 0);
  if (failed.length === 0) return { status: 'Completed' };
  const written = failed.map(({ optMl }) => optMl.failure()).find((reason) => reason !== undefined && reason !== '');
  const code = exits.find((exit) => exit !== 0);
  return {
    status: 'Failed',
    hasFailureFile: written !== undefined,
    failureReason:
      written ??
      `The training container exited with code ${code} and wrote nothing to ${PATHS.failure}, whose text SageMaker would show here.`,
  };
}

async function packArtifacts(
  run: Run,
  { outputDirectory, jobName, isUncompressed }: TrainingRequest,
  hosts: Host[],
): Promise<Pick<TrainingResult, 'modelArtifact' | 'outputArtifact' | 'clashes'>> {
  const merged = run.directory();
  const target = path.join(outputDirectory, jobName, 'output');
  const packed = async (source: string, name: string): Promise<[string, string[]]> => {
    const directory = path.join(merged, name);
    const clashes = await merge(
      hosts.map(({ optMl }) => optMl.host(source)),
      directory,
    );
    const result = path.join(target, isUncompressed === true ? path.basename(name, '.tar.gz') : name);
    if (isUncompressed === true) await cp(directory, result, { recursive: true });
    else await pack(directory, result);
    return [result, clashes];
  };
  const [modelArtifact, modelClashes] = await packed(PATHS.model, ARTIFACTS.model);
  const [outputArtifact, outputClashes] = await packed(PATHS.outputData, ARTIFACTS.output);
  return { modelArtifact, outputArtifact, clashes: [...modelClashes, ...outputClashes] };
}
