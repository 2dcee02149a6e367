import type { CreateEndpointConfigCommandInput, ProductionVariant } from '@aws-sdk/client-sagemaker';
import { validationError } from '../../../aws-model/service-error';
import { notSupported } from '../../../aws-model/not-supported';
import type { Context } from '../../context';
import type { Store } from '../../store';
import type { Operations } from '../../wire/json';
import { type Wire, now } from '../../wire/record';
import { checkVariant } from '../model-rules';
import type { Models } from '../models';
import { describe } from '../descriptions';
import { list, pick } from '../pages';
import type { Tags } from '../tags';

export type EndpointConfig = Wire<CreateEndpointConfigCommandInput> & {
  readonly EndpointConfigName: string;
  readonly EndpointConfigArn: string;
  readonly CreationTime: number;
};

/** Endpoint configurations: the models that an endpoint hosts, and their weights. */
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
      CreateEndpointConfig: (input: Wire<CreateEndpointConfigCommandInput>) =>
        pick(this.create(input), 'EndpointConfigArn'),
      DescribeEndpointConfig: ({ EndpointConfigName }: { EndpointConfigName: string }) =>
        describe('DescribeEndpointConfig', this.existing(EndpointConfigName)),
      DeleteEndpointConfig: ({ EndpointConfigName }: { EndpointConfigName: string }) => this.delete(EndpointConfigName),
      ListEndpointConfigs: (query: object) => list('ListEndpointConfigs', this.store.list(), query),
    };
  }

  public create({ Tags: tags, ...input }: Wire<CreateEndpointConfigCommandInput>): EndpointConfig {
    const name = input.EndpointConfigName ?? '';
    if (this.store.get(name) !== undefined) {
      throw validationError(`Cannot create already existing endpoint configuration "${name}".`);
    }
    this.check(input);
    const EndpointConfigArn = this.context.arn('sagemaker', `endpoint-config/${name.toLowerCase()}`);
    this.tags.add(EndpointConfigArn, tags as never);
    return this.store.put(name, { ...input, EndpointConfigName: name, EndpointConfigArn, CreationTime: now() });
  }

  public delete(name: string): void {
    const { EndpointConfigArn } = this.existing(name);
    this.store.delete(name);
    this.tags.remove(EndpointConfigArn);
  }

  public find(name: string): EndpointConfig | undefined {
    return this.store.get(name);
  }

  public existing(name: string): EndpointConfig {
    const config = this.store.get(name);
    if (config === undefined) throw validationError(`Could not find endpoint configuration "${name}".`);
    return config;
  }

  private check(input: Wire<CreateEndpointConfigCommandInput>): void {
    if (input.ExplainerConfig !== undefined) {
      throw validationError(notSupported('sagemaker', 'ExplainerConfig'));
    }
    const { ProductionVariants: production = [], ShadowProductionVariants: shadows = [] } = input;
    if (shadows.length > 0 && (production.length !== 1 || shadows.length !== 1)) {
      throw validationError('A shadow test has exactly one production variant and one shadow variant.');
    }
    for (const variant of [...production, ...shadows]) this.checkVariant(variant, input);
    if (input.AsyncInferenceConfig !== undefined && production.length + shadows.length !== 1) {
      throw validationError('An asynchronous endpoint has exactly one variant.');
    }
  }

  private checkVariant(variant: Wire<ProductionVariant>, config: Wire<CreateEndpointConfigCommandInput>): void {
    const { ModelName, RoutingConfig } = variant;
    if (ModelName !== undefined) {
      checkVariant(variant, this.models.hosted(ModelName), config, this.context.account);
    } else if (config.ExecutionRoleArn === undefined) {
      throw validationError(
        'ExecutionRoleArn is required for variants without a ModelName, which host inference components.',
      );
    } else if (config.AsyncInferenceConfig !== undefined) {
      throw validationError(notSupported('sagemaker', 'asynchronous inference with inference components'));
    }
    const strategy = RoutingConfig?.RoutingStrategy ?? 'RANDOM';
    if (!['RANDOM', 'LEAST_OUTSTANDING_REQUESTS'].includes(strategy)) {
      throw validationError(notSupported('sagemaker', `the routing strategy ${strategy}`));
    }
  }
}
