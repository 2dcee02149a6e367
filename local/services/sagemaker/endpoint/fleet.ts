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
import type { Models } from '../models';
import type { EndpointConfig } from './endpoint-configs';

/** The model server of a variant. */
export interface Host {
  readonly variant: string;

  /** The running containers, which are replaced when one of them is not healthy any more. */
  model: ModelServer;

  /** The maximum concurrency of a serverless variant. */
  readonly maxConcurrency?: number;

  /** The number of requests in progress. */
  inFlight: number;
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

/** The pause after a replacement that did not become healthy. */
const RETRY_MS = 1000;

/** The containers of an endpoint under one configuration. Each variant has one host, whatever its instance count. */
export class Fleet {
  public hosts: Host[] = [];
  public shadows: ShadowHost[] = [];
  private readonly run: Run;
  private readonly stopped = new AbortController();

  constructor(
    private readonly services: FleetServices,
    private readonly endpointName: string,
  ) {
    this.run = new Run(services.context.engine);
  }

  /** Starts the containers of all variants, and waits until they are healthy. */
  public async start({ ProductionVariants, ShadowProductionVariants: shadows = [] }: EndpointConfig): Promise<void> {
    const production = ProductionVariants ?? [];
    const start = (variant: Variant): Promise<Host> => this.host(variant);
    const [hosts, copies] = await Promise.all([Promise.all(production.map(start)), Promise.all(shadows.map(start))]);
    const total = production.reduce((sum, variant) => sum + weightOf(variant), 0);
    this.hosts = hosts;
    this.shadows = copies.map((copy, index) => ({
      ...copy,
      share: total === 0 ? 0 : weightOf(shadows[index]) / total,
    }));
    this.hosts.forEach((host, index) => void this.watch(host, production[index]));
    this.shadows.forEach((host, index) => void this.watch(host, shadows[index]));
  }

  public dispose(): Promise<void> {
    this.stopped.abort();
    return this.run.dispose();
  }

  /** Replaces the containers of a host whenever one of them ends or does not respond, as SageMaker replaces an instance. */
  private async watch(host: Host, variant: Variant): Promise<void> {
    const { signal } = this.stopped;
    for (;;) {
      const reason = await host.model.untilUnhealthy(signal, () => host.inFlight > 0);
      if (reason === undefined) return;
      this.log(host.variant, `The local service replaces the container: ${reason}.`);
      const replacement = await this.startModel(variant).catch((error: Error) => error);
      if (signal.aborted) return;
      if (replacement instanceof Error) {
        this.log(host.variant, `The local service could not replace the container: ${replacement.message}`);
        await pause(RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined);
        continue;
      }
      const { model } = host;
      host.model = replacement;
      await model.stop().catch(() => undefined);
    }
  }

  private log(variant: string, text: string): void {
    this.services.logs.write(`/aws/sagemaker/Endpoints/${this.endpointName}`, `${variant}/i-local`, text);
  }

  private async host(variant: Variant): Promise<Host> {
    const { VariantName = '', ServerlessConfig: serverless } = variant;
    const model = await this.startModel(variant);
    return { variant: VariantName, model, maxConcurrency: serverless?.MaxConcurrency, inFlight: 0 };
  }

  private startModel({ VariantName = '', ModelName = '', ...variant }: Variant): Promise<ModelServer> {
    const { ServerlessConfig: serverless } = variant;
    const onLog = ({ text }: { text: string }): void => this.log(VariantName, text);
    const options =
      serverless === undefined
        ? { startUpSeconds: variant.ContainerStartupHealthCheckTimeoutInSeconds }
        : { startUpSeconds: SECONDS.startUpServerless, user: UNKNOWN_USER };
    const model = this.services.models.hosted(ModelName);
    return ModelServer.start(this.services, this.run, model, options, { onLog });
  }
}

function weightOf({ InitialVariantWeight = 1 }: Variant): number {
  return InitialVariantWeight;
}
