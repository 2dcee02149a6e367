import type { ProductionVariant } from '@aws-sdk/client-sagemaker';
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
  readonly model: ModelServer;

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

/** The containers of an endpoint under one configuration. Each variant has one host, whatever its instance count. */
export class Fleet {
  public hosts: Host[] = [];
  public shadows: ShadowHost[] = [];
  private readonly run: Run;

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
  }

  public dispose(): Promise<void> {
    return this.run.dispose();
  }

  private async host(variant: Variant): Promise<Host> {
    const { models, logs } = this.services;
    const { VariantName = '', ModelName = '', ServerlessConfig: serverless } = variant;
    const onLog = ({ text }: { text: string }): void =>
      logs.write(`/aws/sagemaker/Endpoints/${this.endpointName}`, `${VariantName}/i-local`, text);
    const options =
      serverless === undefined
        ? { startUpSeconds: variant.ContainerStartupHealthCheckTimeoutInSeconds }
        : { startUpSeconds: SECONDS.startUpServerless, user: UNKNOWN_USER };
    const model = await ModelServer.start(this.services, this.run, models.hosted(ModelName), options, { onLog });
    return { variant: VariantName, model, maxConcurrency: serverless?.MaxConcurrency, inFlight: 0 };
  }
}

function weightOf({ InitialVariantWeight = 1 }: Variant): number {
  return InitialVariantWeight;
}
