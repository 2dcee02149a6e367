import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough, type Readable } from 'node:stream';
import {
  type BuildRequest,
  type ContainerEngine,
  type ContainerSpec,
  EngineError,
  type ImageInfo,
  type Labels,
  type Leftover,
  type Listener,
  type LogLine,
  type StartFault,
} from './engine';
import { scratchDirectory } from './scratch';
import { isIn, listenersOf } from './sockets';

interface InspectedImage extends Record<'Id' | 'Os' | 'Architecture', string> {
  readonly Size: number;
  readonly Config?: {
    readonly Entrypoint?: string[];
    readonly Cmd?: string[];
    readonly Env?: string[];
    readonly Labels?: Labels;
    readonly User?: string;
    readonly Volumes?: Record<string, object>;
  };
}

interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Why a container could not be started, by what the engine says, and how to mend it. */
const START_FAULTS: [StartFault, RegExp, string][] = [
  [
    'architecture',
    /exec format error/,
    'The image is built for another processor architecture. Build it with --platform linux/amd64 (or the one of this machine).',
  ],
  [
    'not found',
    /executable file not found|no such file or directory/,
    'Its command cannot be found. SageMaker runs the image with the argument "train" or "serve": put an executable of that ' +
      'name on PATH or set an ENTRYPOINT in exec form, and check that its first line (#!) names a program of the image and ' +
      'has no Windows line end.',
  ],
  [
    'not executable',
    /permission denied/,
    'Its command is not executable. Add "RUN chmod +x" for it to the Dockerfile.',
  ],
  [
    'no image',
    /No such image|Unable to find image|pull access denied|not found: manifest/,
    'There is no such image here, and it cannot be pulled.',
  ],
  [
    'port in use',
    /port is already allocated|address already in use/,
    'The port is in use on this machine. Choose another with --port.',
  ],
];

/** Docker, through its command line. See docs/decisions/0002-docker-command-line.md. */
export class DockerEngine implements ContainerEngine {
  constructor(private readonly program = process.env.CDK_DOCKER ?? 'docker') {}

  public async version(): Promise<string> {
    const { code, stdout } = await this.try('version', '--format', '{{.Server.Version}}');
    if (code === 0) return stdout.trim();
    throw new EngineError(
      'No Docker Engine answers. Start it, or install one: https://docs.docker.com/engine/install/\n' +
        'On Debian or Ubuntu as root, `npm start -- --install-docker` installs and starts the distribution’s.',
    );
  }

