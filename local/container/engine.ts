import type { Readable } from 'node:stream';

/** The operations of a container engine that the local tools need. Only the implementation depends on an engine. */
export interface ContainerEngine {
  /** @throws EngineError when no engine is running */
  version(): Promise<string>;

  /** Builds an image and returns its id. */
  build(request: BuildRequest, onLine: (line: string) => void): Promise<string>;

  /** A local image; undefined if it does not exist. */
  inspectImage(image: string): Promise<ImageInfo | undefined>;

  /** The archive of an image, as `docker save` writes it. The stream fails if the image does not exist. */
  save(image: string): Readable;

  /** Loads an image archive, as `save` writes it, and returns the name or id of the image. */
  load(archive: string): Promise<string>;

  /** The storage driver: `overlay2`, or `overlayfs` with the containerd image store. */
  imageStore(): Promise<string>;

  /** Removes the name of an image, if it exists. */
  removeImage(image: string): Promise<void>;

  /** Creates a network. An isolated one has no outbound connections, and this machine has no address in it. */
  createNetwork(name: string, options: { isolated: boolean; labels: Labels }): Promise<void>;
  removeNetwork(name: string): Promise<void>;

  /**
   * Creates and starts a container.
   * @param onCreate receives its id as soon as it exists, also if it does not start
   * @throws EngineError when the command of the container cannot be run
   */
  run(spec: ContainerSpec, onCreate: (id: string) => void): Promise<void>;

  /** Creates a container without starting it. */
  create(spec: ContainerSpec): Promise<string>;

  /** Adds a container to a network before it starts. */
  connect(container: string, network: string): Promise<void>;

  /** Copies a file of this machine into a container before it starts. */
  copyInto(container: string, source: string, target: string): Promise<void>;

  /** @throws EngineError when the command of the container cannot be run */
  start(container: string): Promise<void>;

  /** Passes on all log lines of a container, from the first one until the container has ended. */
  followLogs(container: string, onLine: (line: LogLine) => void): Promise<void>;

  /** Waits until the container has ended, and returns its exit code. */
  wait(container: string): Promise<number>;

  /** Sends SIGTERM, and SIGKILL if the container still runs after the grace period. */
  stop(container: string, graceSeconds: number): Promise<void>;

  /** Removes a container, if it exists, also while it runs. */
  remove(container: string): Promise<void>;

  /** A file or directory of a container, as a tar archive. The stream fails if it does not exist. */
  fetchArchive(container: string, file: string): Readable;

  /** The listening sockets of a running container; undefined if the container runs in a virtual machine. */
  listening(container: string): Promise<Listener[] | undefined>;

  /**
   * Whether every thread of a running container sleeps, and none waits for another machine; undefined if the container runs in a virtual
   * machine.
   */
  isIdle(container: string): Promise<boolean | undefined>;

  /** The memory that a running container uses, without the file cache. */
  memoryBytes(container: string): Promise<number>;

  /**
   * Whether the first process of a running container handles SIGTERM: without a handler it ignores the signal. Undefined if that cannot be
   * read.
   */
  handlesSigterm(container: string): Promise<boolean | undefined>;

  /** When the engine received each line of a container, in milliseconds by its clock, with fractions. */
  lineTimes(container: string): Promise<number[]>;

  /**
   * Waits until a running container has ended, and returns how many lines it printed after its first signal, by the clock of the engine.
   * Undefined if it got none, or the engine does not tell.
   */
  linesAfterSignal(container: string): Promise<number | undefined>;

  /**
   * The address of a port of a running container: the published one on this machine or, with a network, that of the container in it.
   * @throws EngineError when the container has ended
   */
  address(container: string, port: number, network?: string): Promise<string>;

  /**
   * The address of a port of a running container in its own network: a request to it does not pass through the proxy of the engine.
   * Undefined if this machine has no address in that network.
   */
  directAddress(container: string, port: number): Promise<string | undefined>;

  /** The containers and networks that have a label. */
  list(label: string): Promise<LabeledResource[]>;

  /** Removes a directory whose files belong to a user of a container of this image. */
  removeDirectory(directory: string, image: string): Promise<void>;

  /** Makes a directory readable by every user, as root in a container of this image. */
  makeReadable(directory: string, image: string): Promise<void>;
}

export type Labels = Record<string, string>;

export interface BuildRequest {
  readonly directory: string;
  readonly file?: string;
  readonly target?: string;
  readonly platform?: string;
  readonly buildArguments?: Record<string, string>;
  readonly signal?: AbortSignal;
}

export interface ImageInfo {
  readonly id: string;
  readonly platform: string;
  readonly sizeBytes: number;
  readonly entrypoint: string[];
  readonly command: string[];
  readonly environment: Record<string, string>;
  readonly labels: Labels;
  readonly user: string;
  readonly volumes: string[];
}

/** A socket that accepts connections. */
export interface Listener {
  readonly address: string;
  readonly port: number;
}

export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly readOnly?: boolean;
}

export interface ContainerSpec {
  readonly image: string;
  readonly command: string[];
  readonly entrypoint?: string[];
  readonly environment: Record<string, string>;
  readonly mounts: Mount[];
  readonly labels: Labels;

  /** A network by name, or `none`. */
  readonly network?: string;

  /** The name of the container in its network. */
  readonly alias?: string;

  /** The DNS server for the names of other networks: those of this machine, if undefined. */
  readonly nameServer?: string;

  /** Kernel parameters of the network of the container. */
  readonly sysctls?: Record<string, string>;

  /** Additional entries of /etc/hosts: addresses by name. */
  readonly hosts?: Record<string, string>;

  /** A port to publish on the loopback interface. */
  readonly publish?: { readonly port: number; readonly hostPort?: number };
  readonly user?: string;

  /** Whether the container has a terminal, which it never has on SageMaker. */
  readonly hasTerminal?: boolean;

  /** Whether the container uses all GPUs of this machine. It does not start if the engine offers none. */
  readonly gpus?: boolean;

  /** The size of /dev/shm: 64 MB by default. */
  readonly sharedMemoryBytes?: number;
}

export interface LogLine {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

export interface LabeledResource {
  readonly kind: 'container' | 'network';
  readonly id: string;
  readonly labels: Labels;
}

/** An error that the user can fix, with a message that states how. */
export class EngineError extends Error {
  public override readonly name = 'EngineError';

  constructor(
    message: string,

    /** Why a container could not be started, if known. */
    public readonly startFailure?: StartFailure,
  ) {
    super(message);
  }
}

export type StartFailure = 'no gpu' | 'architecture' | 'not found' | 'not executable' | 'no image' | 'port in use';
