import {
  type Duration,
  Stack,
  aws_applicationautoscaling as appscaling,
  aws_cloudwatch as cloudwatch,
  aws_cloudwatch_actions as actions,
  aws_iam as iam,
} from 'aws-cdk-lib';
import { Construct, type IDependable } from 'constructs';
import { type ValidationErrors, isKnown } from './validation';

/** The limits of a scalable capacity. */
export interface Bounds {
  readonly minCapacity?: number;
  readonly maxCapacity: number;
}

interface ScalingBaseProps extends Bounds {
  readonly resourceId: string;
  readonly dimension: string;

  /** The resource on which the scalable target depends. Undefined for an imported resource. */
  readonly resource?: IDependable;

  /** Whether scaling is disabled: no scalable target and no policies are created. */
  readonly isDisabled?: boolean;
}

/** Validates the limits of a scalable capacity. */
export function checkBounds(
  errors: ValidationErrors,
  { minCapacity: min = 1, maxCapacity: max }: Bounds,
  zero: { readonly isAllowed: boolean; readonly why: string },
): void {
  for (const [property, value] of Object.entries({ minCapacity: min, maxCapacity: max })) {
    errors.when(
      isKnown(value) && (!Number.isInteger(value) || value < 0),
      `\`${property}\` must be a whole number of at least 0, got ${value}`,
    );
  }
  errors.when(isKnown(max) && max === 0, '`maxCapacity` must be at least 1, got 0');
  errors.when(min === 0 && !zero.isAllowed, `\`minCapacity\` must be at least 1: ${zero.why}`);
  errors.when(
    isKnown(min) && isKnown(max) && min > max,
    `\`minCapacity\` must be at most \`maxCapacity\` ${max}, got ${min}`,
  );
}

/** The trigger that adds capacity when there is none. */
interface WakeUp {
  /** The metric that is at least 1 when there are requests without any capacity. */
  readonly metric: cloudwatch.Metric;
  readonly periods: number;
  readonly cooldown?: Duration;
  readonly capacity: 'instance' | 'copy';
}

/**
 * A SageMaker capacity as a scalable target of Application Auto Scaling.
 *
 * @internal
 */
export abstract class ScalingBase extends Construct {
  private readonly target?: appscaling.ScalableTarget;

  protected constructor(scope: Construct, id: string, props: ScalingBaseProps) {
    super(scope, id);
    if (props.isDisabled === true) return;
    this.target = new appscaling.ScalableTarget(this, 'Target', {
      serviceNamespace: appscaling.ServiceNamespace.SAGEMAKER,
      resourceId: props.resourceId,
      scalableDimension: props.dimension,
      minCapacity: props.minCapacity ?? 1,
      maxCapacity: props.maxCapacity,
      role: serviceLinkedRole(this),
    });
    // The escape hatch of the CDK: `scaling.node.defaultChild` is the L1 construct of the scalable target.
    this.node.defaultChild = this.target.node.defaultChild;
    if (props.resource !== undefined) this.target.node.addDependency(props.resource);
  }

  /** @internal */
  protected _track(id: string, props: appscaling.BasicTargetTrackingScalingPolicyProps): void {
    this.target?.scaleToTrackMetric(id, props);
  }

  /** @internal */
  protected _schedule(id: string, schedule: appscaling.ScalingSchedule): void {
    this.target?.scaleOnSchedule(id, schedule);
  }

  /**
   * Adds an alarm and a step scaling policy that adds capacity when a metric reports requests without any capacity.
   *
   * @internal
   */
  protected _scaleOutFromZero(id: string, { metric, cooldown, periods, capacity }: WakeUp): void {
    if (this.target === undefined) return;
    const action = new appscaling.StepScalingAction(this, id, {
      scalingTarget: this.target,
      adjustmentType: appscaling.AdjustmentType.CHANGE_IN_CAPACITY,
      cooldown,
    });
    action.addAdjustment({ adjustment: 1, lowerBound: 0 });
    new cloudwatch.Alarm(this, `${id}Alarm`, {
      metric,
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: cloudwatch.TreatMissingData.MISSING,
      alarmDescription: `There are requests, and no ${capacity} is running to process them.`,
    }).addAlarmAction(new actions.ApplicationScalingAction(action));
  }
}

/** Application Auto Scaling creates this service-linked role automatically. */
function serviceLinkedRole(scope: Construct): iam.IRole {
  const resourceName =
    'aws-service-role/sagemaker.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint';
  const arn = Stack.of(scope).formatArn({ service: 'iam', region: '', resource: 'role', resourceName });
  return iam.Role.fromRoleArn(scope, 'Role', arn, { mutable: false });
}