  public async build(request: BuildRequest, onLine: (line: string) => void): Promise<string> {
    const { directory, file, target, platform, buildArguments = {}, signal } = request;
    const scratch = scratchDirectory();
    const idFile = path.join(scratch, 'id');
    const args = [
      ...(file === undefined ? [] : ['--file', path.resolve(directory, file)]),
      ...(target === undefined ? [] : ['--target', target]),
      ...(platform === undefined ? [] : ['--platform', platform]),
      ...Object.entries(buildArguments).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ];
    const lines: string[] = [];
    const onOutput = ({ text }: LogLine): void => {
      lines.push(text);
      onLine(text);
    };
    try {
      // --force-rm: an interrupted build of the legacy builder leaves no container behind.
      const code = await this.follow(
        ['build', '--force-rm', '--iidfile', idFile, ...args, directory],
        onOutput,
        signal,
      );
      if (code === 0) return readFileSync(idFile, 'utf8').trim();
      throw new EngineError(`The image could not be built:\n${lines.slice(-15).join('\n')}`);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }

  public async inspectImage(image: string): Promise<ImageInfo | undefined> {
    const { code, stdout } = await this.try('image', 'inspect', '--format', '{{json .}}', image);
    if (code !== 0) return undefined;
    const { Id, Os, Architecture, Size, Config } = JSON.parse(stdout) as InspectedImage;
    return {
      id: Id,
      platform: `${Os}/${Architecture}`,
      sizeBytes: Size,
      entrypoint: Config?.Entrypoint ?? [],
      command: Config?.Cmd ?? [],
      environment: Object.fromEntries((Config?.Env ?? []).map((pair) => pair.split(/=(.*)/s).slice(0, 2))) as Labels,
      labels: Config?.Labels ?? {},
      user: Config?.User ?? '',
      volumes: Object.keys(Config?.Volumes ?? {}),
    };
  }

  public async load(archive: string): Promise<string> {
    const { stdout } = await this.do('load', '--input', archive);
    const name = /^Loaded image(?: ID)?: (.+)$/m.exec(stdout)?.[1];
    if (name === undefined) throw new EngineError(`${archive} holds no image: docker load said "${stdout}".`);
    return name;
  }

  public async imageStore(): Promise<string> {
    return (await this.do('info', '--format', '{{.Driver}}')).stdout.trim();
  }

  public save(image: string): Readable {
    return this.output(['save', image]);
  }

  public async removeImage(image: string): Promise<void> {
    await this.try('image', 'rm', image);
  }

  public async createNetwork(name: string, { internal, labels }: { internal: boolean; labels: Labels }): Promise<void> {
    await this.do('network', 'create', ...(internal ? ['--internal'] : []), ...labelArguments(labels), name);
  }

  public async removeNetwork(name: string): Promise<void> {
    await this.try('network', 'rm', name);
  }

  public async create(spec: ContainerSpec): Promise<string> {
    // An entrypoint may have several words, and the option takes one: the rest comes before the arguments.
    const [entrypoint, ...words] = spec.entrypoint ?? [];
    const { stdout } = await this.do(
      'create',
      '--security-opt=no-new-privileges',
      ...labelArguments(spec.labels),
      ...Object.entries(spec.environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      ...spec.mounts.flatMap(({ source, target, readOnly }) => [
        '--mount',
        csv([`type=bind`, `source=${source}`, `target=${target}`, ...(readOnly ? ['readonly'] : [])]),
      ]),
      ...(spec.network === undefined ? [] : ['--network', spec.network]),
      ...(spec.alias === undefined ? [] : ['--network-alias', spec.alias]),
      ...Object.entries(spec.hosts ?? {}).flatMap(([name, address]) => ['--add-host', `${name}:${address}`]),
      ...(spec.publish === undefined
        ? []
        : ['--publish', `127.0.0.1:${spec.publish.hostPort ?? ''}:${spec.publish.port}`]),
      ...(spec.user === undefined ? [] : ['--user', spec.user]),
      ...(spec.hasTerminal === true ? ['--tty'] : []),
      ...(spec.sharedMemoryBytes === undefined ? [] : ['--shm-size', String(spec.sharedMemoryBytes)]),
      ...(entrypoint === undefined ? [] : ['--entrypoint', entrypoint]),
      spec.image,
      ...words,
      ...spec.command,
    );
    return stdout.trim();
  }

  public async start(container: string): Promise<void> {
    await this.do('start', container);
  }

  public async followLogs(container: string, onLine: (line: LogLine) => void): Promise<void> {
    await this.follow(['logs', '--follow', container], onLine);
  }

  public async wait(container: string): Promise<number> {
    return Number((await this.do('wait', container)).stdout);
  }

  public async stop(container: string, graceSeconds: number): Promise<void> {
    await this.try('stop', '--time', String(Math.ceil(graceSeconds)), container);
  }

  public async remove(container: string): Promise<void> {
    await this.try('rm', '--force', '--volumes', container);
  }

  public copyOut(container: string, file: string): Readable {
    return this.output(['cp', '--follow-link', `${container}:${file}`, '-']);
  }

  public async listening(container: string): Promise<Listener[] | undefined> {
    const { stdout } = await this.try('inspect', '--format', '{{.State.Pid}}', container);
    // Where the engine is in a machine of its own, the number is that of another process here.
    return isIn(Number(stdout), container) ? listenersOf(Number(stdout)) : undefined;
  }

  public async address(container: string, port: number, network?: string): Promise<string> {
    if (network === undefined) {
      const { stdout } = await this.do('port', container, `${port}/tcp`);
      return stdout.trim().split('\n')[0];
    }
    const format = `{{(index .NetworkSettings.Networks ${JSON.stringify(network)}).IPAddress}}`;
    return `${(await this.do('inspect', '--format', format, container)).stdout.trim()}:${port}`;
  }

  public async list(label: string): Promise<Leftover[]> {
    const filter = ['--filter', `label=${label}`];
    const containers = await this.do('ps', '--all', '--no-trunc', ...filter, '--format', '{{.ID}}\t{{.Labels}}');
    const networks = await this.do('network', 'ls', '--no-trunc', ...filter, '--format', '{{.ID}}\t{{.Labels}}');
    return [...leftovers('container', containers.stdout), ...leftovers('network', networks.stdout)];
  }

  public async removeDirectory(directory: string, image: string): Promise<void> {
    await this.asRoot(path.dirname(directory), image, ['rm', '-rf', path.basename(directory)]);
  }

  public async makeReadable(directory: string, image: string): Promise<void> {
    await this.asRoot(directory, image, ['chmod', '-R', 'a+rX', '.']);
  }

  /** Runs a command of an image in a directory of this machine; images without it do nothing. */
  private async asRoot(directory: string, image: string, [program, ...words]: string[]): Promise<void> {
    const mount = csv(['type=bind', `source=${directory}`, 'target=/directory']);
    const where = ['--network=none', '--security-opt=no-new-privileges', '--mount', mount, '--workdir=/directory'];
    await this.try('run', '--rm', '--user=0', ...where, '--entrypoint', program, image, ...words);
  }

  /** What a command writes, as it comes. */
  private output(args: string[]): Readable {
    const child = spawn(this.program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('error', (error) => child.stdout.destroy(new EngineError(error.message)));
    // The end of the stream must not be taken for the end of the archive when the engine has failed.
    const archive = new PassThrough();
    // Nor may the engine go on writing to somebody who has given up.
    archive.once('close', () => child.kill());
    child.stdout.pipe(archive, { end: false });
    child.on('close', (code) =>
      code === 0 ? archive.end() : archive.destroy(new EngineError(`docker ${args[0]} failed: ${said.trim()}`)),
    );
    return archive;
  }

  private async do(...args: string[]): Promise<Output> {
    const output = await this.try(...args);
    if (output.code === 0) return output;
    const said = output.stderr.trim().split('\n').slice(-3).join(' ');
    const known = START_FAULTS.find(([, pattern]) => pattern.test(said));
    if (known === undefined) throw new EngineError(`docker ${args[0]} failed: ${said}`);
    const [fault, , sentence] = known;
    throw new EngineError(`${sentence}\n(${said})`, fault);
  }

  private async try(...args: string[]): Promise<Output> {
    const stdout: string[] = [];
    const stderr: string[] = [];
    const code = await this.follow(args, ({ stream, text }) => (stream === 'stdout' ? stdout : stderr).push(text));
    return { code, stdout: stdout.join('\n'), stderr: stderr.join('\n') };
  }

  /** Runs the program, delivers its lines, and ends with its exit code when all of them are delivered. */
  private follow(args: string[], onLine: (line: LogLine) => void, signal?: AbortSignal): Promise<number> {
    return new Promise((resolve, reject) => {
      // A group of its own: Ctrl-C in a terminal goes to the whole group, and would end docker before its container.
      const child = spawn(this.program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, signal });
      for (const stream of ['stdout', 'stderr'] as const) {
        createInterface({ input: child[stream], crlfDelay: Infinity }).on('line', (text) => onLine({ stream, text }));
      }
      child.on('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'ENOENT' ? new EngineError(`The program "${this.program}" is not installed.`) : error),
      );
      child.on('close', (code) => resolve(code ?? 1));
    });
  }
}

function labelArguments(labels: Labels): string[] {
  return Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]);
}

/** --mount takes a line of CSV: a path with a comma must be quoted. */
function csv(fields: string[]): string {
  return fields.map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
}

function leftovers(kind: Leftover['kind'], table: string): Leftover[] {
  const rows = table.split('\n').filter((row) => row !== '');
  return rows.map((row) => {
    const [id, labels = ''] = row.split('\t');
    return {
      kind,
      id,
      labels: Object.fromEntries(labels.split(',').map((pair) => pair.split('=') as [string, string])),
    };
  });
}
