import { Duration, Token, aws_applicationautoscaling as appscaling, aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import type { Construct, IDependable } from 'constructs';
import { ScalingBase } from '../../private/scaling';
import { ValidationErrors } from '../../private/validation';
import {
  type ConcurrencyScalingOptions,
  type MetricScalingOptions,
  type TargetTrackingOptions,
  withDefaultCooldowns,
} from '../endpoint/scalable-instance-count';

/** The bounds of the number of copies of an inference component. */
export interface ComponentScalingOptions {
  /**
   * The minimum number of copies. With 0, invocations without a copy fail, and an alarm on the metric `NoCapacityInvocationFailures` adds
   * the first copy. The instances only scale in to zero if `managedScaling` of the variant has a minimum of 0.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-zero-instances.html
   * @default 1
   */
  readonly minCapacity?: number;

  /** The maximum number of copies. */
  readonly maxCapacity: number;
}

/** Options for scaling on the number of invocations per copy. */
export interface ComponentInvocationScalingOptions extends TargetTrackingOptions {
  /** The target number of invocations per copy and minute. */
  readonly targetInvocationsPerMinute: number;
}

interface ScalableCopyCountProps extends ComponentScalingOptions {
  readonly inferenceComponentName: string;
  readonly resource?: IDependable;
  readonly isDisabled?: boolean;
}

/**
 * The automatic scaling of the number of copies of an inference component.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling.html
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const component: sagemaker.InferenceComponent;
 *
 * const copies = component.autoScale({ minCapacity: 1, maxCapacity: 8 });
 * copies.scaleOnConcurrency('Requests', { targetConcurrency: 4 });
 */
export class ScalableCopyCount extends ScalingBase {
  private hasWakeUp = false;

  /** @internal */
  public static _of(scope: Construct, id: string, props: ScalableCopyCountProps): ScalableCopyCount {
    return new ScalableCopyCount(scope, id, props);
  }

  private constructor(
    scope: Construct,
    id: string,
    private readonly props: ScalableCopyCountProps,
  ) {
    super(scope, id, {
      ...props,
      resourceId: `inference-component/${props.inferenceComponentName}`,
      dimension: 'sagemaker:inference-component:DesiredCopyCount',
    });
    this.wakeUpFrom(props.minCapacity);
  }

  /**
   * Adds a target tracking policy on the number of invocations per copy.
   *
   * @param id the construct ID of the policy
   * @param options the target number of invocations
   */
  public scaleOnInvocations(id: string, options: ComponentInvocationScalingOptions): void {
    const { targetInvocationsPerMinute: targetValue, ...tracking } = options;
    this.check('targetInvocationsPerMinute', targetValue);
    const predefinedMetric = appscaling.PredefinedMetric.SAGEMAKER_INFERENCE_COMPONENT_INVOCATIONS_PER_COPY;
    this._track(id, { predefinedMetric, targetValue, ...withDefaultCooldowns(tracking) });
  }

  /**
   * Adds a target tracking policy on the number of concurrent requests per copy. This metric is published every ten
   * seconds.
   *
   * @param id the construct ID of the policy
   * @param options the target number of requests
   */
  public scaleOnConcurrency(id: string, options: ConcurrencyScalingOptions): void {
    const { targetConcurrency: targetValue, ...tracking } = options;
    this.check('targetConcurrency', targetValue);
    const predefinedMetric =
      appscaling.PredefinedMetric.SAGEMAKER_INFERENCE_COMPONENT_CONCURRENT_REQUESTS_PER_COPY_HIGH_RESOLUTION;
    this._track(id, { predefinedMetric, targetValue, ...withDefaultCooldowns(tracking) });
  }

  /**
   * Adds a target tracking policy on a metric.
   *
   * @param id the construct ID of the policy
   * @param options metric and target value
   */
  public scaleOnMetric(id: string, options: MetricScalingOptions): void {
    const { metric, targetValue, ...tracking } = options;
    this._track(id, { customMetric: metric, targetValue, ...withDefaultCooldowns(tracking) });
  }

  /**
   * Adds a schedule that changes the bounds.
   *
   * @param id the construct ID of the schedule
   * @param schedule the time and the new bounds
   */
  public scaleOnSchedule(id: string, schedule: appscaling.ScalingSchedule): void {
    this._schedule(id, schedule);
    this.wakeUpFrom(schedule.minCapacity);
  }

  /**
   * Adds the first copy when an invocation fails because there is none. Without copies, there are no metrics that a target tracking
   * policy could follow. A minimum that is a token can be 0.
   */
  private wakeUpFrom(minCapacity: number | undefined): void {
    if (this.hasWakeUp || (minCapacity !== 0 && !Token.isUnresolved(minCapacity))) return;
    this.hasWakeUp = true;
    this._scaleOutFromZero('WakeUp', {
      metric: new cloudwatch.Metric({
        namespace: 'AWS/SageMaker',
        metricName: 'NoCapacityInvocationFailures',
        dimensionsMap: { InferenceComponentName: this.props.inferenceComponentName },
        statistic: 'Maximum',
        period: Duration.seconds(30),
      }),
      periods: 1,
      cooldown: Duration.minutes(1),
      capacity: 'copy',
    });
  }

  private check(property: string, value: number): void {
    const errors = new ValidationErrors(
      `Scaling of inference component ${this.node.scope?.node.path ?? ''}`,
      'inference-components',
    );
    errors.checkPositive(property, value);
    errors.throwIfAny();
  }
}
