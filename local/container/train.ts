import { mkdirSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import * as path from 'node:path';
import { ARTIFACTS, COMMANDS, PATHS } from '../contract';
import { isReadable, pack } from './artifact';
import { merge } from './merge';
import { type JobContainers, startContainers, visibleDevices, waitForContainers } from './job-containers';
import { MetricReader } from './metrics';
import { type InstanceGroup, OptMl } from './opt-ml';
import type { Run } from './run';
import type { TrainingEvents, TrainingRequest, TrainingResult } from './training-job';
import { type StopCause, stopOnDemand } from './training-stop';

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
  const { exits, cause, containers } = await runHosts(run, request, events, hosts, metrics);
  const result = {
    jobName: request.jobName,
    exitCodes: Object.fromEntries(hosts.map(({ name }, index) => [name, exits[index]])),
    metrics: metrics.values,
  };
  const seconds = (): number => (Date.now() - started) / 1000;
  if (cause === 'interrupted')
    return { ...result, status: 'Interrupted', conflicts: [], excluded: [], seconds: seconds() };
  events.onPhase?.('Uploading');
  const unreadable = hosts.map(({ optMl }) => optMl.host(PATHS.root)).filter((directory) => !isReadable(directory));
  for (const directory of unreadable) await run.makeReadable(directory);
  // The engine removes the containers meanwhile, unless the caller observes them and may not have finished.
  const removal = events.onContainer === undefined ? run.remove(containers) : undefined;
  const [artifacts] = await Promise.all([packArtifacts(run, request, hosts), removal]);
  return { ...result, ...outcome(hosts, exits, cause), ...artifacts, seconds: seconds() };
}

/** Starts the containers and returns them with their exit codes when all of them have ended. */
async function runHosts(
  run: Run,
  request: TrainingRequest,
  events: TrainingEvents,
  hosts: Host[],
  metrics: MetricReader,
): Promise<{ exits: number[]; cause: StopCause; containers: string[] }> {
  const pipes = hosts.flatMap(({ optMl }) => optMl.openPipes());
  try {
    const mounted = hosts.map(({ name, optMl }) => ({ name, mounts: optMl.mounts() }));
    const containers = await startContainers(run, containersOf(request), mounted);
    containers.forEach((id) => events.onContainer?.(id));
    events.onPhase?.('Training');
    const stopping = stopOnDemand(run, request, events, containers);
    const ended = await waitForContainers(run, containers, stopping, (line, index) => {
      metrics.read(line.text).forEach((value) => events.onMetric?.(value));
      events.onLog?.({ ...line, host: hosts[index].name });
    });
    return { ...ended, containers };
  } finally {
    pipes.forEach((pipe) => pipe.close());
  }
}

async function prepareHosts(run: Run, request: TrainingRequest): Promise<Host[]> {
  const { channels = [], hyperparameters = {}, script, checkpoints, checkpointsTarget } = request;
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
    const optMl = new OptMl(run.directory(), { channels: own, hyperparameters, script, checkpoints: kept, groups });
    await optMl.prepare(member.name);
    return { name: member.name, optMl };
  });
  return Promise.all(prepared);
}

/** The instance groups with the names of their hosts, which are numbered across all groups. */
function groupsOf({ instanceGroups, instanceType = 'local', instanceCount = 1 }: TrainingRequest): InstanceGroup[] {
  let count = 0;
  const given = instanceGroups ?? [{ name: 'homogeneousCluster', instanceType, instanceCount }];
  return given.map((group) => ({
    name: group.name,
    instanceType: group.instanceType,
    hosts: Array.from({ length: group.instanceCount }, () => `algo-${++count}`),
  }));
}

/** The containers of the hosts. The arguments of the job replace "train"; an entrypoint of the job has no default arguments. */
function containersOf(request: TrainingRequest): JobContainers {
  const { jobName, entrypoint } = request;
  return {
    ...request,
    command: request.arguments ?? (entrypoint === undefined ? [COMMANDS.train] : []),
    environment: {
      TRAINING_JOB_NAME: jobName,
      TRAINING_JOB_ARN: `arn:aws:sagemaker:us-east-1:000000000000:training-job/${jobName.toLowerCase()}`,
      AWS_REGION: 'us-east-1',
      NVIDIA_VISIBLE_DEVICES: visibleDevices(request.gpus),
      ...request.environment,
    },
  };
}

function outcome(
  hosts: Host[],
  exits: number[],
  cause: StopCause,
): Pick<TrainingResult, 'status' | 'failureReason' | 'hasFailureFile'> {
  if (cause === 'max runtime') return { status: 'Stopped', failureReason: 'The maximum run time was exceeded.' };
  if (cause === 'stopped') return { status: 'Stopped' };
  // The failure reason is that of a host that wrote one: other hosts were stopped because that one had failed.
  const failed = hosts.filter((_, index) => exits[index] !== 0);
  if (failed.length === 0) return { status: 'Completed' };
  const written = failed.map(({ optMl }) => optMl.failure()).find((reason) => reason !== undefined && reason !== '');
  const code = exits.find((exit) => exit !== 0);
  return {
    status: 'Failed',
    hasFailureFile: written !== undefined,
    failureReason:
      written ??
      `The training container exited with code ${code} and wrote no ${PATHS.failure}, whose text would be the failure reason.`,
  };
}

async function packArtifacts(
  run: Run,
  { outputDirectory, jobName, isUncompressed }: TrainingRequest,
  hosts: Host[],
): Promise<Pick<TrainingResult, 'modelArtifact' | 'outputArtifact' | 'conflicts' | 'excluded'>> {
  const merged = run.directory();
  const target = path.join(outputDirectory, jobName, 'output');
  const conflicts: string[] = [];
  const excluded: TrainingResult['excluded'] = [];
  const packed = async (source: string, name: string): Promise<string> => {
    const directory = path.join(merged, name);
    const result = await merge(
      hosts.map(({ optMl }) => optMl.host(source)),
      directory,
    );
    conflicts.push(...result.conflicts);
    excluded.push(...result.excluded.map((one) => ({ ...one, path: `${source}/${one.path}` })));
    const artifact = path.join(target, isUncompressed === true ? path.basename(name, '.tar.gz') : name);
    if (isUncompressed === true) await cp(directory, artifact, { recursive: true, verbatimSymlinks: true });
    else await pack(directory, artifact);
    return artifact;
  };
  const modelArtifact = await packed(PATHS.model, ARTIFACTS.model);
  const outputArtifact = await packed(PATHS.outputData, ARTIFACTS.output);
  return { modelArtifact, outputArtifact, conflicts, excluded };
}
