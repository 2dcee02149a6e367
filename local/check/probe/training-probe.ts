import { chmodSync, cpSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import {
  type EngineError,
  type LogLine,
  type TrainingEvents,
  type TrainingRequest,
  type TrainingResult,
  entryNames,
  randomFrom,
  train,
  unpack,
} from '../../container';
import { inContainer } from '../core/clock';
import { Once } from '../core/concurrency';
import { Inconclusive } from '../core/inconclusive';
import type { Times, TrainingSpecification } from '../core/specification';
import { lastLines } from './evidence';
import { runLimit } from './patience';
import type { ProbeOptions, VariationOf } from './probe-options';
import { SigtermWatch } from './sigterm-watch';
import { BASELINE, runName, waitForRun } from './run-wait';
import { isImageError, startErrorIn } from './start-error';

/** A change of the training run that makes it succeed if it failed for one particular reason. */
export interface TrainingVariation {
  /** Whether the change makes a difference; it does by default. */
  readonly applies?: (specification: TrainingSpecification) => boolean;
  readonly change?: (request: TrainingRequest) => TrainingRequest;

  /** A log line that proves the reason, where no change could show it. */
  readonly logPattern?: RegExp;
}

export interface ObservedLine extends LogLine {
  readonly host: string;

  /** Milliseconds since the start of the program. */
  readonly at: number;
}

/** A training run as it was observed. */
export interface Observation {
  /** Undefined if the container could not be started; `error` is the reason. */
  readonly result?: TrainingResult;
  readonly error?: EngineError;
  readonly lines: ObservedLine[];

  /** The ids of the containers, by the order of the hosts. */
  readonly containers: string[];

  /** Milliseconds from the start of the program to its end. */
  readonly duration: number;

  /** The directory with the checkpoints of the run. */
  readonly checkpoints?: string;
}

const CORRUPT_BYTES = 4096;

/** Training runs: the specified one, and variations of it. */
export class TrainingProbe {
  private readonly once = new Once();

  constructor(
    private readonly options: ProbeOptions,
    public readonly specification: TrainingSpecification,
    private readonly variations: readonly VariationOf<TrainingVariation>[],
  ) {}

  /** The time limits of the checks. */
  public get times(): Times {
    return this.options.times;
  }

  /** The run as it is specified. */
  public baseline(): Promise<Observation> {
    return this.vary(BASELINE, (request) => request);
  }

  /** Why the run as it is specified, if a check needed it, has no result, with the check that reports it. */
  public async failure(): Promise<{ check: string; reason: string } | undefined> {
    const run = await this.once.resultOf<Observation>(BASELINE);
    if (run === undefined || run.result?.status === 'Completed') return undefined;
    return { check: 'training-completes', reason: 'the training run did not complete' };
  }

  /** The run as it is specified. @throws Inconclusive if it did not complete */
  public async completed(): Promise<Observation & { result: TrainingResult }> {
    const { result, ...rest } = await this.baseline();
    if (result?.status !== 'Completed') throw new Inconclusive('the training run did not complete');
    return { ...rest, result };
  }

  /** A run with one change. Each variation, by its name, runs once. */
  public vary(
    name: string,
    change: (request: TrainingRequest) => TrainingRequest,
    events: () => TrainingEvents = () => ({}),
  ): Promise<Observation> {
    return this.once.do(name, async () => {
      const maxRuntimeSeconds = name === BASELINE ? this.options.times.training : await this.patience();
      return this.options.slots.use(async () =>
        inContainer(...runName('training', name), async () =>
          this.observe(change({ ...(await this.request()), maxRuntimeSeconds }), events()),
        ),
      );
    });
  }

  /** The time limit of a variation, in relation to the specified run, if that one was needed. */
  private async patience(): Promise<number> {
    return runLimit(this.options.times.training, await this.once.resultOf<Observation>(BASELINE));
  }

  /** The id of the check that explains why the run failed: the first whose variation succeeds. */
  public cause(): Promise<string | undefined> {
    return this.once.do('cause', async () => {
      const baseline = await this.baseline();
      if (baseline.result === undefined || baseline.result.status === 'Completed') return undefined;
      for (const { id, change, logPattern, applies = () => true } of this.variations) {
        if (!applies(this.specification)) continue;
        if (logPattern !== undefined && baseline.lines.some(({ text }) => logPattern.test(text))) return id;
        if (change === undefined) continue;
        const { result } = await this.vary(id, change);
        if (result?.status === 'Completed') return id;
      }
      return undefined;
    });
  }

  /**
   * The last log lines of the run if it failed because of the requirement of this check; undefined if it completed.
   *
   * @throws Inconclusive if it failed for another reason
   */
  public async evidenceFor(id: string): Promise<string[] | undefined> {
    const { result, lines } = await this.baseline();
    if (result?.status === 'Completed') return undefined;
    if ((await this.cause()) !== id) throw new Inconclusive('the training run failed for another reason');
    return lastLines(lines);
  }

  /** A watch on the handlers of SIGTERM in the containers of a run. */
  public sigtermWatch(): SigtermWatch {
    return new SigtermWatch(this.options.run.engine);
  }

  /** The most lines that one of the containers prints after its first signal; undefined if the engine does not tell. */
  public async linesAfterSignal(containers: readonly string[]): Promise<number | undefined> {
    const { engine } = this.options.run;
    const all = await Promise.all(containers.map((id) => engine.linesAfterSignal(id).catch(() => undefined)));
    return all.reduce((most, count) => (count === undefined ? most : Math.max(most ?? 0, count)), undefined);
  }

  /** When the engine received the lines of the first host, in milliseconds; empty if it does not tell. */
  public async lineTimes({ containers }: Observation): Promise<number[]> {
    return this.options.run.engine.lineTimes(containers[0] ?? '').catch(() => []);
  }

  /** Whether a run saved any file as its model. */
  public async hasModel({ result }: Observation): Promise<boolean> {
    return result?.modelArtifact !== undefined && (await entryNames(result.modelArtifact)).length > 0;
  }

  /** A directory with the extracted model of a run. */
  public async modelOf({ result }: Observation): Promise<string> {
    const directory = this.options.run.directory();
    if (result?.modelArtifact !== undefined) await unpack(result.modelArtifact, directory);
    return directory;
  }

  /** The channels with the same file names and corrupt content. */
  public corruptChannels(): TrainingRequest['channels'] {
    return this.specification.channels.map((channel) => {
      const directory = path.join(this.options.run.directory(), channel.name);
      cpSync(channel.directory, directory, { recursive: true, dereference: true });
      corruptFiles(directory);
      return { ...channel, directory };
    });
  }

  /** An empty directory for checkpoints. */
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
      metrics,
      entrypoint,
      arguments: specification.arguments,
      instanceCount,
      networkIsolation: specification.networkIsolation,
      gpus: specification.gpus,
      network: await options.network(),
      checkpoints: specification.hasCheckpoints === true ? this.checkpoints() : undefined,
      checkpointsTarget: specification.checkpointsTarget,
      outputDirectory: options.run.directory(),
      stopGraceSeconds: options.times.trainingStopGrace,
    };
  }

  private async observe(request: TrainingRequest, events: TrainingEvents): Promise<Observation> {
    const lines: ObservedLine[] = [];
    let started = Date.now();
    const containers: string[] = [];
    const common = { lines, containers, checkpoints: request.checkpoints };
    const wait = waitForRun('training', lines, request, (state) => this.options.onWait?.(state));
    try {
      const result = await train(this.options.run, request, {
        ...events,
        onContainer: (id) => {
          containers.push(id);
          events.onContainer?.(id);
        },
        onPhase: (phase) => {
          if (phase === 'Training') started = Date.now();
        },
        onLog: (line) => {
          lines.push({ ...line, at: Date.now() - started });
          events.onLog?.(line);
        },
      });
      const error = result.status === 'Failed' ? startErrorIn(lines) : undefined;
      if (error !== undefined) return { ...common, error, duration: 0 };
      return { ...common, result, duration: Date.now() - started };
    } catch (error) {
      if (!isImageError(error)) throw error;
      return { ...common, error, duration: 0 };
    } finally {
      wait.end();
    }
  }
}

/** Overwrites all files of a directory with bytes that are not a valid file of any format. */
function corruptFiles(directory: string): void {
  const random = randomFrom(1);
  const bytes = Buffer.from(Array.from({ length: CORRUPT_BYTES }, () => Math.floor(random() * 256)));
  for (const name of readdirSync(directory, { recursive: true }) as string[]) {
    const file = path.join(directory, name);
    if (!statSync(file).isFile()) continue;
    // The copy of a read-only file is read-only too.
    chmodSync(file, 0o644);
    writeFileSync(file, bytes);
  }
  mkdirSync(directory, { recursive: true });
}
