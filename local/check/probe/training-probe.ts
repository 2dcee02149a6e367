import { chmodSync, cpSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import {
  EngineError,
  type LogLine,
  type TrainingEvents,
  type TrainingRequest,
  type TrainingResult,
  expressionError,
  randomFrom,
  train,
  entryNames,
  unpack,
} from '../../container';
import { Untold } from '../core/check';
import type { LabOptions } from './check-context';
import { Once } from '../core/slots';
import type { TrainingSpecification } from '../core/specification';

/** A training run otherwise than it is meant to be, and for what images that makes sense. */
export interface TrainingVariation {
  readonly applies?: (specification: TrainingSpecification) => boolean;
  readonly change?: (request: TrainingRequest) => TrainingRequest;

  /** What the log of a run says that fails for this reason, where no other run could show it. */
  readonly says?: RegExp;
}

export interface ObservedLine extends LogLine {
  readonly host: string;

  /** When it came, in milliseconds since the program started. */
  readonly at: number;
}

/** What was seen of a training run. */
export interface Observation {
  /** Undefined when it could not be started, which `fault` tells about. */
  readonly result?: TrainingResult;
  readonly fault?: EngineError;
  readonly lines: ObservedLine[];

  /** How long the program ran, in milliseconds. */
  readonly duration: number;

  /** Directories that the run has left: its checkpoints, and its packed outputs. */
  readonly checkpoints?: string;
}

const LAST_LINES = 8;
const GARBAGE_BYTES = 4096;

/** Training runs: as it is meant to be, and varied. */
export class TrainingLab {
  private readonly once = new Once();

  constructor(
    private readonly options: LabOptions,
    public readonly specification: TrainingSpecification,
  ) {}

  /** The run as it is meant to be. */
  public base(): Promise<Observation> {
    return this.varied('as it is meant', (request) => request);
  }

  /** The same, for whom nothing can be told of a run that has failed. */
  public async completed(): Promise<Observation & { result: TrainingResult }> {
    const { result, ...seen } = await this.base();
    if (result?.status !== 'Completed') throw new Untold('the training run did not complete');
    return { ...seen, result };
  }

  /** Another run. Each variation, by its name, is run once. */
  public varied(
    name: string,
    change: (request: TrainingRequest) => TrainingRequest,
    events: (lines: ObservedLine[]) => TrainingEvents = () => ({}),
  ): Promise<Observation> {
    return this.once.do(name, () =>
      this.options.slots.use(async () => this.observe(change(await this.request()), events)),
    );
  }

  /** Which check tells why the run failed, by a run that succeeds where one thing is otherwise. */
  public cause(): Promise<string | undefined> {
    return this.once.do('cause', async () => {
      const base = await this.base();
      if (base.result === undefined || base.result.status === 'Completed') return undefined;
      for (const { id, training } of this.options.checks) {
        const { change, says, applies = () => true } = training ?? {};
        if (!applies(this.specification)) continue;
        if (says !== undefined && base.lines.some(({ text }) => says.test(text))) return id;
        if (change === undefined) continue;
        const { result } = await this.varied(id, change);
        if (result?.status === 'Completed') return id;
      }
      return undefined;
    });
  }

  /** Why the run failed, if it is for this reason: the last lines of its log. Nothing if it did not fail. */
  public async failedFor(id: string): Promise<string[] | undefined> {
    const { result, lines } = await this.base();
    if (result?.status === 'Completed') return undefined;
    if ((await this.cause()) !== id) throw new Untold('the training run failed for another reason');
    return tail(lines);
  }

  /** Whether a run has left anything of a model. */
  public async hasModel({ result }: Observation): Promise<boolean> {
    return result?.modelArtifact !== undefined && (await entryNames(result.modelArtifact)).length > 0;
  }

  /** Where the model of a run lies, unpacked. */
  public async modelOf({ result }: Observation): Promise<string> {
    const directory = this.options.run.directory();
    if (result?.modelArtifact !== undefined) await unpack(result.modelArtifact, directory);
    return directory;
  }

  /** Channels whose files have the same names and are not data. */
  public spoiledChannels(): TrainingRequest['channels'] {
    return this.specification.channels.map((channel) => {
      const directory = path.join(this.options.run.directory(), channel.name);
      cpSync(channel.directory, directory, { recursive: true, dereference: true });
      spoil(directory);
      return { ...channel, directory };
    });
  }

  /** A directory for checkpoints, which two runs may share. */
  public checkpoints(): string {
    return this.options.run.directory();
  }

  private async request(): Promise<TrainingRequest> {
    const { specification, options } = this;
    const { image, channels, hyperparameters, environment, metrics, entrypoint, instanceCount } = specification;
    return {
      jobName: 'byoa-check',
      image,
      channels,
      hyperparameters,
      environment,
      // What cannot be tried is what the check of the metrics tells.
      metrics: metrics.filter(({ regex }) => expressionError(regex) === undefined),
      entrypoint,
      arguments: specification.arguments,
      instanceCount,
      networkIsolation: specification.networkIsolation,
      network: await options.network(),
      checkpoints: specification.hasCheckpoints === true ? this.checkpoints() : undefined,
      checkpointsTarget: specification.checkpointsTarget,
      outputDirectory: options.run.directory(),
      maxRuntimeSeconds: options.times.training,
      stopGraceSeconds: options.times.trainingStopGrace,
    };
  }

  private async observe(
    request: TrainingRequest,
    events: (lines: ObservedLine[]) => TrainingEvents,
  ): Promise<Observation> {
    const lines: ObservedLine[] = [];
    const own = events(lines);
    let started = Date.now();
    const seen = { lines, checkpoints: request.checkpoints };
    try {
      const result = await train(this.options.run, request, {
        ...own,
        onPhase: (phase) => {
          if (phase === 'Training') started = Date.now();
        },
        onLog: (line) => {
          lines.push({ ...line, at: Date.now() - started });
          own.onLog?.(line);
        },
      });
      return { ...seen, result, duration: Date.now() - started };
    } catch (error) {
      if (!isOfProgram(error)) throw error;
      return { ...seen, fault: error, duration: 0 };
    }
  }
}

/** Whether a container cannot be started for what is in its image; all else is this machine's. */
export function isOfProgram(error: unknown): error is EngineError {
  return (
    error instanceof EngineError && ['architecture', 'not found', 'not executable'].includes(error.startFailure ?? '')
  );
}

export function tail(lines: readonly { text: string }[], count = LAST_LINES): string[] {
  return lines.slice(-count).map(({ text }) => text);
}

/** Overwrites all files below a directory with bytes that are no format's. */
function spoil(directory: string): void {
  const random = randomFrom(1);
  const garbage = Buffer.from(Array.from({ length: GARBAGE_BYTES }, () => Math.floor(random() * 256)));
  for (const name of readdirSync(directory, { recursive: true }) as string[]) {
    const file = path.join(directory, name);
    if (!statSync(file).isFile()) continue;
    // What could only be read is a copy here.
    chmodSync(file, 0o644);
    writeFileSync(file, garbage);
  }
  mkdirSync(directory, { recursive: true });
}
