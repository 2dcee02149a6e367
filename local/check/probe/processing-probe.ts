import {
  type EngineError,
  type ProcessingEvents,
  type ProcessingRequest,
  type ProcessingResult,
  runProcessingJob,
} from '../../container';
import { inContainer } from '../core/clock';
import { Once } from '../core/concurrency';
import { Inconclusive } from '../core/inconclusive';
import type { ProcessingSpecification } from '../core/specification';
import { runLimit } from './patience';
import type { ProbeOptions, VariationOf } from './probe-options';
import { BASELINE, runName, waitForRun } from './run-wait';
import { SigtermWatch } from './sigterm-watch';
import { isImageError, startErrorIn } from './start-error';
import type { ObservedLine } from './training-probe';

/** A change of the processing run that makes it succeed if it failed for one particular reason. */
export interface ProcessingVariation {
  /** Whether the change makes a difference; it does by default. */
  readonly applies?: (specification: ProcessingSpecification) => boolean;
  readonly change?: (request: ProcessingRequest) => ProcessingRequest;
}

/** A processing run as it was observed. */
export interface ProcessingObservation {
  /** Undefined if the container could not be started; `error` is the reason. */
  readonly result?: ProcessingResult;
  readonly error?: EngineError;
  readonly lines: ObservedLine[];

  /** Milliseconds from the start of the program to its end. */
  readonly duration: number;
}

/** Processing runs: the specified one, and variations of it. */
export class ProcessingProbe {
  private readonly once = new Once();

  constructor(
    private readonly options: ProbeOptions,
    public readonly specification: ProcessingSpecification,
    private readonly variations: readonly VariationOf<ProcessingVariation>[],
  ) {}

  /** The run as it is specified. */
  public baseline(): Promise<ProcessingObservation> {
    return this.vary(BASELINE, (request) => request);
  }

  /** Why the run as it is specified, if a check needed it, has no result, with the check that reports it. */
  public async failure(): Promise<{ check: string; reason: string } | undefined> {
    const run = await this.once.resultOf<ProcessingObservation>(BASELINE);
    if (run === undefined || run.result?.status === 'Completed') return undefined;
    return { check: 'processing-completes', reason: 'the processing run did not complete' };
  }

  /** The run as it is specified. @throws Inconclusive if it did not complete */
  public async completed(): Promise<ProcessingObservation & { result: ProcessingResult }> {
    const { result, ...rest } = await this.baseline();
    if (result?.status !== 'Completed') throw new Inconclusive('the processing run did not complete');
    return { ...rest, result };
  }

  /** A run with one change. Each variation, by its name, runs once. */
  public vary(
    name: string,
    change: (request: ProcessingRequest) => ProcessingRequest,
    events: () => ProcessingEvents = () => ({}),
  ): Promise<ProcessingObservation> {
    return this.once.do(name, async () => {
      const maxRuntimeSeconds = name === BASELINE ? this.options.times.processing : await this.patience();
      return this.options.slots.use(async () =>
        inContainer(...runName('processing', name), async () =>
          this.observe(change({ ...(await this.request()), maxRuntimeSeconds }), events()),
        ),
      );
    });
  }

  /** The time limit of a variation, in relation to the specified run, if that one was needed. */
  private async patience(): Promise<number> {
    return runLimit(this.options.times.processing, await this.once.resultOf<ProcessingObservation>(BASELINE));
  }

  /** The id of the check that explains why the run failed: the first whose variation succeeds. */
  public cause(): Promise<string | undefined> {
    return this.once.do('cause', async () => {
      const { result } = await this.baseline();
      if (result === undefined || result.status === 'Completed') return undefined;
      for (const { id, change, applies = () => true } of this.variations) {
        if (change === undefined || !applies(this.specification)) continue;
        const varied = await this.vary(id, change);
        if (varied.result?.status === 'Completed') return id;
      }
      return undefined;
    });
  }

  /** A watch on the handlers of SIGTERM in the containers of a run. */
  public sigtermWatch(): SigtermWatch {
    return new SigtermWatch(this.options.run.engine);
  }

  private async request(): Promise<ProcessingRequest> {
    const { specification, options } = this;
    return {
      jobName: 'byoa-check',
      ...specification,
      network: await options.network(),
      stopGraceSeconds: options.times.processingStopGrace,
    };
  }

  private async observe(request: ProcessingRequest, events: ProcessingEvents): Promise<ProcessingObservation> {
    const lines: ObservedLine[] = [];
    let started = Date.now();
    const wait = waitForRun('processing', lines, request, (state) => this.options.onWait?.(state));
    try {
      const result = await runProcessingJob(this.options.run, request, {
        ...events,
        onPhase: (phase) => {
          if (phase === 'Processing') started = Date.now();
        },
        onLog: (line) => {
          lines.push({ ...line, at: Date.now() - started });
          events.onLog?.(line);
        },
      });
      const error = result.status === 'Failed' ? startErrorIn(lines) : undefined;
      if (error !== undefined) return { lines, error, duration: 0 };
      return { lines, result, duration: Date.now() - started };
    } catch (error) {
      if (!isImageError(error)) throw error;
      return { lines, error, duration: 0 };
    } finally {
      wait.end();
    }
  }
}
