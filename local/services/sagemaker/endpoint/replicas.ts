import { setTimeout as pause } from 'node:timers/promises';
import { Run } from '../../../container';
import type { Context } from '../../context';
import type { ExecutionRole } from '../execution-role';
import { instanceId } from '../instance-id';
import { ModelServer, type ServerOptions } from '../model-server';
import type { HostedModel } from '../models';

/** A model server that runs on an instance of its own. */
export interface Replica {
  /** The ID of the instance, which is part of the name of the log stream. */
  readonly id: string;
  readonly variant: string;
  readonly model: ModelServer;
}

/** The definition of replicas. */
export interface ReplicaDefinition {
  readonly variant: string;
  readonly model: HostedModel;
  readonly role: ExecutionRole;
  readonly logGroup: string;
  readonly unit: 'instances' | 'copies';
  readonly options: Omit<ServerOptions, 'gpus'>;
  readonly instanceType?: string;
  readonly routing?: string;

  /** The maximum concurrency of a serverless variant. */
  readonly maxConcurrency?: number;
}

interface RunningReplica extends Replica {
  readonly run: Run;

  /** It ended or does not respond, and is being replaced. */
  isUnhealthy: boolean;
}

/** The pauses after replacements that did not become healthy. */
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;

/** The identical model servers of a variant, each on its own instance, or the copies of an inference component. */
export class Replicas {
  private running: RunningReplica[] = [];
  private readonly runs = new Set<Run>();
  private readonly retiring = new Set<Promise<void>>();
  private readonly stopped = new AbortController();
  private readonly writeLog: (stream: string, text: string) => void;
  private requested = 0;

  constructor(
    private readonly context: Pick<Context, 'engine' | 'gpus' | 'maxInstances' | 'onStartUpLog'>,
    public readonly definition: ReplicaDefinition,
  ) {
    this.writeLog = definition.role.log(definition.logGroup);
  }

  public get variant(): string {
    return this.definition.variant;
  }

  /** The number of model servers that are running. */
  public get count(): number {
    return this.running.length;
  }

  /** The number of requests that all of them process. */
  public get requestCount(): number {
    return this.running.reduce((sum, { model }) => sum + model.requests.count, 0);
  }

  /**
   * Starts or stops model servers, up to the limit of this machine, and waits until the new ones are healthy. If one of them does not
   * become healthy, all new ones are removed.
   */
  public async scaleTo(requested: number): Promise<void> {
    const count = Math.min(requested, this.context.maxInstances);
    this.running.splice(count).forEach((replica) => this.retire(replica));
    const missing = Array.from({ length: count - this.running.length }, () => this.launch());
    const launched = await Promise.allSettled(missing);
    const started = launched.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failed = launched.find((result) => result.status === 'rejected');
    if (failed !== undefined || this.stopped.signal.aborted) {
      started.forEach((replica) => this.retire(replica));
      throw failed?.reason ?? new Error('The containers were removed.');
    }
    started.forEach((replica) => this.add(replica));
    if (requested > count && requested !== this.requested) this.reportLimit(requested, count);
    this.requested = requested;
  }

  /** The model server that the routing strategy selects for a request; undefined if none is running. */
  public choose(): Replica | undefined {
    const healthy = this.running.filter(({ isUnhealthy }) => !isUnhealthy);
    const candidates = healthy.length > 0 ? healthy : this.running;
    if (this.definition.routing === 'LEAST_OUTSTANDING_REQUESTS') {
      return [...candidates].sort((a, b) => a.model.requests.count - b.model.requests.count)[0];
    }
    return candidates[Math.floor(Math.random() * candidates.length)];
  }

  /** Whether a model server receives requests. */
  public has({ id }: Replica): boolean {
    return this.running.some((replica) => replica.id === id);
  }

  /** Removes the containers after their requests in progress have ended. No new requests may arrive. */
  public async drain(): Promise<void> {
    this.stopped.abort();
    this.running.splice(0).forEach((replica) => this.retire(replica));
    await Promise.all(this.retiring);
    await this.dispose();
  }

