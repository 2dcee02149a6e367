import type { Size, aws_iam as iam } from 'aws-cdk-lib';
import { Processor } from '../../common/processor';
import { ValidationErrors, isKnown, quote } from '../../private/validation';
import type { InstanceOptions } from './instance-options';
import { checkInstances, checkPlacement, placementWarnings, renderInstances } from './instance-rendering';
import type { IModel } from '../model/model';
import type { VariantConfig } from './variant-config';

/** A variant that runs on instances. */
export interface InstanceVariantOptions extends InstanceOptions {
  /** What the instances run. */
  readonly model: IModel;

  /**
   * The share of requests that the variant gets, relative to the weights of all variants. 0 is a variant that gets none. Of a
   * shadow variant, the share of requests that it is sent a copy of, relative to the weight of the other variant.
   *
   * @default 1
   */
  readonly weight?: number;
}

/** A variant that needs no servers: it is paid by the request. */
export interface ServerlessVariantOptions {
  /** What answers. */
  readonly model: IModel;

  /** The memory of a container: 1, 2, 3, 4, 5 or 6 GiB. Processors come in proportion. */
  readonly memory: Size;

  /** How many requests are answered at a time, 1 to 200. */
  readonly maxConcurrency: number;

  /**
   * For how many requests at a time containers are kept warm, 1 to `maxConcurrency`.
   *
   * @default - none
   */
  readonly provisionedConcurrency?: number;
}

/**
 * A share of an endpoint: a model and what it runs on.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
 */
export abstract class ProductionVariant {
  /**
   * A model on instances with CPUs, GPUs or accelerators.
   *
   * @param variantName at most 63 letters, digits and hyphens
   * @param options model and instances
   */
  public static instances(variantName: string, options: InstanceVariantOptions): ProductionVariant {
    return new InstanceVariant(variantName, options);
  }

  /**
   * A model without servers.
   *
   * @param variantName at most 63 letters, digits and hyphens
   * @param options model, memory and concurrency
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
   */
  public static serverless(variantName: string, options: ServerlessVariantOptions): ProductionVariant {
    return new ServerlessVariant(variantName, options);
  }

  /**
   * Instances without a model: an `InferenceComponent` for each model brings it, says what it needs and how many copies
   * there are.
   *
   * @param variantName at most 63 letters, digits and hyphens
   * @param options the instances
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-deploy-models.html
   */
  public static inferenceComponents(variantName: string, options: InstanceOptions): ProductionVariant {
    return new ComponentVariant(variantName, options);
  }

  /** @param variantName at most 63 letters, digits and hyphens */
  protected constructor(
    /** The name of the variant. */
    public readonly variantName: string,
  ) {}

  /** @internal */
  public get _isForComponents(): boolean {
    return false;
  }

  /**
   * Lets the containers do what the variant says, and returns what a configuration needs to know of it.
   *
   * @internal
   */
  public abstract _bind(role?: iam.IGrantable): VariantConfig;
}

function faultsOf(variantName: string): ValidationErrors {
  const errors = new ValidationErrors(`Production variant ${quote(variantName)}`);
  errors.check('variantName', 'VariantName', variantName);
  errors.when(variantName.length === 0, '`variantName` must not be empty');
  return errors;
}

class InstanceVariant extends ProductionVariant {
  constructor(
    variantName: string,
    private readonly options: InstanceVariantOptions,
  ) {
    super(variantName);
    const errors = faultsOf(variantName);
    checkInstances(errors, options);
    errors.check('weight', 'VariantWeight', options.weight);
    checkPlacement(errors, options.model, options);
    errors.throwIfAny();
  }

  public _bind(): VariantConfig {
    const { variantName, options } = this;
    const { model, weight = 1, instancePools = [] } = options;
    const models = [...new Set([model, ...instancePools.flatMap((pool) => pool.model ?? [])])];
    const roles = [...new Set(models.flatMap(({ role }) => role ?? []))];
    const { rendered, ...instances } = renderInstances(options, roles);
    return {
      variantName,
      kind: 'instances',
      model,
      models,
      weight,
      ...instances,
      rendered: { ...rendered, variantName, modelName: model.modelName, initialVariantWeight: weight },
      warnings: placementWarnings(model, options),
    };
  }
}

