import { mkdirSync } from 'node:fs';
import * as path from 'node:path';
import { ARTIFACTS, COMMANDS, PATHS, SECONDS } from '../../lib/private/contract';
import { merge, pack } from './artifact';
import type { LogLine } from './engine';
import { type Metric, MetricReader, type MetricValue } from './metrics';
import { type ChannelInput, OptMl } from './opt-ml';
import type { Run } from './run';

export interface TrainingRequest {
  readonly jobName: string;
  readonly image: string;
  readonly hyperparameters?: Record<string, string>;
  readonly channels?: ChannelInput[];
  readonly environment?: Record<string, string>;
  readonly instanceCount?: number;
  readonly instanceType?: string;
  readonly metrics?: Metric[];
  readonly entrypoint?: string[];
  readonly arguments?: string[];
  readonly networkIsolation?: boolean;

  /** A directory of this machine that survives the job. */
  readonly checkpoints?: string;

  /** Where model.tar.gz and output.tar.gz are put. */
  readonly outputDirectory: string;
  readonly maxRuntimeSeconds?: number;
  readonly stopGraceSeconds?: number;
}

export interface TrainingEvents {
  onPhase?(phase: 'Starting' | 'Training' | 'Stopping' | 'Uploading'): void;
  onLog?(line: LogLine & { host: string }): void;

  /** Stops the job as StopTrainingJob does: what it has saved is kept. */
  readonly stop?: AbortSignal;
}

export interface TrainingResult {
  readonly jobName: string;
  readonly status: 'Completed' | 'Failed' | 'Stopped';
  readonly exitCodes: Record<string, number>;
  readonly failureReason?: string;
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
  const hosts = prepareHosts(run, request);
  const metrics = new MetricReader(request.metrics ?? []);
  const containers = await startContainers(run, request, hosts);
  events.onPhase?.('Training');

  const stopping = stopOnDemand(run, request, events, containers);
  const exits = await Promise.all(
    hosts.map(async ({ name }, index) => {
      const logs = run.engine.followLogs(containers[index], (line) => {
        metrics.read(line.text);
        events.onLog?.({ ...line, host: name });
      });
      const code = await run.engine.wait(containers[index]);
      await logs;
      // The platform ends a job with its first failure; its other hosts would wait for that one for ever.
      if (code !== 0) stopping.stop();
      return code;
    }),
  );
  const cause = stopping.end();

  events.onPhase?.('Uploading');
  const artifacts = await packArtifacts(run, request, hosts);
  return {
    jobName: request.jobName,
    ...outcome(hosts, exits, cause),
    exitCodes: Object.fromEntries(hosts.map(({ name }, index) => [name, exits[index]])),
    ...artifacts,
    metrics: metrics.values,
    seconds: (Date.now() - started) / 1000,
  };
}

function prepareHosts(run: Run, request: TrainingRequest): Host[] {
  const { channels = [], hyperparameters = {}, instanceType = 'local', checkpoints, instanceCount = 1 } = request;
  const hosts = Array.from({ length: instanceCount }, (_, index) => `algo-${index + 1}`);
  if (checkpoints !== undefined) mkdirSync(checkpoints, { recursive: true });
  return hosts.map((name) => {
    const optMl = new OptMl(run.directory(), { channels, hyperparameters, instanceType, checkpoints, hosts });
    optMl.prepare(name);
    return { name, optMl };
  });
}

async function startContainers(run: Run, request: TrainingRequest, hosts: Host[]): Promise<string[]> {
  const network = await networkFor(run, request);
  const { image, entrypoint, jobName } = request;
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
        alias: network === 'none' ? undefined : name,
      }),
    ),
  );
}

/** Hosts find each other by name on a network of their own; an isolated job has no way out of it. */
async function networkFor(run: Run, { instanceCount = 1, networkIsolation = false }: TrainingRequest): Promise<string> {
  return networkIsolation && instanceCount === 1 ? 'none' : run.network(networkIsolation);
}

/** Why a job was ended before it ended itself. */
type Cause = 'stopped' | 'max runtime' | undefined;

/** Stops the containers when the user asks for it, when the time is over, or when a host has failed. */
function stopOnDemand(
  run: Run,
  { maxRuntimeSeconds = SECONDS.defaultMaxRuntime, stopGraceSeconds = SECONDS.trainingStopGrace }: TrainingRequest,
  events: TrainingEvents,
  containers: string[],
): { stop(): void; end(): Cause } {
  let cause: Cause;
  let isStopping = false;
  const stop = (graceSeconds = stopGraceSeconds): void => {
    if (isStopping) return;
    isStopping = true;
    events.onPhase?.('Stopping');
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
  // Timers cannot count further than this, and no job of a laptop does.
  const timer = setTimeout(() => stopFor('max runtime'), Math.min(maxRuntimeSeconds * 1000, 2 ** 31 - 1));
  return {
    stop,
    end: () => {
      clearTimeout(timer);
      events.stop?.removeEventListener('abort', onAbort);
      return cause;
    },
  };
}

function outcome(hosts: Host[], exits: number[], cause: Cause): Pick<TrainingResult, 'status' | 'failureReason'> {
  if (cause === 'max runtime') return { status: 'Stopped', failureReason: 'The maximum run time was exceeded.' };
  if (cause === 'stopped') return { status: 'Stopped' };
  // A host that was stopped since another had failed tells nothing: the reason is with the one that wrote it.
  const failed = hosts.filter((_, index) => exits[index] !== 0);
  if (failed.length === 0) return { status: 'Completed' };
  const written = failed.map(({ optMl }) => optMl.failure()).find((reason) => reason !== undefined && reason !== '');
  const code = exits.find((exit) => exit !== 0);
  return {
    status: 'Failed',
    failureReason:
      written ??
      `The training container exited with code ${code} and wrote nothing to ${PATHS.failure}, whose text SageMaker would show here.`,
  };
}

async function packArtifacts(
  run: Run,
  { outputDirectory, jobName }: TrainingRequest,
  hosts: Host[],
): Promise<Pick<TrainingResult, 'modelArtifact' | 'outputArtifact' | 'clashes'>> {
  const merged = run.directory();
  const target = path.join(outputDirectory, jobName, 'output');
  const packed = async (source: string, name: string): Promise<[string, string[]]> => {
    const directory = path.join(merged, name);
    const clashes = merge(
      hosts.map(({ optMl }) => optMl.host(source)),
      directory,
    );
    await pack(directory, path.join(target, name));
    return [path.join(target, name), clashes];
  };
  const [modelArtifact, modelClashes] = await packed(PATHS.model, ARTIFACTS.model);
  const [outputArtifact, outputClashes] = await packed(PATHS.outputData, ARTIFACTS.output);
  return { modelArtifact, outputArtifact, clashes: [...modelClashes, ...outputClashes] };
}
