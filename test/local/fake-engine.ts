import { type RequestListener, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import {
  type ContainerEngine,
  type ContainerSpec,
  EngineError,
  type ImageInfo,
  type Labels,
  type LabeledResource,
  type LogLine,
} from '../../local/container';
import { FORWARDER_PATH } from '../../local/container/isolation';
import { KILLED_EXIT_CODE } from '../../local/contract';

/** A container, as its program has it. */
export interface Inside {
  readonly spec: ContainerSpec;

  /** The path on this machine of a path in the container. */
  host(target: string): string;
  print(text: string, stream?: LogLine['stream']): void;

  /** Settles when the container gets SIGTERM. */
  readonly terminated: Promise<void>;

  /** Sets whether the first process handles SIGTERM, which is unknown otherwise. */
  handleSigterm(isHandled: boolean): void;
}

/** The program of a container: returns the exit code. */
export type Program = (inside: Inside) => Promise<number> | number;

interface FakeContainer {
  readonly spec: ContainerSpec;
  readonly lines: LogLine[];

  /** When each line was printed. */
  readonly times: number[];
  readonly listeners: ((line: LogLine) => void)[];
  readonly networks: string[];

  /** The files that have been copied into the container. */
  readonly files: string[];
  readonly exit: Promise<number>;
  readonly end: (code: number) => void;
  readonly terminate: () => void;
  readonly terminated: Promise<void>;
  state: 'created' | 'running' | 'exited';
  handlesSigterm?: boolean;

  /** How many lines were printed before the signal. */
  linesBefore?: number;
}

/** The web servers of containers. */
const servers = new WeakMap<ContainerSpec, { server: Server; port: Promise<number> }>();

/** A web server in a container; it ends when the container is stopped or removed. */
export interface WebServer {
  readonly listener: RequestListener;

  /** The port in the container. */
  readonly port?: number;

  /** The handler of SIGTERM; the default completes the requests in flight. */
  readonly onStop?: (server: Server) => Promise<void> | void;
}

/** A program that runs a web server. */
export function serving(serverOf: (inside: Inside) => WebServer | number): Program {
  return async (inside) => {
    const web = serverOf(inside);
    if (typeof web === 'number') return web;
    const { listener, port = 8080, onStop = complete } = web;
    if (port !== (inside.spec.publish?.port ?? 8080)) return inside.terminated.then(() => 0);
    const server = createServer(listener);
    const listening = new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
    );
    servers.set(inside.spec, { server, port: listening });
    await inside.terminated;
    await onStop(server);
    return 0;
  };
}

const complete = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

/** An engine without containers: programs are functions, and everything else behaves as an engine does, including its state. */
export class FakeEngine implements ContainerEngine {
  public readonly containers = new Map<string, FakeContainer>();
  public readonly networks = new Map<string, { readonly isolated: boolean; readonly labels: Labels }>();
  public readonly history: ContainerSpec[] = [];
  public readonly graces: number[] = [];

  /** Makes a call fail. */
  public fault: Partial<Record<'create' | 'start' | 'createNetwork', string>> = {};
  public isRunning = true;

  /** Whether containers can use GPUs. */
  public hasGpus = false;
  private next = 1;

  constructor(private readonly program: Program = () => 0) {}

  public version(): Promise<string> {
    return this.isRunning
      ? Promise.resolve('fake')
      : Promise.reject(new EngineError('The Docker Engine is not running.'));
  }

  public save(): Readable {
    return Readable.from([]);
  }

  public build(): Promise<string> {
    return Promise.resolve('sha256:built');
  }

  public inspectImage(image: string): Promise<ImageInfo | undefined> {
    const none = { entrypoint: [], command: [], environment: {}, labels: {}, user: '', volumes: [] };
    return Promise.resolve({ id: image, platform: 'linux/amd64', sizeBytes: 1, ...none });
  }

  public load(archive: string): Promise<string> {
    return Promise.resolve(archive);
  }

  public imageStore(): Promise<string> {
    return Promise.resolve('overlay2');
  }

  public fetchArchive(): Readable {
    return new Readable({
      read() {
        this.destroy(new EngineError('The file does not exist.'));
      },
    });
  }

  public isIdle(): Promise<boolean | undefined> {
    return Promise.resolve(undefined);
  }

