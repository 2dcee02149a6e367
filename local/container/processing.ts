import { chmodSync, constants, lstatSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import * as path from 'node:path';
import { LIMITS, PATHS, SECONDS } from '../contract';
import { isReadable } from './artifact';
import { channelError } from './channel';
import type { Mount } from './engine';
import { type JobContainers, startContainers, visibleDevices, waitForContainers } from './job-containers';
import { merge } from './merge';
import { configOf } from './processing-config';
import type { ProcessingEvents, ProcessingRequest, ProcessingResult } from './processing-job';
import { repeatedly } from './repeatedly';
import type { Run } from './run';
import { type StopCause, stopOnDemand } from './training-stop';

/** The interval in which continuous outputs are uploaded. */
const UPLOAD_INTERVAL_MS = 1000;

/** The part of /opt/ml of one host of a processing job, in a directory of this machine. */
interface ProcessingHost {
  readonly name: string;

  /** The directory on this machine that stands for /opt/ml. */
  readonly root: string;
}

/** Runs a processing job in containers, as SageMaker runs it. Its outputs are kept whatever its exit code is. */
export async function runProcessingJob(
  run: Run,
  request: ProcessingRequest,
  events: ProcessingEvents = {},
): Promise<ProcessingResult> {
  const started = Date.now();
  events.onPhase?.('Starting');
  const { instanceCount = 1 } = request;
  const names = Array.from({ length: instanceCount }, (_, index) => `algo-${index + 1}`);
  const hosts = await Promise.all(names.map((name, index) => prepare(run, request, name, index)));
  const { exits, cause } = await runHosts(run, request, events, hosts);
  events.onPhase?.('Uploading');
  const unreadable = hosts.map(({ root }) => root).filter((directory) => !isReadable(directory));
  for (const directory of unreadable) await run.makeReadable(directory);
  return {
    jobName: request.jobName,
    exitCodes: Object.fromEntries(names.map((name, index) => [name, exits[index]])),
    ...outcome(exits, cause),
    ...messageOf(hosts),
    ...(await outputsOf(run, request, hosts)),
    seconds: (Date.now() - started) / 1000,
  };
}

/** Starts the containers and returns their exit codes when all of them have ended. */
async function runHosts(
  run: Run,
  request: ProcessingRequest,
  events: ProcessingEvents,
  hosts: ProcessingHost[],
): Promise<{ exits: number[]; cause: StopCause }> {
  const mounted = hosts.map((host) => ({ name: host.name, mounts: mountsOf(request, host) }));
  const containers = await startContainers(run, containersOf(request), mounted);
  containers.forEach((id) => events.onContainer?.(id));
  events.onPhase?.('Processing');
  const continuous = (request.outputs ?? []).filter(({ isContinuous }) => isContinuous === true);
  const uploads = repeatedly(UPLOAD_INTERVAL_MS, async () => {
    for (const output of continuous)
      await events.onFiles?.(
        output,
        hosts.map((host) => onHost(host, output.target)),
      );
  });
  try {
    const { stopGraceSeconds = SECONDS.processingStopGrace } = request;
    const stopping = stopOnDemand(run, { ...request, stopGraceSeconds }, events, containers);
    return await waitForContainers(run, containers, stopping, (line, index) =>
      events.onLog?.({ ...line, host: hosts[index].name }),
    );
  } finally {
    await uploads.end();
  }
}

/** Writes the files that the container of a host finds when it starts. */
async function prepare(run: Run, request: ProcessingRequest, name: string, index: number): Promise<ProcessingHost> {
  const host = { name, root: run.directory() };
  const { inputs = [], outputs = [], instanceCount = 1 } = request;
  mkdirSync(onHost(host, PATHS.processingConfig), { recursive: true });
  for (const { name: input, target, directory, shards } of inputs) {
    const source = shards?.[index] ?? directory;
    const error = channelError(source);
    if (error !== undefined) throw new Error(`The input "${input}" cannot be copied: ${error}.`);
    // A copy, as on SageMaker: the program may write to its input, and the data of the user does not change.
    await cp(source, onHost(host, target), { recursive: true, dereference: true, mode: constants.COPYFILE_FICLONE });
  }
  for (const target of [PATHS.output, ...outputs.map((output) => output.target)]) {
    mkdirSync(onHost(host, target), { recursive: true });
    // Any user of the image may write to it.
    chmodSync(onHost(host, target), 0o777);
  }
  const hosts = Array.from({ length: instanceCount }, (_, at) => `algo-${at + 1}`).sort();
  writeJson(host, PATHS.processingJobConfig, request.config ?? configOf(request));
  writeJson(host, PATHS.processingResourceConfig, { current_host: name, hosts });
  return host;
}

/** One mount for each path of the job: other files of the image below /opt/ml stay visible. */
function mountsOf({ inputs = [], outputs = [] }: ProcessingRequest, host: ProcessingHost): Mount[] {
  const data = [...inputs, ...outputs].map(({ target }) => target.replace(/\/+$/, ''));
  const targets = [PATHS.processingConfig, PATHS.output, ...new Set(data)];
  return targets.sort().map((target) => ({ source: onHost(host, target), target }));
}

/** The containers of the hosts: without an entrypoint and arguments of the job, those of the image apply. */
function containersOf(request: ProcessingRequest): JobContainers {
  return {
    ...request,
    command: request.arguments ?? [],
    environment: {
      AWS_REGION: 'us-east-1',
      NVIDIA_VISIBLE_DEVICES: visibleDevices(request.gpus),
      ...request.environment,
    },
  };
}

function outcome(exits: number[], cause: StopCause): Pick<ProcessingResult, 'status' | 'failureReason'> {
  if (cause === 'max runtime') return { status: 'Stopped', failureReason: 'The maximum run time was exceeded.' };
  if (cause === 'stopped') return { status: 'Stopped' };
  const code = exits.find((exit) => exit !== 0);
  return code === undefined
    ? { status: 'Completed' }
    : { status: 'Failed', failureReason: `The processing container exited with code ${code}.` };
}

/** The messages of all hosts, up to the length that the service keeps. */
function messageOf(hosts: ProcessingHost[]): Pick<ProcessingResult, 'exitMessage' | 'hasInvalidMessage'> {
  const files = hosts.map((host) => onHost(host, PATHS.exitMessage));
  // The program may have created anything here, also a link to a file of this machine.
  const written = files.filter((file) => lstatSync(file, { throwIfNoEntry: false })?.isFile() === true);
  if (written.length === 0) return {};
  const bytes = Buffer.concat(written.map((file) => readFileSync(file)));
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { hasInvalidMessage: true };
  }
  // A character of which only a part fits is left out.
  const exitMessage = new TextDecoder().decode(bytes.subarray(0, LIMITS.exitMessageBytes), { stream: true });
  return exitMessage === '' ? {} : { exitMessage };
}

