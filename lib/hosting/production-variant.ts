import type { InstanceType } from '../common/instance-type';
import { misfit, waste } from '../private/image-fit';
import { Faults, KNOWN_INSTANCE_TYPES, isKnown, quote } from '../private/validation';
import type { IModel } from './model';

/** A variant that runs on instances. */
export interface InstanceVariantOptions {
  /** What the instances run. */
  readonly model: IModel;

  /** What the instances are. */
  readonly instanceType: InstanceType;

  /**
   * How many instances there are at first.
   *
   * @default 1
   */
  readonly instanceCount?: number;

  /**
   * The share of requests that the variant gets, relative to the weights of all variants. 0 is a variant that gets none.
   *
   * @default 1
   */
  readonly weight?: number;
}

/** What an endpoint configuration needs to know of a variant. */
export interface ProductionVariantConfig {
  /** What the variant runs. */
  readonly model: IModel;

  /**
   * What its instances are.
   *
   * @default - it has none
   */
  readonly instanceType?: InstanceType;

  /**
   * How many instances there are at first.
   *
   * @default - it has none
   */
  readonly instanceCount?: number;

  /** The share of requests that it gets. */
  readonly weight: number;

  /**
   * What deserves a thought, though nothing forbids it.
   *
   * @default - nothing
   */
  readonly warnings?: string[];
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

  /** @param variantName at most 63 letters, digits and hyphens */
  protected constructor(
    /** The name of the variant. */
    public readonly variantName: string,
  ) {}

  /** What an endpoint configuration needs to know of the variant. */
  public abstract bind(): ProductionVariantConfig;
}

class InstanceVariant extends ProductionVariant {
  constructor(
    variantName: string,
    private readonly options: InstanceVariantOptions,
  ) {
    super(variantName);
    const { model, instanceType, instanceCount, weight } = options;
    const faults = new Faults(`Production variant ${quote(variantName)}`);
    faults.check('variantName', 'VariantName', variantName);
    faults.when(variantName.length === 0, '`variantName` must not be empty');
    faults.check('instanceCount', 'InitialTaskCount', instanceCount);
    faults.when(
      isKnown(instanceCount) && !Number.isInteger(instanceCount),
      `\`instanceCount\` must be a whole number, got ${instanceCount}`,
    );
    faults.check('weight', 'VariantWeight', weight);
    const fault = misfit(model, instanceType);
    faults.when(fault !== undefined, `\`instanceType\`: ${fault}`);
    faults.throwIfAny();
  }

  public bind(): ProductionVariantConfig {
    const { instanceCount = 1, weight = 1, ...options } = this.options;
    return { ...options, instanceCount, weight, warnings: this.warnings() };
  }

  private warnings(): string[] {
    const { model, instanceType } = this.options;
    const name = instanceType.instanceTypeName;
    const unknown =
      isKnown(name) && !KNOWN_INSTANCE_TYPES.endpoint.includes(name)
        ? `${name} was not known as an endpoint instance type when this version was published.`
        : undefined;
    return [waste(model, instanceType), unknown].filter((warning) => warning !== undefined);
  }
}