  public listening(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  public handlesSigterm(id: string): Promise<boolean | undefined> {
    const container = this.get(id);
    return Promise.resolve(container.state === 'running' ? container.handlesSigterm : undefined);
  }

  public lineTimes(id: string): Promise<number[]> {
    return Promise.resolve(this.get(id).times);
  }

  public async linesAfterSignal(id: string): Promise<number | undefined> {
    const container = this.get(id);
    await container.exit;
    return container.linesBefore === undefined ? undefined : container.lines.length - container.linesBefore;
  }

  public memoryBytes(id: string): Promise<number> {
    return Promise.resolve(this.get(id).state === 'running' ? 64 * 1024 ** 2 : 0);
  }

  public removeImage(): Promise<void> {
    return Promise.resolve();
  }

  public async createNetwork(name: string, options: { isolated: boolean; labels: Labels }): Promise<void> {
    await this.failing('createNetwork');
    this.networks.set(name, options);
  }

  public connect(id: string, network: string): Promise<void> {
    this.get(id).networks.push(network);
    return Promise.resolve();
  }

  public copyInto(id: string, _source: string, target: string): Promise<void> {
    this.get(id).files.push(target);
    return Promise.resolve();
  }

  public removeNetwork(name: string): Promise<void> {
    const users = [...this.containers.values()].filter(({ networks }) => networks.includes(name));
    if (users.length > 0) return Promise.reject(new EngineError(`network ${name} has active endpoints`));
    this.networks.delete(name);
    return Promise.resolve();
  }

  public async run(spec: ContainerSpec, onCreate: (id: string) => void): Promise<void> {
    const id = await this.create(spec);
    onCreate(id);
    await this.start(id);
  }

  public async create(spec: ContainerSpec): Promise<string> {
    await this.failing('create');
    const id = `container-${this.next++}`;
    let end: (code: number) => void = () => undefined;
    let terminate: () => void = () => undefined;
    const exit = new Promise<number>((resolve) => (end = resolve));
    const terminated = new Promise<void>((resolve) => (terminate = resolve));
    const lists = { lines: [], times: [], listeners: [], networks: [spec.network ?? 'bridge'], files: [] };
    this.containers.set(id, { spec, ...lists, exit, end, terminate, terminated, state: 'created' });
    this.history.push(spec);
    return id;
  }

  public async start(id: string): Promise<void> {
    await this.failing('start');
    const container = this.get(id);
    if (container.spec.gpus === true && !this.hasGpus)
      throw new EngineError('The container engine offers no GPU.', 'no gpu');
    container.state = 'running';
    if (container.files.includes(FORWARDER_PATH)) return;
    const inside: Inside = {
      spec: container.spec,
      terminated: container.terminated,
      handleSigterm: (isHandled) => (container.handlesSigterm = isHandled),
      host: (target) => hostPath(container.spec, target),
      print: (text, stream = 'stdout') => {
        container.lines.push({ stream, text });
        container.times.push(performance.now());
        container.listeners.forEach((listener) => listener({ stream, text }));
      },
    };
    void Promise.resolve(this.program(inside)).then(
      (code) => this.finish(container, code),
      (error: unknown) => {
        // A killed program cannot fail any more, for example because its files are gone.
        if (container.state !== 'exited') throw error;
      },
    );
  }

  public async followLogs(id: string, onLine: (line: LogLine) => void): Promise<void> {
    const container = this.get(id);
    container.lines.forEach(onLine);
    container.listeners.push(onLine);
    await container.exit;
  }

  public async wait(id: string): Promise<number> {
    return await this.get(id).exit;
  }

  public async stop(id: string, graceSeconds: number): Promise<void> {
    this.graces.push(graceSeconds);
    const container = this.containers.get(id);
    if (container === undefined) return;
    container.linesBefore ??= container.lines.length;
    container.terminate();
    const grace = new Promise((resolve) => setTimeout(resolve, graceSeconds * 1000).unref());
    await Promise.race([container.exit, grace]);
    this.finish(container, KILLED_EXIT_CODE);
  }

  public remove(id: string): Promise<void> {
    const container = this.containers.get(id);
    if (container !== undefined) this.finish(container, KILLED_EXIT_CODE);
    this.containers.delete(id);
    return Promise.resolve();
  }

  public async address(id: string): Promise<string> {
    const { spec, files } = this.get(id);
    // The forwarder has the address of its target.
    if (files.includes(FORWARDER_PATH)) return spec.command.slice(1).join(':');
    const server = servers.get(spec);
    return `127.0.0.1:${server === undefined ? (spec.publish?.hostPort ?? 1) : await server.port}`;
  }

  public directAddress(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  public list(label: string): Promise<LabeledResource[]> {
    const containers = [...this.containers].map(([id, { spec }]) => ({
      kind: 'container' as const,
      id,
      labels: spec.labels,
    }));
    const networks = [...this.networks].map(([id, { labels }]) => ({ kind: 'network' as const, id, labels }));
    return Promise.resolve([...containers, ...networks].filter(({ labels }) => label in labels));
  }

  public makeReadable(): Promise<void> {
    return Promise.resolve();
  }

  public removeDirectory(): Promise<void> {
    return Promise.resolve();
  }

  private finish(container: FakeContainer, code: number): void {
    container.state = 'exited';
    const server = servers.get(container.spec)?.server;
    server?.closeAllConnections();
    server?.close();
    container.end(code);
  }

  private get(id: string): FakeContainer {
    const container = this.containers.get(id);
    if (container === undefined) throw new EngineError(`No such container: ${id}`);
    return container;
  }

  private failing(call: keyof FakeEngine['fault']): Promise<void> {
    const fault = this.fault[call];
    return fault === undefined ? Promise.resolve() : Promise.reject(new EngineError(fault));
  }
}

function hostPath({ mounts }: ContainerSpec, target: string): string {
  const mount = mounts
    .filter((candidate) => target === candidate.target || target.startsWith(`${candidate.target}/`))
    .sort((a, b) => b.target.length - a.target.length)[0];
  return path.join(mount.source, path.relative(mount.target, target));
}