/** The outputs of all hosts, as SageMaker uploads them to one location. */
async function outputsOf(
  run: Run,
  { outputs = [] }: ProcessingRequest,
  hosts: ProcessingHost[],
): Promise<Pick<ProcessingResult, 'outputs' | 'conflicts' | 'excluded'>> {
  const merged = run.directory();
  const directories: Record<string, string> = {};
  const conflicts: string[] = [];
  const excluded: ProcessingResult['excluded'] = [];
  for (const [index, { name, target }] of outputs.entries()) {
    const directory = path.join(merged, String(index));
    const result = await merge(
      hosts.map((host) => onHost(host, target)),
      directory,
    );
    directories[name] = directory;
    conflicts.push(...result.conflicts.map((file) => `${target}/${file}`));
    const links = linksIn(directory).map((link) => ({ path: link, reason: 'it is a symbolic link' }));
    excluded.push(...[...result.excluded, ...links].map((one) => ({ ...one, path: `${target}/${one.path}` })));
  }
  return { outputs: directories, conflicts, excluded };
}

function linksIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isSymbolicLink())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)));
}

/** The path on this machine of a path in the container of a host. */
function onHost({ root }: ProcessingHost, target: string): string {
  return path.join(root, path.relative(PATHS.root, target));
}

function writeJson(host: ProcessingHost, target: string, value: object): void {
  writeFileSync(onHost(host, target), JSON.stringify(value));
}
