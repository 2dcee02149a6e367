import type { Size, aws_iam as iam } from 'aws-cdk-lib';
import { Processor } from '../../common/processor';
import { ValidationErrors, isKnown, mebibytesOf, quote } from '../../private/validation';
import type { InstanceOptions } from './instance-options';
import { checkInstances, checkPlacement, placementWarnings, renderInstances } from './instance-rendering';
import type { IModel } from '../model/model';
import type { VariantConfig } from './variant-config';

/** Options for a variant that hosts a model on instances. */
export interface InstanceVariantOptions extends InstanceOptions {
  /** The model to host. */
  readonly model: IModel;

  /**
   * The initial weight of the variant. A production variant receives the share of requests that corresponds to its
   * weight relative to the sum of all weights; with a weight of 0 it receives none. A shadow variant receives copies of
   * a share of the requests that corresponds to its weight relative to that of the production variant.
   *
   * @default 1
   */
  readonly weight?: number;
}

/** Options for a serverless variant, which is billed by the compute time of requests. */
export interface ServerlessVariantOptions {
  /** The model to host. */
  readonly model: IModel;

  /** The memory size: 1, 2, 3, 4, 5 or 6 GiB. The number of vCPUs is proportional to it. */
  readonly memory: Size;

  /** The maximum number of concurrent invocations, 1 to 200. */
  readonly maxConcurrency: number;

  /**
   * The provisioned concurrency: the number of concurrent invocations without cold starts, 1 to `maxConcurrency`.
   *
   * @default - no provisioned concurrency
   */
  readonly provisionedConcurrency?: number;
}

/**
 * A production variant: a model to host, and the resources to host it on.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const model: sagemaker.Model;
 *
 * const variant = sagemaker.ProductionVariant.instances('main', {
 *   model,
 *   instanceType: sagemaker.InstanceType.ML_C7I_LARGE,
 *   instanceCount: 2,
 * });
 */
export abstract class ProductionVariant {
  /**
   * Creates a variant that hosts a model on instances.
   *
   * @param variantName the name of the variant, at most 63 letters, digits and hyphens
   * @param options model and instances
   */
  public static instances(variantName: string, options: InstanceVariantOptions): ProductionVariant {
    return new InstanceVariant(variantName, options);
  }

  /**
   * Creates a serverless variant.
   *
   * @param variantName the name of the variant, at most 63 letters, digits and hyphens
   * @param options model, memory and concurrency
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
   */
  public static serverless(variantName: string, options: ServerlessVariantOptions): ProductionVariant {
    return new ServerlessVariant(variantName, options);
  }

  /**
   * Creates a variant for inference components: instances to which each `InferenceComponent` deploys copies of a model.
   *
   * @param variantName the name of the variant, at most 63 letters, digits and hyphens
   * @param options the instances
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-deploy-models.html
   */
  public static inferenceComponents(variantName: string, options: InstanceOptions): ProductionVariant {
    return new ComponentVariant(variantName, options);
  }

  /** @param variantName the name of the variant */
  protected constructor(
    /** The name of the variant. */
    public readonly variantName: string,
  ) {}

  /** @internal */
  public get _isForComponents(): boolean {
    return false;
  }

  /**
   * Grants the execution roles the permissions that the variant requires, and returns its configuration.
   *
   * @internal
   */
  public abstract _bind(role?: iam.IGrantable): VariantConfig;
}

function validationErrorsOf(variantName: string): ValidationErrors {
  const errors = new ValidationErrors(`Production variant ${quote(variantName)}`, 'endpoint-configurations');
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
    const errors = validationErrorsOf(variantName);
    checkInstances(errors, options);
    errors.check('weight', 'VariantWeight', options.weight);
    errors.when(
      options.managedScaling !== undefined,
      '`managedScaling` is only supported for inference components: use ProductionVariant.inferenceComponents(), or scale the ' +
        'instances with `endpoint.variant(...).autoScale()`',
    );
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
    const errors = validationErrorsOf(variantName);
    const megabytes = mebibytesOf(memory);
    errors.checkSize('memory', 'MiB', 'ServerlessMemorySizeInMB', memory);
    errors.when(
      megabytes !== undefined && megabytes % SERVERLESS_STEP_MB !== 0,
      `\`memory\` must be a whole number of GiB, got ${megabytes} MiB`,
    );
    errors.check('maxConcurrency', 'ServerlessMaxConcurrency', max);
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
      overrides: {},
      warnings: [],
    };
  }
}

/** Records the features of a model that serverless endpoints do not support. */
function checkServerlessModel(errors: ValidationErrors, { features = {}, processor, node }: IModel): void {
  const { containerCount = 1 } = features;
  const reasons: [boolean, string][] = [
    [processor === Processor.GPU, 'its image requires a GPU'],
    [processor === Processor.NEURON, 'its image requires an AWS Neuron accelerator'],
    [features.hasVpc === true, 'it is in a `vpc`'],
    [features.hasNetworkIsolation === true, 'it has `networkIsolation`'],
    [containerCount > 1, `it has ${containerCount} containers`],
    [features.isMultiModel === true, 'it is a multi-model container'],
    [features.isMarketplaceProduct === true, 'it is a product from AWS Marketplace'],
    [features.usesPrivateRegistry === true, 'its image is in a private registry instead of Amazon ECR'],
    [features.usesImageOfOtherAccount === true, 'its image is in the Amazon ECR registry of another account'],
    [features.hasUncompressedModelData === true, 'its model data is not an archive (`.tar.gz`)'],
  ];
  for (const [isError, reason] of reasons) {
    errors.when(isError, `\`model\` ${node.path} is not supported for a serverless variant: ${reason}`);
  }
}

class ComponentVariant extends ProductionVariant {
  constructor(
    variantName: string,
    private readonly options: InstanceOptions,
  ) {
    super(variantName);
    const errors = validationErrorsOf(variantName);
    checkInstances(errors, options);
    errors.when(
      (options.instancePools ?? []).some(({ model }) => model !== undefined),
      '`instancePools.model` is not supported for inference components, which specify their own models',
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
