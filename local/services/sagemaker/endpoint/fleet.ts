import type { ProductionVariant } from '@aws-sdk/client-sagemaker';
import { setTimeout as pause } from 'node:timers/promises';
import { SECONDS, UNKNOWN_USER } from '../../../contract';
import { Run } from '../../../container';
import type { Context } from '../../context';
import type { Repositories } from '../../ecr';
import type { Logs } from '../../logs';
import type { Buckets } from '../../s3';
import type { Wire } from '../../wire/record';
import { ModelServer } from '../model-server';
import type { HostedModel, Models } from '../models';
import type { EndpointConfig } from './endpoint-configs';

/** The model server of a variant. */
export interface Host {
  readonly variant: string;

  /** The running containers, which are replaced when one of them is not healthy any more. */
  model: ModelServer;

  /** The maximum concurrency of a serverless variant. */
  readonly maxConcurrency?: number;
}

/** A host that receives copies of requests, and for which share of them. */
export type ShadowHost = Host & { readonly share: number };

export interface FleetServices {
  readonly context: Context;
  readonly s3: Buckets;
  readonly repositories: Repositories;
  readonly logs: Logs;
  readonly models: Models;
}

type Variant = Wire<ProductionVariant>;

/** A variant, and the model that it had when the endpoint was created or updated. */
interface Plan {
  readonly variant: Variant;
  readonly model: HostedModel;
}

/** The pauses after replacements that did not become healthy. */
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;

/** The containers of an endpoint under one configuration. Each variant has one host, whatever its instance count. */
export class Fleet {
  public hosts: Host[] = [];
  public shadows: ShadowHost[] = [];
  private readonly runs = new Set<Run>();
  private readonly stopped = new AbortController();

  constructor(
    private readonly services: FleetServices,
    private readonly endpointName: string,
  ) {}

  /** Starts the containers of all variants, and waits until they are healthy. */
  public async start({ ProductionVariants, ShadowProductionVariants: shadows = [] }: EndpointConfig): Promise<void> {
    const production = ProductionVariants ?? [];
    const plans = [...production, ...shadows].map((variant) => this.plan(variant));
    const instances = await Promise.all(plans.map((plan) => this.launch(plan)));
    const total = production.reduce((sum, variant) => sum + weightOf(variant), 0);
    const all = plans.map(({ variant }, index): ShadowHost => {
      const maxConcurrency = variant.ServerlessConfig?.MaxConcurrency;
      const share = total === 0 ? 0 : weightOf(variant) / total;
      return { variant: variant.VariantName ?? '', model: instances[index].model, maxConcurrency, share };
    });
    this.hosts = all.slice(0, production.length);
    this.shadows = all.slice(production.length);
    all.forEach((host, index) => void this.watch(host, plans[index], instances[index].run));
  }

  /** Removes the containers after their requests in progress have ended. The fleet must not receive new ones any more. */
  public async drain(): Promise<void> {
    this.stopped.abort();
    // Containers can end meanwhile, or be removed by `dispose`.
    await Promise.allSettled([...this.hosts, ...this.shadows].map(({ model }) => model.drain()));
    await this.dispose();
  }

  /** Removes the containers at once. */
  public async dispose(): Promise<void> {
    this.stopped.abort();
    await Promise.all([...this.runs].map((run) => this.remove(run)));
  }

  /** Replaces the containers of a host whenever one of them ends or does not respond, as SageMaker replaces an instance. */
  private async watch(host: Host, plan: Plan, first: Run): Promise<void> {
    const { signal } = this.stopped;
    let run = first;
    let wait = FIRST_RETRY_MS;
    for (;;) {
      const reason = await host.model.untilUnhealthy(signal);
      if (reason === undefined) return;
      this.log(host.variant, `The local service replaces the container: ${reason}.`);
      const replacement = await this.launch(plan).catch((error: Error) => error);
      if (signal.aborted) return;
      if (replacement instanceof Error) {
        this.log(host.variant, `The local service could not replace the container: ${replacement.message}`);
        await pause(wait, undefined, { signal, ref: false }).catch(() => undefined);
        wait = Math.min(wait * 2, LONGEST_RETRY_MS);
        continue;
      }
      void this.retire(host.model, run);
      host.model = replacement.model;
      run = replacement.run;
      wait = FIRST_RETRY_MS;
    }
  }

  private async retire(model: ModelServer, run: Run): Promise<void> {
    await model.drain().catch(() => undefined);
    await this.remove(run);
  }

  private log(variant: string, text: string): void {
    this.services.logs.write(`/aws/sagemaker/Endpoints/${this.endpointName}`, `${variant}/i-local`, text);
  }

  /** The model can be deleted while the endpoint uses it. */
  private plan(variant: Variant): Plan {
    return { variant, model: this.services.models.hosted(variant.ModelName ?? '') };
  }

  /** Starts the containers of a variant. Containers that do not become healthy are removed. */
  private async launch({ variant, model }: Plan): Promise<{ run: Run; model: ModelServer }> {
    const { VariantName = '', ServerlessConfig: serverless } = variant;
    const { engine, onStartUpLog } = this.services.context;
    let isStarting = true;
    const onLog = ({ text }: { text: string }): void => {
      this.log(VariantName, text);
      if (isStarting) onStartUpLog(`${this.endpointName}/${VariantName} | ${text}`);
    };
    const options =
      serverless === undefined
        ? { startUpSeconds: variant.ContainerStartupHealthCheckTimeoutInSeconds }
        : { startUpSeconds: SECONDS.startUpServerless, user: UNKNOWN_USER };
    const run = new Run(engine);
    this.runs.add(run);
    try {
      return { run, model: await ModelServer.start(this.services, run, model, options, { onLog }) };
    } catch (error) {
      await this.remove(run);
      throw error;
    } finally {
      isStarting = false;
    }
  }

  private async remove(run: Run): Promise<void> {
    this.runs.delete(run);
    await run.dispose();
  }
}

function weightOf({ InitialVariantWeight = 1 }: Variant): number {
  return InitialVariantWeight;
}
