import { setTimeout as pause } from 'node:timers/promises';
import type { LogLine, Mount } from './engine';
import { NO_NAME_SERVER } from './isolation';
import type { Run } from './run';
import type { StopCause, stopOnDemand } from './training-stop';

/** The containers of a job, of which each host has one. */
export interface JobContainers {
  readonly image: string;
  readonly entrypoint?: string[];
  readonly command: string[];
  readonly environment: Record<string, string>;
  readonly networkIsolation?: boolean;

  /** The network of a single host: the default network of the engine, if undefined. */
  readonly network?: string;

  /** Whether every host uses all GPUs of this machine. */
  readonly gpus?: boolean;
  readonly hasTerminal?: boolean;
  readonly sharedMemoryBytes?: number;
  readonly firstHostDelaySeconds?: number;
}

export interface Host {
  readonly name: string;
  readonly mounts: Mount[];
}

/** The value of NVIDIA_VISIBLE_DEVICES on SageMaker: all GPUs of the instance, or none. */
export function visibleDevices(gpus = false): string {
  return gpus ? 'all' : 'void';
}

/** Starts the containers of a job, and returns their ids in the order of the hosts. */
export async function startContainers(run: Run, job: JobContainers, hosts: Host[]): Promise<string[]> {
  const network = await networkFor(run, job, hosts.length);
  const { image, entrypoint, command, environment, gpus, hasTerminal, sharedMemoryBytes } = job;
  const start = ({ name, mounts }: Host): Promise<string> =>
    run.start({
      image,
      entrypoint,
      command,
      environment,
      mounts,
      network,
      // A single host resolves its own name only; several hosts resolve each other by their network.
      ...(hosts.length > 1 ? { alias: name } : network === 'none' ? {} : { hosts: { [name]: '127.0.0.1' } }),
      nameServer: job.networkIsolation === true && network !== 'none' ? NO_NAME_SERVER : undefined,
      gpus,
      hasTerminal,
      sharedMemoryBytes,
    });
  const { firstHostDelaySeconds = 0 } = job;
  if (firstHostDelaySeconds === 0) return Promise.all(hosts.map(start));
  const [first, ...others] = hosts;
  const started = await Promise.all(others.map(start));
  const end = started.map((container) => run.engine.wait(container).catch(() => undefined));
  await Promise.race([...end, pause(firstHostDelaySeconds * 1000, undefined, { ref: false })]);
  return [await start(first), ...started];
}

/**
 * Several hosts find each other by name on a network of their own, which is isolated if the job is. A single host
 * has no network of its own, because creating and removing one takes longer than everything else.
 */
async function networkFor(
  run: Run,
  { networkIsolation = false, network }: JobContainers,
  instanceCount: number,
): Promise<string | undefined> {
  if (instanceCount > 1) return run.network(networkIsolation);
  return networkIsolation ? 'none' : network;
}

/** Waits until all containers have ended, and returns their exit codes. The first failed host ends the job. */
export async function waitForContainers(
  run: Run,
  containers: string[],
  stopping: ReturnType<typeof stopOnDemand>,
  onLine: (line: LogLine, index: number) => void,
): Promise<{ exits: number[]; cause: StopCause }> {
  try {
    const exits = await Promise.all(
      containers.map(async (container, index) => {
        const logs = run.engine.followLogs(container, (line) => onLine(line, index));
        const [code] = await Promise.all([run.engine.wait(container), logs]);
        // SageMaker ends a job with its first failed host; the other ones would wait for that one for ever.
        if (code !== 0) stopping.stop();
        return code;
      }),
    );
    return { exits, cause: stopping.cause() };
  } finally {
    stopping.end();
  }
}
