import type { CreateEndpointConfigCommandInput } from '@aws-sdk/client-sagemaker';
import type { Context } from '../context';
import type { Store } from '../store';
import type { Operations } from '../wire/json';
import { type Wire, now } from '../wire/record';
import { validationError } from '../wire/service-error';
import type { Models } from './models';
import { page } from './page';
import type { Tags } from './tags';

export type EndpointConfig = Wire<CreateEndpointConfigCommandInput> & {
  readonly EndpointConfigName: string;
  readonly EndpointConfigArn: string;
  readonly CreationTime: number;
};

const NOT_HERE = ['DataCaptureConfig', 'ExplainerConfig'] as const;

/** Endpoint configurations: which models an endpoint hosts, and with what weights. */
export class EndpointConfigs {
  public readonly operations: Operations;
  private readonly store: Store<EndpointConfig>;

  constructor(
    private readonly context: Context,
    private readonly tags: Tags,
    private readonly models: Models,
  ) {
    this.store = context.store<EndpointConfig>('endpoint-configs');
    this.operations = {
      CreateEndpointConfig: (input: Wire<CreateEndpointConfigCommandInput>) => ({
        EndpointConfigArn: this.create(input).EndpointConfigArn,
      }),
      DescribeEndpointConfig: ({ EndpointConfigName }: { EndpointConfigName: string }) =>
        this.existing(EndpointConfigName),
      DeleteEndpointConfig: ({ EndpointConfigName }: { EndpointConfigName: string }) => this.delete(EndpointConfigName),
      ListEndpointConfigs: (query: object) => {
        const { items, NextToken } = page(this.store.list(), query, ({ EndpointConfigName }) => EndpointConfigName);
        return {
          EndpointConfigs: items.map(({ EndpointConfigName, EndpointConfigArn, CreationTime }) => ({
            EndpointConfigName,
            EndpointConfigArn,
            CreationTime,
          })),
          NextToken,
        };
      },
    };
  }

  public create({ Tags: tags, ...input }: Wire<CreateEndpointConfigCommandInput>): EndpointConfig {
    const name = input.EndpointConfigName ?? '';
    if (this.store.get(name) !== undefined) {
      throw validationError(`Cannot create already existing endpoint configuration "${name}".`);
    }
    const missing = NOT_HERE.find((member) => input[member] !== undefined);
    if (missing !== undefined) throw validationError(`${missing} is not part of the local service yet.`);
    const { ProductionVariants: production = [], ShadowProductionVariants: shadows = [] } = input;
    if (shadows.length > 0 && (production.length !== 1 || shadows.length !== 1)) {
      throw validationError('A shadow test has exactly one production variant and one shadow variant.');
    }
    for (const { ModelName } of [...production, ...shadows]) {
      if (ModelName === undefined) throw validationError('Inference components are not part of the local service.');
      this.models.existing(ModelName);
    }
    if (input.AsyncInferenceConfig !== undefined && production.length + shadows.length !== 1) {
      throw validationError('An asynchronous endpoint has exactly one variant.');
    }
    const EndpointConfigArn = this.context.arn('sagemaker', `endpoint-config/${name.toLowerCase()}`);
    this.tags.add(EndpointConfigArn, tags as never);
    return this.store.put(name, { ...input, EndpointConfigName: name, EndpointConfigArn, CreationTime: now() });
  }

  public delete(name: string): void {
    const { EndpointConfigArn } = this.existing(name);
    this.store.delete(name);
    this.tags.forget(EndpointConfigArn);
  }

  public existing(name: string): EndpointConfig {
    const config = this.store.get(name);
    if (config === undefined) throw validationError(`Could not find endpoint configuration "${name}".`);
    return config;
  }
}
