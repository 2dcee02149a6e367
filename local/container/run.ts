import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { type ContainerEngine, type ContainerSpec, EngineError } from './engine';
import { hasEnded, isOrphaned, runId, scratchDirectory } from './scratch';
import { indexOf } from './image-archive';

const LABEL = 'cdk-sagemaker-algorithm.run';

/**
 * The containers, networks, images and directories that a piece of work creates. All of them are removed at its end, whether it
 * succeeds or not; those of a killed process are removed by the next one.
 */
export class Run {
  private containers: string[] = [];
  private readonly networks: string[] = [];
  private readonly directories: string[] = [];
  private readonly images = new Set<string>();
  private readonly loaded: string[] = [];
  private readonly pending = new Set<Promise<void>>();
  private disposal?: Promise<void>;

  constructor(
    public readonly engine: ContainerEngine,
    private readonly id = runId(process.pid),
  ) {}

  /** Creates and starts a container. */
  public async start(spec: Omit<ContainerSpec, 'labels'>): Promise<string> {
    return this.tracked(spec, (labeled, onCreate) => this.engine.run(labeled, onCreate));
  }

  /** Creates a container. */
  public async create(spec: Omit<ContainerSpec, 'labels'>): Promise<string> {
    return this.tracked(spec, async (labeled, onCreate) => onCreate(await this.engine.create(labeled)));
  }

  private async tracked(
    spec: Omit<ContainerSpec, 'labels'>,
    create: (spec: ContainerSpec, onCreate: (id: string) => void) => Promise<void>,
  ): Promise<string> {
    let container = '';
    const onCreate = (id: string): void => {
      container = id;
      this.containers.push(id);
      this.images.add(spec.image);
    };
    await this.track(() => create({ ...spec, labels: { [LABEL]: this.id } }, onCreate));
    return container;
  }

  /** Loads an image from an archive. It is removed at the end, unless it existed before. */
  public async load(archive: string): Promise<string> {
    const { images, mediaTypes } = await indexOf(archive).catch(() => ({ images: [], mediaTypes: [] }));
    if (images.length + mediaTypes.length === 0) {
      throw new EngineError(`"${archive}" is not an image archive, as \`docker save\` writes it.`);
    }
    const before = await Promise.all(images.map((image) => this.engine.inspectImage(image)));
    let image = '';
    await this.track(async () => {
      image = await this.engine.load(archive).catch((error: Error) => {
        throw images.length > 0 ? error : ociError(archive, mediaTypes);
      });
      if (!before.some((info) => info !== undefined)) this.loaded.push(image);
    });
    return image;
  }

  /** Creates a network. An isolated one has no connections to other networks, nor to this machine. */
  public async network(isolated: boolean): Promise<string> {
    const name = `byoa-${process.pid}-${randomUUID().slice(0, 13)}`;
    await this.track(async () => {
      await this.engine.createNetwork(name, { isolated, labels: { [LABEL]: this.id } });
      this.networks.push(name);
    });
    return name;
  }

  /** Creates a directory that every user of a container may enter, inside one that other users of this machine may not. */
  public directory(): string {
    this.throwIfDisposed();
    const outer = scratchDirectory(this.id);
    this.directories.push(outer);
    const directory = path.join(outer, 'root');
    mkdirSync(directory);
    chmodSync(directory, 0o755);
    return directory;
  }

  /** Removes everything, also while the work continues, which can create nothing more. All callers wait for the same removal. */
  public dispose(): Promise<void> {
    return (this.disposal ??= this.removeAll());
  }

  private async removeAll(): Promise<void> {
    await Promise.allSettled(this.pending);
    await this.removeContainers();
    for (const directory of this.directories.splice(0)) await this.removeDirectory(directory);
    for (const image of this.loaded.splice(0)) await this.engine.removeImage(image);
  }

  /** Removes some of the containers before the end. */
  public async remove(containers: readonly string[]): Promise<void> {
    await Promise.all(containers.map((container) => this.engine.remove(container)));
    this.containers = this.containers.filter((container) => !containers.includes(container));
  }

  /** Removes the containers and networks so far. */
  public async removeContainers(): Promise<void> {
    await Promise.all(this.containers.splice(0).map((container) => this.engine.remove(container)));
    await Promise.all(this.networks.splice(0).map((network) => this.engine.removeNetwork(network)));
  }

  /** Creates something that `dispose` waits for, since it could not remove it otherwise. */
  private async track(create: () => Promise<void>): Promise<void> {
    this.throwIfDisposed();
    const promise = create();
    this.pending.add(promise);
    await promise.finally(() => this.pending.delete(promise));
  }

  private throwIfDisposed(): void {
    if (this.disposal !== undefined) throw new Error('The run has been disposed of.');
  }

  /** Makes files readable that root of a container has written for itself only. */
  public async makeReadable(directory: string): Promise<void> {
    for (const image of this.images) await this.engine.makeReadable(directory, image);
  }

  /** Removes a directory; files of root of a container need a container for that. */
  private async removeDirectory(directory: string): Promise<void> {
    try {
      rmSync(directory, { recursive: true, force: true });
    } catch {
      for (const image of this.images) await this.engine.removeDirectory(directory, image);
      rmSync(directory, { recursive: true, force: true });
    }
  }
}

/** The error of an archive without the manifest of `docker save`, which not all engines load. */
function ociError(archive: string, mediaTypes: string[]): EngineError {
  return new EngineError(
    `"${archive}" is an OCI image layout (${mediaTypes[0]}), which this Docker Engine cannot load, and SageMaker supports Docker manifests ` +
      `(schema 2) only. Convert it: skopeo copy oci-archive:${archive} docker-archive:image.tar`,
  );
}

/** Does some work, and removes everything that it has created, also when it fails. */
export async function withRun<T>(engine: ContainerEngine, work: (run: Run) => Promise<T>): Promise<T> {
  const run = new Run(engine);
  try {
    return await work(run);
  } finally {
    await run.dispose();
  }
}

/** Removes the containers, networks and directories of killed processes of this machine, and returns their number. */
export async function removeOrphans(engine: ContainerEngine): Promise<number> {
  const orphans = (await engine.list(LABEL)).filter(({ labels }) => hasEnded(labels[LABEL]));
  const containers = orphans.filter(({ kind }) => kind === 'container');
  await Promise.all(containers.map(({ id }) => engine.remove(id)));
  await Promise.all(orphans.filter(({ kind }) => kind === 'network').map(({ id }) => engine.removeNetwork(id)));
  const directories = readdirSync(tmpdir()).filter(isOrphaned);
  directories.forEach((name) => rmSync(path.join(tmpdir(), name), { recursive: true, force: true }));
  return orphans.length + directories.length;
}
