import { Duration, Token, aws_applicationautoscaling as appscaling, aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import type { Construct, IDependable } from 'constructs';
import { ScalingBase } from '../../private/scaling';
import { ValidationErrors, isKnown } from '../../private/validation';

/** Between which numbers the instances of a variant are kept. */
export interface VariantScalingOptions {
  /**
   * How many instances there are at least. 0 is for endpoints that answer later.
   *
   * @default 1
   */
  readonly minCapacity?: number;

  /** How many instances there are at most. */
  readonly maxCapacity: number;
}

/** How fast capacity changes. */
export interface TargetTrackingOptions {
  /**
   * How long nothing more is taken away after something was.
   *
   * @default Duration.minutes(5)
   */
  readonly scaleInCooldown?: Duration;

  /**
   * How long nothing more is added after something was.
   *
   * @default Duration.minutes(5)
   */
  readonly scaleOutCooldown?: Duration;

  /**
   * Whether nothing is taken away by this policy.
   *
   * @default false
   */
  readonly disableScaleIn?: boolean;
}

/** Scaling by the number of requests. */
export interface InvocationScalingOptions extends TargetTrackingOptions {
  /** How many requests an instance can answer in a second, as a load test has shown. */
  readonly maxRequestsPerSecond: number;

  /**
   * The share of that at which instances are added, above 0 and at most 1: they take minutes to come.
   *
   * @default 0.5
   */
  readonly safetyFactor?: number;
}

/** Scaling by the number of requests that are being answered. */
export interface ConcurrencyScalingOptions extends TargetTrackingOptions {
  /** How many requests a model is to answer at a time. */
  readonly targetConcurrency: number;
}

/** Scaling by any metric that falls when there is more capacity. */
export interface MetricScalingOptions extends TargetTrackingOptions {
  /** The metric. */
  readonly metric: cloudwatch.IMetric;

  /** The value that it is kept at. */
  readonly targetValue: number;
}

/** Scaling by the requests that wait. */
export interface BacklogScalingOptions extends TargetTrackingOptions {
  /** How many requests may wait for each instance. */
  readonly targetBacklogPerInstance: number;
}

interface ScalableInstanceCountProps extends VariantScalingOptions {
  readonly endpointName: string;
  readonly variantName: string;
  readonly isAsync: boolean;
  readonly resource?: IDependable;
  readonly standsDown?: boolean;
}

/**
 * The number of instances of a variant, which changes by itself.
 *
 * The endpoint keeps it when it moves to another configuration. Before the type of the instances changes, the scaling has to
 * go: deploy once without it and once with the new type.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling.html
 */
export class ScalableInstanceCount extends ScalingBase {
  /** Whether something brings the first instance back when there is none. */
  private canWakeUp = false;

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
    this.node.addValidation({
      validate: () =>
        props.minCapacity === 0 && !this.canWakeUp && props.standsDown !== true
          ? [
              'with a `minCapacity` of 0, nothing brings the first instance back. Add `scaleOnBacklog`, or a schedule that ' +
                'raises the bounds',
            ]
          : [],
    });
  }

  /**
   * Keeps the number of requests for an instance within what it can answer.
   *
   * @param id the id of the policy
   * @param options what an instance can answer
   */
  public scaleOnInvocations(id: string, options: InvocationScalingOptions): void {
    const { maxRequestsPerSecond, safetyFactor = 0.5, ...speed } = options;
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
      ...withDefaults(speed),
    });
  }

  /**
   * Keeps the number of requests that a model is answering. It is measured every ten seconds, so that instances are added
   * sooner than by the number of requests.
   *
   * @param id the id of the policy
   * @param options how many requests there may be
   */
  public scaleOnConcurrency(id: string, options: ConcurrencyScalingOptions): void {
    const { targetConcurrency, ...speed } = options;
    const errors = this.errors();
    errors.checkPositive('targetConcurrency', targetConcurrency);
    errors.throwIfAny();
    this._track(id, {
      predefinedMetric: appscaling.PredefinedMetric.SAGEMAKER_VARIANT_CONCURRENT_REQUESTS_PER_MODEL_HIGH_RESOLUTION,
      targetValue: targetConcurrency,
      ...withDefaults(speed),
    });
  }

  /**
   * Keeps a metric at a value, for example the use of GPUs.
   *
   * @param id the id of the policy
   * @param options metric and value
   */
  public scaleOnMetric(id: string, options: MetricScalingOptions): void {
    const { metric, targetValue, ...speed } = options;
    this._track(id, { customMetric: metric, targetValue, ...withDefaults(speed) });
  }

  /**
   * Keeps the number of requests that wait, for endpoints that answer later. With a `minCapacity` of 0, all instances go
   * when nothing waits, and the first comes back when something does.
   *
   * @param id the id of the policy
   * @param options how many requests may wait
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html
   */
  public scaleOnBacklog(id: string, options: BacklogScalingOptions): void {
    const { targetBacklogPerInstance, ...speed } = options;
    const errors = this.errors();
    errors.when(
      !this.props.isAsync,
      'requests wait at endpoints that answer later only: give the configuration `asyncInference`',
    );
    errors.checkPositive('targetBacklogPerInstance', targetBacklogPerInstance);
    errors.throwIfAny();
    this._track(id, {
      customMetric: this.ofEndpoint('ApproximateBacklogSizePerInstance'),
      targetValue: targetBacklogPerInstance,
      ...withDefaults(speed),
    });
    // A backlog for each of no instances is no number: another metric tells that one is needed.
    // Bounds that only the deployment knows may be 0.
    const { minCapacity } = this.props;
    this.canWakeUp = true;
    if (minCapacity === 0 || Token.isUnresolved(minCapacity))
      this._scaleOutFromZero(`${id}WakeUp`, this.ofEndpoint('HasBacklogWithoutCapacity'), speed);
  }

  /**
   * Changes the bounds at certain times.
   *
   * @param id the id of the schedule
   * @param schedule when, and to what
   */
  public scaleOnSchedule(id: string, schedule: appscaling.ScalingSchedule): void {
    this.canWakeUp = true;
    this._schedule(id, schedule);
  }

  /** Metrics of requests that wait are published for the endpoint: with the name of a variant there is nothing to find. */
  private ofEndpoint(metricName: string): cloudwatch.Metric {
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
    );
  }
}

/** The cooldowns that the service's guide starts from. */
export function withDefaults(speed: TargetTrackingOptions): TargetTrackingOptions {
  const { scaleInCooldown = Duration.minutes(5), scaleOutCooldown = Duration.minutes(5), disableScaleIn } = speed;
  return { scaleInCooldown, scaleOutCooldown, disableScaleIn };
}
