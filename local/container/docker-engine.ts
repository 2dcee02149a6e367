import { existsSync, readFileSync, rmSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import * as path from 'node:path';
import type { Readable } from 'node:stream';
import { DockerCommand, INSTALLATION } from './docker-command';
import {
  type BuildRequest,
  type ContainerEngine,
  type ContainerSpec,
  EngineError,
  type ImageInfo,
  type Labels,
  type LabeledResource,
  type Listener,
  type LogLine,
} from './engine';
import { isIdle } from './idleness';
import { loginAdvice, loginEnvironment } from './registry-login';
import { handlesSigterm, statusOf } from './process-status';
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

/** The Docker Engine, through its command line. See docs/decisions/0002-docker-command-line.md. */
export class DockerEngine implements ContainerEngine {
  private readonly docker: DockerCommand;

  /** The ids of the first processes by container, which are read several times a second. */
  private readonly processes = new Map<string, string>();

  constructor(program = process.env.CDK_DOCKER ?? 'docker') {
    this.docker = new DockerCommand(program);
  }

  public async version(): Promise<string> {
    const { code, stdout, stderr } = await this.docker.run('version', '--format', '{{.Server.Version}}');
    if (code === 0) return stdout.trim();
    throw new EngineError(
      `The Docker Engine does not respond: ${stderr.trim() || 'it returned no version.'}\nStart it, and check that you may use it. ${INSTALLATION}`,
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
      // --force-rm: the legacy builder removes its container also when the build is interrupted.
      const code = await this.docker.follow(
        ['build', '--force-rm', '--iidfile', idFile, ...args, directory],
        onOutput,
        { signal, environment: loginEnvironment(scratch) },
      );
      if (code === 0) return readFileSync(idFile, 'utf8').trim();
      const output = lines.slice(-15).join('\n');
      throw new EngineError(['The image could not be built:', output, ...loginAdvice(output)].join('\n'));
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }

  public async inspectImage(image: string): Promise<ImageInfo | undefined> {
    const { code, stdout } = await this.docker.run('image', 'inspect', '--format', '{{json .}}', image);
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
    const stdout = await this.docker.mustRun('load', '--input', archive);
    const name = /^Loaded image(?: ID)?: (.+)$/m.exec(stdout)?.[1];
    if (name === undefined) throw new EngineError(`${archive} contains no image. Output of docker load: "${stdout}".`);
    return name;
  }

  public async imageStore(): Promise<string> {
    return (await this.docker.mustRun('info', '--format', '{{.Driver}}')).trim();
  }

  public save(image: string): Readable {
    return this.docker.stream(['save', image]);
  }

  public async removeImage(image: string): Promise<void> {
    await this.docker.run('image', 'rm', image);
  }

  public async createNetwork(name: string, { isolated, labels }: { isolated: boolean; labels: Labels }): Promise<void> {
    await this.docker.mustRun(
      'network',
      'create',
      // Without the option, this machine has the address of the gateway, and its services are reached at that address.
      ...(isolated ? ['--internal', '--opt', 'com.docker.network.bridge.inhibit_ipv4=true'] : []),
      ...labelArguments(labels),
      name,
    );
  }

  public async removeNetwork(name: string): Promise<void> {
    await this.docker.run('network', 'rm', name);
  }

  public async run(spec: ContainerSpec, onCreate: (id: string) => void): Promise<void> {
    const scratch = scratchDirectory();
    const idFile = path.join(scratch, 'id');
    let printed = '';
    try {
      printed = await this.docker.mustRun('run', '--detach', '--cidfile', idFile, ...argumentsOf(spec));
    } finally {
      // A container that does not start has its id only in the file.
      const id = existsSync(idFile) ? readFileSync(idFile, 'utf8').trim() : printed.trim();
      rmSync(scratch, { recursive: true });
      if (id !== '') onCreate(id);
    }
  }

  public async create(spec: ContainerSpec): Promise<string> {
    return (await this.docker.mustRun('create', ...argumentsOf(spec))).trim();
  }

  public async connect(container: string, network: string): Promise<void> {
    await this.docker.mustRun('network', 'connect', network, container);
  }

  public async copyInto(container: string, source: string, target: string): Promise<void> {
    await this.docker.mustRun('cp', source, `${container}:${target}`);
  }

  public async start(container: string): Promise<void> {
    await this.docker.mustRun('start', container);
  }

  public async followLogs(container: string, onLine: (line: LogLine) => void): Promise<void> {
    await this.docker.follow(['logs', '--follow', container], onLine);
  }

  public async wait(container: string): Promise<number> {
    return Number(await this.docker.mustRun('wait', container));
  }

  public async stop(container: string, graceSeconds: number): Promise<void> {
    await this.docker.run('stop', '--time', String(Math.ceil(graceSeconds)), container);
  }

  public async remove(container: string): Promise<void> {
    await this.docker.run('rm', '--force', '--volumes', container);
  }

  public fetchArchive(container: string, file: string): Readable {
    return this.docker.stream(['cp', '--follow-link', `${container}:${file}`, '-']);
  }

  public async listening(container: string): Promise<Listener[] | undefined> {
    const pid = await this.processOf(container);
    return pid === undefined ? undefined : listenersOf(pid);
  }

  public async isIdle(container: string): Promise<boolean | undefined> {
    const pid = await this.processOf(container);
    return pid === undefined ? undefined : isIdle(pid);
  }

  public async handlesSigterm(container: string): Promise<boolean | undefined> {
    const pid = await this.processOf(container);
    if (pid !== undefined) return handlesSigterm(statusOf(pid));
    // Inside of a container whose engine runs in a virtual machine, if the image has the program.
    const { code, stdout } = await this.docker.run('exec', '--user=0', container, 'cat', '/proc/1/status');
    return code === 0 ? handlesSigterm(stdout) : undefined;
  }

  public async lineTimes(container: string): Promise<number[]> {
    const times: number[] = [];
    await this.docker.follow(['logs', '--timestamps', container], ({ text }) => times.push(timeOf(text)));
    // The lines of the two streams come in any order.
    return times.sort((one, other) => one - other);
  }

  public async linesAfterSignal(container: string): Promise<number | undefined> {
    const times: number[] = [];
    // The log is followed from here on, because it is removed with the container.
    const code = await this.docker.follow(['logs', '--follow', '--timestamps', container], ({ text }) =>
      times.push(timeOf(text)),
    );
    const events = ['--filter', `container=${container}`, '--filter', 'event=kill', '--format', '{{.TimeNano}}'];
    const until = String(Math.ceil(Date.now() / 1000));
    const { stdout } = await this.docker.run('events', '--since', '0', '--until', until, ...events);
    const signal = Number(stdout.split('\n')[0]) / 1e6;
    return code === 0 && signal > 0 ? times.filter((time) => time > signal).length : undefined;
  }

  public async memoryBytes(container: string): Promise<number> {
    const format = '{{.MemUsage}}';
    const stdout = await this.docker.mustRun('stats', '--no-stream', '--format', format, container);
    return bytesOf(stdout.split('/')[0].trim());
  }

  public async address(container: string, port: number, network?: string): Promise<string> {
    if (network === undefined) {
      const stdout = await this.docker.mustRun('port', container, `${port}/tcp`);
      return stdout.trim().split('\n')[0];
    }
    const format = `{{(index .NetworkSettings.Networks ${JSON.stringify(network)}).IPAddress}}`;
    const address = (await this.docker.mustRun('inspect', '--format', format, container)).trim();
    if (address === '') throw new EngineError(`The container ${container} has ended.`);
    return `${address}:${port}`;
  }

  public async directAddress(container: string, port: number): Promise<string | undefined> {
    const format = '{{range .NetworkSettings.Networks}}{{.Gateway}} {{.IPAddress}}\n{{end}}';
    const { stdout } = await this.docker.run('inspect', '--format', format, container);
    const own = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address));
    const networks = stdout.split('\n').map((line) => line.split(' '));
    const [, address] = networks.find(([gateway]) => own.includes(gateway)) ?? [];
    // Another machine can have a network with the same addresses: the engine has to be that of this one.
    const isHere = address !== undefined && (await this.processOf(container)) !== undefined;
    return isHere ? `${address}:${port}` : undefined;
  }

  public async list(label: string): Promise<LabeledResource[]> {
    const options = ['--no-trunc', '--filter', `label=${label}`, '--format', '{{.ID}}\t{{.Labels}}'];
    const [containers, networks] = await Promise.all([
      this.docker.mustRun('ps', '--all', ...options),
      this.docker.mustRun('network', 'ls', ...options),
    ]);
    return [...labeledResources('container', containers), ...labeledResources('network', networks)];
  }

  public async removeDirectory(directory: string, image: string): Promise<void> {
    await this.asRoot(path.dirname(directory), image, ['rm', '-rf', path.basename(directory)]);
  }

  public async makeReadable(directory: string, image: string): Promise<void> {
    await this.asRoot(directory, image, ['chmod', '-R', 'a+rX', '.']);
  }

  /** The first process of a container; undefined if the engine runs in a virtual machine, where the ID is that of another process here. */
  private async processOf(container: string): Promise<number | undefined> {
    const known = this.processes.get(container);
    const pid = known ?? (await this.docker.run('inspect', '--format', '{{.State.Pid}}', container)).stdout;
    // It has none before its start, nor after its end.
    if (Number(pid) > 0) this.processes.set(container, pid);
    return isIn(Number(pid), container) ? Number(pid) : undefined;
  }

  /** Runs a command of an image as root in a directory of this machine. It has no effect if the image lacks the command. */
  private async asRoot(directory: string, image: string, [program, ...words]: string[]): Promise<void> {
    const mount = csv(['type=bind', `source=${directory}`, 'target=/directory']);
    const where = ['--network=none', '--security-opt=no-new-privileges', '--mount', mount, '--workdir=/directory'];
    await this.docker.run('run', '--rm', '--user=0', ...where, '--entrypoint', program, image, ...words);
  }
}

