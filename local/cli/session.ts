import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { type ContainerEngine, DockerEngine, EngineError, type Labels, Run, imageOf, sweep } from '../container';
import { UsageError, isDirectory } from './options';

/** What the user said about the image: a directory to build, or the name of an image that is there. */
export interface ImageOptions {
  readonly target?: string;
  readonly file?: string;
  readonly buildArg?: string[];
  readonly platform: string;
  readonly verbose?: boolean;
}

/** One command of the command line: what it makes is removed at its end, and Ctrl-C brings that end about. */
export class Session {
  public readonly run: Run;
  private readonly interrupt = new AbortController();

  private constructor(public readonly engine: ContainerEngine) {
    this.run = new Run(engine);
  }

  /** Aborted by the first Ctrl-C. */
  public get stop(): AbortSignal {
    return this.interrupt.signal;
  }

  /**
   * Does the work of a command and returns its exit code: 0 done, 1 the container failed, 2 it could not be run.
   */
  public static async of(work: (session: Session) => Promise<number>): Promise<number> {
    const session = new Session(new DockerEngine());
    const onSignal = (): void => session.onSignal();
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    signals.forEach((signal) => process.on(signal, onSignal));
    try {
      await session.engine.version();
      await sweep(session.engine);
      return await work(session);
    } catch (error) {
      if (session.stop.aborted) return 130;
      note(error instanceof EngineError || error instanceof UsageError ? error.message : describe(error));
      return 2;
    } finally {
      await session.run.dispose();
      signals.forEach((signal) => process.off(signal, onSignal));
    }
  }

  /** The first signal stops as SageMaker stops; the second one removes everything at once. */
  private onSignal(): void {
    if (this.stop.aborted) {
      note('Removing everything.');
      void this.run.dispose().finally(() => process.exit(130));
      return;
    }
    note('Stopping. Once more to stop at once.');
    this.interrupt.abort();
  }

  /** The image to run: built when a directory is named. */
  public async image(source: string, options: ImageOptions): Promise<string> {
    if (isDirectory(source)) note(`Building ${source}`);
    const { file, target, platform, buildArg = [] } = options;
    const buildArguments = Object.fromEntries(buildArg.map((pair) => pair.split(/=(.*)/s).slice(0, 2))) as Labels;
    return imageOf(
      this.run,
      { source, file, target, platform, buildArguments, signal: this.stop },
      options.verbose === true ? note : undefined,
    );
  }
}

/** A fault of a directory that is to be built; an image name cannot be checked before the engine is asked. */
export function sourceFault(source: string, { file = 'Dockerfile' }: ImageOptions): string | undefined {
  if (!isDirectory(source) || existsSync(path.resolve(source, file))) return undefined;
  return `"${source}" has no ${file}; name another one with --file`;
}

/** What people read; what programs read goes to standard output. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
