import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { PassThrough, type Readable } from 'node:stream';
import { EngineError, type LogLine, type StartFailure } from './engine';

/** How to get a Docker Engine. */
export const INSTALLATION =
  'Install Docker Engine: https://docs.docker.com/engine/install/ (on Debian or Ubuntu, `apt-get install docker.io`), ' +
  'or name another program with the environment variable CDK_DOCKER.';

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface FollowOptions {
  readonly signal?: AbortSignal;

  /** Variables of the program, in addition to those of this process. */
  readonly environment?: Record<string, string>;
}

/** Why a container could not be started, by the error message of the engine, and how to fix it. */
const START_FAILURES: [StartFailure, RegExp, string][] = [
  [
    'no gpu',
    /nvidia-container-cli: requirement error/,
    'The NVIDIA driver of this machine is too old for the CUDA version of the image. Update the driver, or use a base image with an older ' +
      'CUDA version.',
  ],
  [
    'no gpu',
    /could not select device driver|nvidia-container-(cli|runtime)|nvidia\.com\/gpu/,
    'The container engine offers no GPU. Install the NVIDIA driver and the NVIDIA Container Toolkit ' +
      '(https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/install-guide.html) and restart the engine, or omit --gpus ' +
      'to run the container on the CPU.',
  ],
  [
    'architecture',
    /exec format error/,
    'The image is built for another processor architecture. Build it with --platform linux/amd64 (or the one of this machine).',
  ],
  [
    'not found',
    /executable file not found|no such file or directory/,
    'The command of the image cannot be found. SageMaker runs the image with the argument "train" or "serve": put an executable of that ' +
      'name on PATH or set an ENTRYPOINT in exec form, and check that its first line (#!) names a program of the image and ' +
      'has no Windows line ending.',
  ],
  [
    'not executable',
    /permission denied/,
    'The command of the image is not executable. Add "RUN chmod +x" for it to the Dockerfile.',
  ],
  [
    'no image',
    /No such image|Unable to find image|pull access denied|not found: manifest/,
    'The image does not exist locally, and it cannot be pulled.',
  ],
  [
    'port in use',
    /port is already allocated|address already in use/,
    'The port is in use on this machine. Choose another one with --port.',
  ],
];

/** Commands that run the program of a container: the errors of all others, such as of a file to load, have nothing to do with it. */
const START_COMMANDS = ['run', 'create', 'start'];

/** The line that an engine writes to the log of a container if it finds only after the start that the program cannot be executed. */
const EXEC_FAILURE = /^(standard_init_linux\.go:\d+: )?exec (user process caused|\S+): /;

/** Why the program of a container was not executed, if that is all that its log contains. */
export function execFailureIn(lines: readonly LogLine[]): EngineError | undefined {
  const [last] = lines.slice(-1);
  if (last === undefined || !lines.every(({ text }) => EXEC_FAILURE.test(text))) return undefined;
  return startError(last.text);
}

function startError(message: string): EngineError | undefined {
  const known = START_FAILURES.find(([, pattern]) => pattern.test(message));
  if (known === undefined) return undefined;
  const [failure, , sentence] = known;
  return new EngineError(`${sentence}\n(${message})`, failure);
}

/**
 * Runs the `docker` program. Each process has a process group of its own: Ctrl-C in a terminal goes to the whole group, and
 * would end docker before its container.
 */
export class DockerCommand {
  constructor(private readonly program: string) {}

  /** Runs a command and returns its output. */
  public async run(...args: string[]): Promise<Output> {
    const stdout: string[] = [];
    const stderr: string[] = [];
    const code = await this.follow(args, ({ stream, text }) => (stream === 'stdout' ? stdout : stderr).push(text));
    return { code, stdout: stdout.join('\n'), stderr: stderr.join('\n') };
  }

  /** Runs a command that has to succeed, and returns its standard output. */
  public async mustRun(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    if (code === 0) return stdout;
    const message = stderr.trim().split('\n').slice(-3).join(' ');
    const error = START_COMMANDS.includes(args[0]) ? startError(message) : undefined;
    throw error ?? new EngineError(`docker ${args[0]} failed: ${message}`);
  }

  /** Runs a command, passes on its lines as they come, and returns its exit code after the last line. */
  public follow(
    args: string[],
    onLine: (line: LogLine) => void,
    { signal, environment = {} }: FollowOptions = {},
  ): Promise<number> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.program, args, {
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
        signal,
        env: { ...process.env, ...environment },
      });
      for (const stream of ['stdout', 'stderr'] as const) {
        createInterface({ input: child[stream], crlfDelay: Infinity }).on('line', (text) => onLine({ stream, text }));
      }
      child.on('error', (error: NodeJS.ErrnoException) =>
        reject(
          error.code === 'ENOENT'
            ? new EngineError(`The program "${this.program}" is not installed. ${INSTALLATION}`)
            : error,
        ),
      );
      child.on('close', (code) => resolve(code ?? 1));
    });
  }

  /** Runs a command and returns its standard output as a stream, which fails when the command fails. */
  public stream(args: string[]): Readable {
    const child = spawn(this.program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', (error) => child.stdout.destroy(new EngineError(error.message)));
    // Not piped to its end: a reader must not take the output of a failed command for complete.
    const output = new PassThrough();
    output.once('close', () => child.kill());
    child.stdout.pipe(output, { end: false });
    child.on('close', (code) =>
      code === 0 ? output.end() : output.destroy(new EngineError(`docker ${args[0]} failed: ${stderr.trim()}`)),
    );
    return output;
  }
}
