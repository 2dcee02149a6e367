import { ValidationErrors, isKnown } from '../../private/validation';

/**
 * The size of a step of a deployment: a number or a percentage of the instances of an endpoint or of the copies of a
 * component.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CapacitySize.html
 *
 * @example
 * import { Duration } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * const deployment = sagemaker.DeploymentPolicy.canary({
 *   size: sagemaker.CapacitySize.percent(10),
 *   bakeTime: Duration.minutes(15),
 * });
 */
export class CapacitySize {
  /**
   * Creates a size from a number of instances or copies.
   *
   * @param count the number, at least 1
   */
  public static count(count: number): CapacitySize {
    return new CapacitySize('INSTANCE_COUNT', count);
  }

  /**
   * Creates a size from a percentage of the instances or copies.
   *
   * @param percent the percentage, 1 to 100
   */
  public static percent(percent: number): CapacitySize {
    return new CapacitySize('CAPACITY_PERCENT', percent);
  }

  private constructor(
    private readonly unit: 'INSTANCE_COUNT' | 'CAPACITY_PERCENT',
    private readonly value: number,
  ) {
    const errors = new ValidationErrors('Capacity size', 'endpoints-and-scaling');
    const property = unit === 'INSTANCE_COUNT' ? 'count' : 'percent';
    errors.check(property, 'CapacitySizeValue', value);
    errors.when(
      isKnown(value) && property === 'percent' && value > 100,
      `\`percent\` must be at most 100, got ${value}`,
    );
    errors.throwIfAny();
  }

  /**
   * The size as a percentage of a number of instances, if known.
   *
   * @internal
   */
  public _percentOf(instanceCount: number | undefined): number | undefined {
    if (!isKnown(this.value)) return undefined;
    if (this.unit === 'CAPACITY_PERCENT') return this.value;
    return isKnown(instanceCount) ? (100 * this.value) / instanceCount : undefined;
  }

  /**
   * Renders the size with the unit of the API.
   *
   * @internal
   */
  public _render(countUnit: 'INSTANCE_COUNT' | 'COPY_COUNT' = 'INSTANCE_COUNT'): { type: string; value: number } {
    return { type: this.unit === 'INSTANCE_COUNT' ? countUnit : this.unit, value: this.value };
  }

  /** The size as text. */
  public toString(): string {
    return this.unit === 'CAPACITY_PERCENT' ? `${this.value} %` : `${this.value}`;
  }
}