/** The time at the beginning of a line, such as `2026-01-31T12:00:00.123456789Z`, of which a date has the milliseconds only. */
function timeOf(line: string): number {
  const [, fraction = '0'] = /^\S+?\.(\d+)Z/.exec(line) ?? [];
  return Math.floor(Date.parse(line.split(' ')[0]) / 1000) * 1000 + Number(`0.${fraction}`) * 1000;
}

/** The arguments of a command that creates a container. */
function argumentsOf(spec: ContainerSpec): string[] {
  // --entrypoint takes one word: the other words of an entrypoint come before the arguments.
  const [entrypoint, ...words] = spec.entrypoint ?? [];
  return [
    '--security-opt=no-new-privileges',
    ...labelArguments(spec.labels),
    ...Object.entries(spec.environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...spec.mounts.flatMap(({ source, target, readOnly }) => [
      '--mount',
      csv([`type=bind`, `source=${source}`, `target=${target}`, ...(readOnly ? ['readonly'] : [])]),
    ]),
    ...(spec.network === undefined ? [] : ['--network', spec.network]),
    ...(spec.alias === undefined ? [] : ['--network-alias', spec.alias]),
    ...(spec.nameServer === undefined ? [] : ['--dns', spec.nameServer]),
    ...Object.entries(spec.sysctls ?? {}).flatMap(([name, value]) => ['--sysctl', `${name}=${value}`]),
    ...Object.entries(spec.hosts ?? {}).flatMap(([name, address]) => ['--add-host', `${name}:${address}`]),
    ...(spec.publish === undefined
      ? []
      : ['--publish', `127.0.0.1:${spec.publish.hostPort ?? ''}:${spec.publish.port}`]),
    ...(spec.user === undefined ? [] : ['--user', spec.user]),
    ...(spec.hasTerminal === true ? ['--tty'] : []),
    ...(spec.gpus === true ? ['--gpus', 'all'] : []),
    ...(spec.sharedMemoryBytes === undefined ? [] : ['--shm-size', String(spec.sharedMemoryBytes)]),
    ...(entrypoint === undefined ? [] : ['--entrypoint', entrypoint]),
    spec.image,
    ...words,
    ...spec.command,
  ];
}

function labelArguments(labels: Labels): string[] {
  return Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]);
}

/** The value of --mount is a line of CSV: a path with a comma must be quoted. */
function csv(fields: string[]): string {
  return fields.map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
}

function labeledResources(kind: LabeledResource['kind'], table: string): LabeledResource[] {
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

const BINARY_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** The bytes of a size as `docker stats` prints it, for example `10.5MiB`. */
function bytesOf(size: string): number {
  const { amount = '', unit = '' } = /^(?<amount>[\d.]+)(?<unit>[A-Za-z]+)$/.exec(size)?.groups ?? {};
  const power = BINARY_UNITS.indexOf(unit);
  if (power < 0) throw new EngineError(`docker stats printed "${size}" instead of a size.`);
  return Math.round(Number(amount) * 1024 ** power);
}
