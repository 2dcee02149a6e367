import type { Readable } from 'node:stream';

/** What the local tools need of a container engine. Only its implementation knows which engine that is. */
export interface ContainerEngine {
  /** @throws EngineError when no engine answers, with a sentence that says what to do */
  version(): Promise<string>;

  /** Builds an image and returns its id. */
  build(request: BuildRequest, onLine: (line: string) => void): Promise<string>;

  /** What is known of a local image; undefined when there is none of that name. */
  inspectImage(image: string): Promise<ImageInfo | undefined>;

  /** The archive of an image, as `docker save` writes it. The stream fails when there is no such image. */
  save(image: string): Readable;

  /** Reads an archive of an image, as `save` writes it, and returns the name or id of what was in it. */
  load(archive: string): Promise<string>;

  /** How the engine keeps images: `overlay2`, or `overlayfs` where containerd does. */
  imageStore(): Promise<string>;

  /** Takes a name away from an image; one that is gone already is no error. */
  removeImage(image: string): Promise<void>;

  createNetwork(name: string, options: { internal: boolean; labels: Labels }): Promise<void>;
  removeNetwork(name: string): Promise<void>;

  /** Makes a container without starting it, so that whatever happens next it can be removed. */
  create(spec: ContainerSpec): Promise<string>;

  /** @throws EngineError when the command cannot be run, with a sentence that says why */
  start(container: string): Promise<void>;

  /** Delivers all lines of a container, from its first; ends when the container has ended. */
  followLogs(container: string, onLine: (line: LogLine) => void): Promise<void>;

  /** The exit code, once the container has ended. */
  wait(container: string): Promise<number>;

  /** SIGTERM, and SIGKILL when the container still runs after the grace. */
  stop(container: string, graceSeconds: number): Promise<void>;

  /** Removes a container, running or not; one that is gone already is no error. */
  remove(container: string): Promise<void>;

  /** A file or a directory of a container, running or not, as a tar archive; undefined when there is none. */
  copyOut(container: string, file: string): Readable;

  /** Where programs of a running container listen; undefined where this machine cannot look into it. */
  listening(container: string): Promise<Listener[] | undefined>;

  /** Where a port of a running container can be reached from this machine. */
  address(container: string, port: number, network?: string): Promise<string>;

  /** Containers and networks that carry a label. */
  list(label: string): Promise<Leftover[]>;

  /** Removes a directory whose files belong to a user of a container. */
  removeDirectory(directory: string, image: string): Promise<void>;

  /** Lets every user read a directory, as root of a container of this image. */
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

  /** The name that other containers of the network find this one by. */
  readonly alias?: string;

  /** Addresses by names that are not to be looked up. */
  readonly hosts?: Record<string, string>;

  /** A port that is published on the loopback interface. */
  readonly publish?: { readonly port: number; readonly hostPort?: number };
  readonly user?: string;

  /** A terminal, which a program of SageMaker never has. */
  readonly hasTerminal?: boolean;

  /** Of /dev/shm; 64 MB by default. */
  readonly sharedMemoryBytes?: number;
}

export interface LogLine {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

export interface Leftover {
  readonly kind: 'container' | 'network';
  readonly id: string;
  readonly labels: Labels;
}

/** Something that the user can mend, in a sentence that says how. */
export class EngineError extends Error {
  public override readonly name = 'EngineError';

  constructor(
    message: string,

    /** Why a container could not be started, where that is known. */
    public readonly startFault?: StartFault,
  ) {
    super(message);
  }
}

export type StartFault = 'architecture' | 'not found' | 'not executable' | 'no image' | 'port in use';