const SERVERLESS_STEP_MB = 1024;

class ServerlessVariant extends ProductionVariant {
  constructor(
    variantName: string,
    private readonly options: ServerlessVariantOptions,
  ) {
    super(variantName);
    const { memory, maxConcurrency: max, provisionedConcurrency: provisioned } = options;
    const errors = faultsOf(variantName);
    const megabytes = memory.isUnresolved() ? undefined : memory.toMebibytes();
    errors.check('memory (MiB)', 'ServerlessMemorySizeInMB', megabytes);
    errors.when(
      megabytes !== undefined && megabytes % SERVERLESS_STEP_MB !== 0,
      `\`memory\` must be a whole number of GiB, got ${megabytes} MiB`,
    );
    errors.checkWholeNumber('maxConcurrency', max);
    errors.check('maxConcurrency', 'ServerlessMaxConcurrency', max);
    errors.checkWholeNumber('provisionedConcurrency', provisioned);
    errors.check('provisionedConcurrency', 'ServerlessProvisionedConcurrency', provisioned);
    errors.when(
      isKnown(provisioned) && isKnown(max) && provisioned > max,
      `\`provisionedConcurrency\` must be at most \`maxConcurrency\` ${max}, got ${provisioned}`,
    );
    checkServerlessModel(errors, options.model);
    errors.throwIfAny();
  }

  public _bind(): VariantConfig {
    const { variantName, options } = this;
    const { model, memory, maxConcurrency, provisionedConcurrency } = options;
    return {
      variantName,
      kind: 'serverless',
      model,
      models: [model],
      instanceTypes: [],
      hasVolumeSize: false,
      rendered: {
        variantName,
        modelName: model.modelName,
        initialVariantWeight: 1,
        serverlessConfig: { memorySizeInMb: memory.toMebibytes(), maxConcurrency, provisionedConcurrency },
      },
      newer: {},
      warnings: [],
    };
  }
}

/** What the service refuses to host without servers. */
function checkServerlessModel(errors: ValidationErrors, { features = {}, processor, node }: IModel): void {
  const { containerCount = 1 } = features;
  const reasons: [boolean, string][] = [
    [processor === Processor.GPU, 'its image is declared for a GPU, and there is none without servers'],
    [processor === Processor.NEURON, 'its image is declared for an accelerator, and there is none without servers'],
    [features.hasVpc === true, 'it is in a `vpc`, which serverless endpoints cannot be in'],
    [features.hasNetworkIsolation === true, 'it has `networkIsolation`, which serverless endpoints do not know'],
    [containerCount > 1, `it has ${containerCount} containers, and a serverless endpoint has one`],
    [features.isMultiModel === true, 'it holds many models, which serverless endpoints cannot'],
    [features.isMarketplaceProduct === true, 'it comes from AWS Marketplace, whose products need instances'],
    [features.usesPrivateRegistry === true, 'its image is in a private registry, and must be in Amazon ECR'],
  ];
  for (const [isError, reason] of reasons) {
    errors.when(isError, `\`model\` ${node.path} cannot be hosted without servers: ${reason}`);
  }
}

class ComponentVariant extends ProductionVariant {
  constructor(
    variantName: string,
    private readonly options: InstanceOptions,
  ) {
    super(variantName);
    const errors = faultsOf(variantName);
    checkInstances(errors, options);
    errors.when(
      (options.instancePools ?? []).some(({ model }) => model !== undefined),
      '`instancePools.model` is for variants with a model; inference components bring theirs',
    );
    errors.throwIfAny();
  }

  public override get _isForComponents(): boolean {
    return true;
  }

  public _bind(role?: iam.IGrantable): VariantConfig {
    const { variantName, options } = this;
    const { rendered, ...instances } = renderInstances(options, role === undefined ? [] : [role]);
    return {
      variantName,
      kind: 'components',
      models: [],
      ...instances,
      rendered: { ...rendered, variantName },
      warnings: placementWarnings(undefined, options),
    };
  }
}
