import { aws_applicationautoscaling as appscaling } from 'aws-cdk-lib';
import type { Construct, IDependable } from 'constructs';
import { ScalingBase } from '../../private/scaling';
import { ValidationErrors } from '../../private/validation';
import {
  type ConcurrencyScalingOptions,
  type MetricScalingOptions,
  type TargetTrackingOptions,
  withDefaults,
} from '../endpoint/scalable-instance-count';

/** Between which numbers the copies of an inference component are kept. */
export interface ComponentScalingOptions {
  /**
   * How many copies there are at least. With 0, the first request after all copies have gone fails.
   *
   * @default 1
   */
  readonly minCapacity?: number;

  /** How many copies there are at most. */
  readonly maxCapacity: number;
}

/** Scaling by the number of requests for each copy. */
export interface ComponentInvocationScalingOptions extends TargetTrackingOptions {
  /** How many requests each copy is to answer in a minute. */
  readonly targetInvocationsPerMinute: number;
}

interface ScalableCopyCountProps extends ComponentScalingOptions {
  readonly inferenceComponentName: string;
  readonly resource?: IDependable;
  readonly standsDown?: boolean;
}

/**
 * The number of copies of an inference component, which changes by itself.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling.html
 */
export class ScalableCopyCount extends ScalingBase {
  /** @internal */
  public static _of(scope: Construct, id: string, props: ScalableCopyCountProps): ScalableCopyCount {
    return new ScalableCopyCount(scope, id, props);
  }

  private constructor(scope: Construct, id: string, props: ScalableCopyCountProps) {
    super(scope, id, {
      ...props,
      resourceId: `inference-component/${props.inferenceComponentName}`,
      dimension: 'sagemaker:inference-component:DesiredCopyCount',
    });
  }

  /**
   * Keeps the number of requests for each copy.
   *
   * @param id the id of the policy
   * @param options how many requests
   */
  public scaleOnInvocations(id: string, options: ComponentInvocationScalingOptions): void {
    const { targetInvocationsPerMinute: targetValue, ...speed } = options;
    this.check('targetInvocationsPerMinute', targetValue);
    const predefinedMetric = appscaling.PredefinedMetric.SAGEMAKER_INFERENCE_COMPONENT_INVOCATIONS_PER_COPY;
    this._track(id, { predefinedMetric, targetValue, ...withDefaults(speed) });
  }

  /**
   * Keeps the number of requests that each copy is answering. It is measured every ten seconds.
   *
   * @param id the id of the policy
   * @param options how many requests
   */
  public scaleOnConcurrency(id: string, options: ConcurrencyScalingOptions): void {
    const { targetConcurrency: targetValue, ...speed } = options;
    this.check('targetConcurrency', targetValue);
    const predefinedMetric =
      appscaling.PredefinedMetric.SAGEMAKER_INFERENCE_COMPONENT_CONCURRENT_REQUESTS_PER_COPY_HIGH_RESOLUTION;
    this._track(id, { predefinedMetric, targetValue, ...withDefaults(speed) });
  }

  /**
   * Keeps a metric at a value.
   *
   * @param id the id of the policy
   * @param options metric and value
   */
  public scaleOnMetric(id: string, options: MetricScalingOptions): void {
    const { metric, targetValue, ...speed } = options;
    this._track(id, { customMetric: metric, targetValue, ...withDefaults(speed) });
  }

  /**
   * Changes the bounds at certain times.
   *
   * @param id the id of the schedule
   * @param schedule when, and to what
   */
  public scaleOnSchedule(id: string, schedule: appscaling.ScalingSchedule): void {
    this._schedule(id, schedule);
  }

  private check(property: string, value: number): void {
    const errors = new ValidationErrors(`Scaling of inference component ${this.node.scope?.node.path ?? ''}`);
    errors.checkPositive(property, value);
    errors.throwIfAny();
  }
}