  /** Removes the containers at once. */
  public async dispose(): Promise<void> {
    this.stopped.abort();
    await Promise.all([...this.runs].map((run) => this.remove(run)));
  }

  private add(replica: RunningReplica): void {
    this.running.push(replica);
    void this.watch(replica);
  }

  /** Replaces a model server when one of its containers ends or does not respond, as SageMaker replaces an instance. */
  private async watch(replica: RunningReplica): Promise<void> {
    const reason = await replica.model.untilUnhealthy(this.stopped.signal);
    if (reason === undefined || !this.running.includes(replica)) return;
    replica.isUnhealthy = true;
    this.log(replica.id, `The local service replaces the container: ${reason}.`);
    const replacement = await this.replacementOf(replica);
    if (replacement === undefined) return;
    const index = this.running.indexOf(replica);
    if (index < 0) return this.retire(replacement);
    this.running.splice(index, 1, replacement);
    this.retire(replica);
    void this.watch(replacement);
  }

  /** Starts a model server until one becomes healthy; undefined if it is not needed any more. */
  private async replacementOf(replica: RunningReplica): Promise<RunningReplica | undefined> {
    const { signal } = this.stopped;
    for (let wait = FIRST_RETRY_MS; !signal.aborted; wait = Math.min(wait * 2, LONGEST_RETRY_MS)) {
      const replacement = await this.launch().catch((error: Error) => error);
      if (!(replacement instanceof Error)) return replacement;
      if (signal.aborted || !this.running.includes(replica)) return undefined;
      this.log(replica.id, `The local service could not replace the container: ${replacement.message}`);
      await pause(wait, undefined, { signal, ref: false }).catch(() => undefined);
    }
    return undefined;
  }

  /** Starts the containers of a model server. Containers that do not become healthy are removed. */
  private async launch(): Promise<RunningReplica> {
    const { variant, model, role, options, instanceType } = this.definition;
    const id = instanceId();
    let isStarting = true;
    const onLog = ({ text }: { text: string }): void => {
      this.log(id, text);
      if (isStarting) this.context.onStartUpLog(`${this.name} | ${text}`);
    };
    const run = new Run(this.context.engine);
    this.runs.add(run);
    try {
      const gpus = this.context.gpus.for([instanceType], (text) => this.log(id, text));
      const server = await ModelServer.start(role, run, model, { ...options, gpus }, { onLog });
      this.checkMetrics(id);
      return { id, variant, model: server, run, isUnhealthy: false };
    } catch (error) {
      await this.remove(run);
      throw error;
    } finally {
      isStarting = false;
    }
  }

  private retire({ model, run }: RunningReplica): void {
    // Containers can end meanwhile, or be removed by `dispose`.
    const retired = model
      .drain()
      .catch(() => undefined)
      .then(() => this.remove(run))
      .finally(() => this.retiring.delete(retired));
    this.retiring.add(retired);
  }

  private async remove(run: Run): Promise<void> {
    this.runs.delete(run);
    await run.dispose();
  }

  /** The local service does not publish the utilization of instances: it only reports that AWS would not do so either. */
  private checkMetrics(id: string): void {
    const { role, logGroup } = this.definition;
    if (role.mayPutMetrics(logGroup.slice(0, logGroup.lastIndexOf('/')))) return;
    this.log(id, 'The role may not publish the utilization of this instance: it has no cloudwatch:PutMetricData.');
  }

  private reportLimit(requested: number, count: number): void {
    const text = `The local service runs ${count} of ${requested} ${this.definition.unit} of ${this.name}. --max-instances sets the limit.`;
    this.log(this.running[0].id, text);
  }

  /** The names of the endpoint, or the inference component, and the variant. */
  private get name(): string {
    return `${this.definition.logGroup.split('/').pop()}/${this.variant}`;
  }

  private log(id: string, text: string): void {
    this.writeLog(`${this.variant}/${id}`, text);
  }
}
