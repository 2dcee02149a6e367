import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { type ContainerEngine, type ContainerSpec, EngineError } from './engine';
import { isDead, isLeftBehind, runId, scratchDirectory } from './scratch';
import { indexOf } from './image-archive';

const LABEL = 'cdk-sagemaker-algorithm.run';

/**
 * Everything that a piece of work makes outside this process: containers, networks, directories. Whatever happens, all
 * of it is removed at the end; what a killed process left behind is removed by the next one.
 */
export class Run {
  private readonly containers: string[] = [];
  private readonly networks: string[] = [];
  private readonly directories: string[] = [];
  private readonly images = new Set<string>();
  private readonly loaded: string[] = [];
  private readonly pending = new Set<Promise<void>>();
  private isOver = false;

  constructor(
    public readonly engine: ContainerEngine,
    private readonly id = runId(process.pid),
  ) {}

  /** Makes and starts a container. */
  public async start(spec: Omit<ContainerSpec, 'labels'>): Promise<string> {
    const container = await this.create(spec);
    await this.engine.start(container);
    return container;
  }

  /** Makes a container. */
  public async create(spec: Omit<ContainerSpec, 'labels'>): Promise<string> {
    let container = '';
    await this.make(async () => {
      container = await this.engine.create({ ...spec, labels: { [LABEL]: this.id } });
      this.containers.push(container);
      this.images.add(spec.image);
    });
    return container;
  }

  /** Reads an image from an archive; one that was not here before goes at the end. */
  public async load(archive: string): Promise<string> {
    const { images, mediaTypes } = await indexOf(archive).catch(() => ({ images: [], mediaTypes: [] }));
    if (images.length + mediaTypes.length === 0) {
      throw new EngineError(`"${archive}" is no archive of an image, as \`docker save\` writes it.`);
    }
    const before = await Promise.all(images.map((image) => this.engine.inspectImage(image)));
    let image = '';
    await this.make(async () => {
      image = await this.engine.load(archive);
      if (!before.some((info) => info !== undefined)) this.loaded.push(image);
    });
    return image;
  }

  /** A network of its own; internal ones reach nothing outside. */
  public async network(internal: boolean): Promise<string> {
    const name = `byoa-${process.pid}-${Date.now().toString(36)}-${this.networks.length}`;
    await this.make(async () => {
      await this.engine.createNetwork(name, { internal, labels: { [LABEL]: this.id } });
      this.networks.push(name);
    });
    return name;
  }

  /** An empty directory that every user of a container may enter, in one that others of this machine may not. */
  public directory(): string {
    const outer = scratchDirectory(this.id);
    this.directories.push(outer);
    const directory = path.join(outer, 'root');
    mkdirSync(directory);
    chmodSync(directory, 0o755);
    return directory;
  }

  /** Removes everything. May be called while the work is still under way, which cannot make anything more then. */
  public async dispose(): Promise<void> {
    this.isOver = true;
    await Promise.allSettled(this.pending);
    await this.removeContainers();
    for (const directory of this.directories.splice(0)) await this.removeDirectory(directory);
    for (const image of this.loaded.splice(0)) await this.engine.removeImage(image);
  }

  /** Removes containers and networks between pieces of work of which each makes its own. */
  public async removeContainers(): Promise<void> {
    await Promise.all(this.containers.splice(0).map((container) => this.engine.remove(container)));
    await Promise.all(this.networks.splice(0).map((network) => this.engine.removeNetwork(network)));
  }

  /** What the engine is just making would be missed by a removal: that waits for it. */
  private async make(making: () => Promise<void>): Promise<void> {
    if (this.isOver) throw new Error('The run is over.');
    const promise = making();
    this.pending.add(promise);
    await promise.finally(() => this.pending.delete(promise));
  }

  /** What a container's root has written for itself alone cannot be read by another user; a container can change that. */
  public async makeReadable(directory: string): Promise<void> {
    for (const image of this.images) await this.engine.makeReadable(directory, image);
  }

  /** Files of a container's root cannot be removed by another user; a container can. */
  private async removeDirectory(directory: string): Promise<void> {
    try {
      rmSync(directory, { recursive: true, force: true });
    } catch {
      for (const image of this.images) await this.engine.removeDirectory(directory, image);
      rmSync(directory, { recursive: true, force: true });
    }
  }
}

/** Does some work, and removes all that it made, also when it fails. */
export async function withRun<T>(engine: ContainerEngine, work: (run: Run) => Promise<T>): Promise<T> {
  const run = new Run(engine);
  try {
    return await work(run);
  } finally {
    await run.dispose();
  }
}

/** Removes what processes of this machine left behind that were killed before they could. */
export async function sweep(engine: ContainerEngine): Promise<number> {
  const dead = (await engine.list(LABEL)).filter(({ labels }) => isDead(labels[LABEL]));
  const containers = dead.filter(({ kind }) => kind === 'container');
  await Promise.all(containers.map(({ id }) => engine.remove(id)));
  await Promise.all(dead.filter(({ kind }) => kind === 'network').map(({ id }) => engine.removeNetwork(id)));
  const directories = readdirSync(tmpdir()).filter(isLeftBehind);
  directories.forEach((name) => rmSync(path.join(tmpdir(), name), { recursive: true, force: true }));
  return dead.length + directories.length;
}
