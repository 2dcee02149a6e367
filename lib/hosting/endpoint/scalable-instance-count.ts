import { Duration, Token, aws_applicationautoscaling as appscaling, aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import type { Construct, IDependable } from 'constructs';
import { addValidation } from '../../private/rules';
import { ScalingBase } from '../../private/scaling';
import { ValidationErrors, isKnown } from '../../private/validation';

/** The bounds of the number of instances of a variant. */
export interface VariantScalingOptions {
  /**
   * The minimum number of instances. 0 requires asynchronous inference.
   *
   * @default 1
   */
  readonly minCapacity?: number;

  /** The maximum number of instances. */
  readonly maxCapacity: number;
}

/** Options for target tracking scaling policies. */
export interface TargetTrackingOptions {
  /**
   * The time after a scale-in activity before another one can start.
   *
   * @default Duration.minutes(5)
   */
  readonly scaleInCooldown?: Duration;

  /**
   * The time after a scale-out activity before another one can start.
   *
   * @default Duration.minutes(5)
   */
  readonly scaleOutCooldown?: Duration;

  /**
   * Whether scale-in by this policy is disabled.
   *
   * @default false
   */
  readonly disableScaleIn?: boolean;
}

/** Options for scaling on the number of invocations. */
export interface InvocationScalingOptions extends TargetTrackingOptions {
  /** The maximum number of requests per second that an instance can process, as determined by a load test. */
  readonly maxRequestsPerSecond: number;

  /**
   * The fraction of `maxRequestsPerSecond` to use as the target, above 0 and at most 1, because new instances take
   * minutes to start.
   *
   * @default 0.5
   */
  readonly safetyFactor?: number;
}

/** Options for scaling on the number of concurrent requests. */
export interface ConcurrencyScalingOptions extends TargetTrackingOptions {
  /** The target number of concurrent requests to a model. */
  readonly targetConcurrency: number;
}

/** Options for scaling on a metric that decreases when capacity increases. */
export interface MetricScalingOptions extends TargetTrackingOptions {
  /** The metric. */
  readonly metric: cloudwatch.IMetric;

  /** The target value of the metric. */
  readonly targetValue: number;
}

/** Options for scaling on the backlog of an asynchronous endpoint. */
export interface BacklogScalingOptions extends TargetTrackingOptions {
  /** The target number of queued requests per instance. */
  readonly targetBacklogPerInstance: number;
}

interface ScalableInstanceCountProps extends VariantScalingOptions {
  readonly endpointName: string;
  readonly variantName: string;
  readonly isAsync: boolean;
  readonly resource?: IDependable;
  readonly isDisabled?: boolean;
}

/**
 * The automatic scaling of the number of instances of a variant.
 *
 * Updates of the endpoint retain the number of instances. SageMaker rejects a new instance type while scaling is
 * enabled: deploy once without scaling, and once with the new instance type.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling.html
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const endpoint: sagemaker.Endpoint;
 *
 * const instances = endpoint.variant('main').autoScale({ minCapacity: 2, maxCapacity: 10 });
 * instances.scaleOnInvocations('Requests', { maxRequestsPerSecond: 40 });
 */
export class ScalableInstanceCount extends ScalingBase {
  /** Whether a policy or schedule can scale out from zero instances. */
  private canScaleFromZero = false;

  /** @internal */
  public static _of(scope: Construct, id: string, props: ScalableInstanceCountProps): ScalableInstanceCount {
    return new ScalableInstanceCount(scope, id, props);
  }

  private constructor(
    scope: Construct,
    id: string,
    private readonly props: ScalableInstanceCountProps,
  ) {
    super(scope, id, {
      ...props,
      resourceId: `endpoint/${props.endpointName}/variant/${props.variantName}`,
      dimension: 'sagemaker:variant:DesiredInstanceCount',
    });
    addValidation(this, 'endpoints-and-scaling', () =>
      props.minCapacity === 0 && !this.canScaleFromZero && props.isDisabled !== true
        ? [
            '`minCapacity` of 0 requires `scaleOnBacklog` or a schedule that raises the bounds: otherwise the variant cannot scale ' +
              'out from zero instances',
          ]
        : [],
    );
  }

  /**
   * Adds a target tracking policy on the number of invocations per instance.
   *
   * @param id the construct ID of the policy
   * @param options the capacity of an instance
   */
  public scaleOnInvocations(id: string, options: InvocationScalingOptions): void {
    const { maxRequestsPerSecond, safetyFactor = 0.5, ...tracking } = options;
    const errors = this.errors();
    errors.checkKnown({ maxRequestsPerSecond, safetyFactor });
    errors.checkPositive('maxRequestsPerSecond', maxRequestsPerSecond);
    errors.checkPositive('safetyFactor', safetyFactor);
    errors.when(isKnown(safetyFactor) && safetyFactor > 1, `\`safetyFactor\` must be at most 1, got ${safetyFactor}`);
    errors.throwIfAny();
    this._track(id, {
      predefinedMetric: appscaling.PredefinedMetric.SAGEMAKER_VARIANT_INVOCATIONS_PER_INSTANCE,
      // The metric counts the requests of a minute.
      targetValue: maxRequestsPerSecond * 60 * safetyFactor,
      ...withDefaultCooldowns(tracking),
    });
  }

  /**
   * Adds a target tracking policy on the number of concurrent requests per model. This metric is published every ten
   * seconds, so instances are added sooner than with `scaleOnInvocations()`.
   *
   * @param id the construct ID of the policy
   * @param options the target number of requests
   */
  public scaleOnConcurrency(id: string, options: ConcurrencyScalingOptions): void {
    const { targetConcurrency, ...tracking } = options;
    const errors = this.errors();
    errors.checkPositive('targetConcurrency', targetConcurrency);
    errors.throwIfAny();
    this._track(id, {
      predefinedMetric: appscaling.PredefinedMetric.SAGEMAKER_VARIANT_CONCURRENT_REQUESTS_PER_MODEL_HIGH_RESOLUTION,
      targetValue: targetConcurrency,
      ...withDefaultCooldowns(tracking),
    });
  }

  /**
   * Adds a target tracking policy on a metric, for example the GPU utilization.
   *
   * @param id the construct ID of the policy
   * @param options metric and target value
   */
  public scaleOnMetric(id: string, options: MetricScalingOptions): void {
    const { metric, targetValue, ...tracking } = options;
    this._track(id, { customMetric: metric, targetValue, ...withDefaultCooldowns(tracking) });
  }

  /**
   * Adds a target tracking policy on the number of queued requests per instance of an asynchronous endpoint. With a
   * `minCapacity` of 0, the variant scales in to zero instances when the queue is empty, and scales out when a request
   * arrives.
   *
   * @param id the construct ID of the policy
   * @param options the target number of queued requests
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html
   */
  public scaleOnBacklog(id: string, options: BacklogScalingOptions): void {
    const { targetBacklogPerInstance, ...tracking } = options;
    const errors = this.errors();
    errors.when(
      !this.props.isAsync,
      '`scaleOnBacklog` requires an asynchronous endpoint: specify `asyncInference` in the endpoint configuration',
    );
    errors.checkPositive('targetBacklogPerInstance', targetBacklogPerInstance);
    errors.throwIfAny();
    this._track(id, {
      customMetric: this.endpointMetric('ApproximateBacklogSizePerInstance'),
      targetValue: targetBacklogPerInstance,
      ...withDefaultCooldowns(tracking),
    });
    // Without instances there is no backlog per instance: another metric has to add the first instance.
    // Bounds that are tokens can be 0.
    const { minCapacity } = this.props;
    this.canScaleFromZero = true;
    if (minCapacity === 0 || Token.isUnresolved(minCapacity))
      this._scaleOutFromZero(`${id}WakeUp`, {
        metric: this.endpointMetric('HasBacklogWithoutCapacity'),
        periods: 2,
        cooldown: tracking.scaleOutCooldown,
        capacity: 'instance',
      });
  }

  /**
   * Adds a schedule that changes the bounds.
   *
   * @param id the construct ID of the schedule
   * @param schedule the time and the new bounds
   */
  public scaleOnSchedule(id: string, schedule: appscaling.ScalingSchedule): void {
    this.canScaleFromZero = true;
    this._schedule(id, schedule);
  }

  /** A metric of the queue, which has the dimension of the endpoint but not of the variant. */
  private endpointMetric(metricName: string): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/SageMaker',
      metricName,
      dimensionsMap: { EndpointName: this.props.endpointName },
      statistic: 'Average',
      period: Duration.minutes(1),
    });
  }

  private errors(): ValidationErrors {
    return new ValidationErrors(
      `Scaling of variant "${this.props.variantName}" of endpoint ${this.node.scope?.node.path ?? ''}`,
      'endpoints-and-scaling',
    );
  }
}

/** Adds the default cooldowns, which the SageMaker developer guide recommends. */
export function withDefaultCooldowns(options: TargetTrackingOptions): TargetTrackingOptions {
  const { scaleInCooldown = Duration.minutes(5), scaleOutCooldown = Duration.minutes(5), disableScaleIn } = options;
  return { scaleInCooldown, scaleOutCooldown, disableScaleIn };
}
