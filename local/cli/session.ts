import { existsSync } from 'node:fs';
import * as path from 'node:path';
import {
  ArtifactError,
  type ContainerEngine,
  DockerEngine,
  type Labels,
  Run,
  imageOf,
  removeOrphans,
} from '../container';
import { type ValidationErrors, isDirectory } from './options';
import { INTERRUPTED, handlingSignals } from './signals';

/** The options of every command that runs an image. */
export interface ImageOptions {
  readonly target?: string;
  readonly file?: string;
  readonly buildArg?: string[];
  readonly platform: string;
  readonly verbose?: boolean;
}

/** One run of a command: it removes everything that it created, also when a signal ends it. */
export class Session {
  public readonly run: Run;

  /** Resolves with the first signal. */
  public readonly interrupted: Promise<void>;
  private readonly interrupt = new AbortController();

  private constructor(public readonly engine: ContainerEngine) {
    this.run = new Run(engine);
    this.interrupted = new Promise((resolve) => this.stop.addEventListener('abort', () => resolve()));
  }

  /** Aborted by the first signal. */
  public get stop(): AbortSignal {
    return this.interrupt.signal;
  }

  /** Runs a command and returns its exit code: 0 success, 1 the container failed or its model cannot be extracted, 2 usage or engine error, 130 interrupted. */
  public static async of(work: (session: Session) => Promise<number>): Promise<number> {
    const session = new Session(new DockerEngine());
    return handlingSignals(
      () => session.onSignal(),
      async () => {
        try {
          await session.engine.version();
          await removeOrphans(session.engine);
          session.stop.throwIfAborted();
          return await work(session);
        } catch (error) {
          if (session.stop.aborted) return INTERRUPTED;
          note(error instanceof Error ? error.message : String(error));
          return error instanceof ArtifactError ? 1 : 2;
        } finally {
          await session.run.dispose();
        }
      },
    );
  }

  /** The first signal stops the command as SageMaker stops a job or an endpoint; the second one does not wait for that. */
  private onSignal(): void {
    if (this.stop.aborted) {
      note('Removing containers, networks and directories.');
      void this.run.dispose().finally(() => process.exit(INTERRUPTED));
      return;
    }
    note('Stopping. Press Ctrl-C again to stop at once.');
    this.interrupt.abort();
  }

  /** The image to run, built if the source is a directory. */
  public async image(source: string, options: ImageOptions): Promise<string> {
    if (isDirectory(source)) note(`Building ${source}`);
    const { file, target, platform, buildArg = [] } = options;
    const buildArguments = Object.fromEntries(buildArg.map((pair) => pair.split(/=(.*)/s).slice(0, 2))) as Labels;
    const image = await imageOf(
      this.run,
      { source, file, target, platform, buildArguments, signal: this.stop },
      options.verbose === true ? note : undefined,
    );
    this.stop.throwIfAborted();
    return image;
  }
}

/** Validates a directory to build. Whether a named image exists is known to the engine only. */
export function buildContext(errors: ValidationErrors, source: string, { file = 'Dockerfile' }: ImageOptions): void {
  const hasDockerfile = !isDirectory(source) || existsSync(path.resolve(source, file));
  errors.when(!hasDockerfile, `"${source}" has no ${file}; name another one with --file`);
}

/** Writes text for people to standard error; standard output has the results for programs. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
