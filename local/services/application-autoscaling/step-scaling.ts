import type { StepScalingPolicyConfiguration } from '@aws-sdk/client-application-auto-scaling';
import { validationError } from '../../aws-model/service-error';

/** Rejects a configuration without steps, or with an unknown adjustment. */
export function checkSteps({ AdjustmentType, StepAdjustments = [] }: StepScalingPolicyConfiguration): void {
  if (AdjustmentType === undefined) throw validationError('AdjustmentType is required for a step scaling policy.');
  if (StepAdjustments.length === 0) throw validationError('At least one step adjustment is required.');
}

/**
 * The capacity after the adjustment of the step in which the metric is.
 *
 * @param breach the difference between the metric and the threshold of the alarm
 */
export function steppedCapacity(
  { AdjustmentType, StepAdjustments = [], MinAdjustmentMagnitude = 0 }: StepScalingPolicyConfiguration,
  current: number,
  breach: number,
): number {
  const step = StepAdjustments.find(
    ({ MetricIntervalLowerBound: lower = -Infinity, MetricIntervalUpperBound: upper = Infinity }) =>
      // The bound that is nearer to the threshold belongs to the step.
      breach >= 0 ? breach >= lower && breach < upper : breach > lower && breach <= upper,
  );
  if (step === undefined) return current;
  const { ScalingAdjustment = 0 } = step;
  switch (AdjustmentType) {
    case 'ExactCapacity':
      return ScalingAdjustment;
    case 'PercentChangeInCapacity': {
      const change = wholeChange((current * ScalingAdjustment) / 100);
      return current + Math.sign(change) * Math.max(Math.abs(change), MinAdjustmentMagnitude);
    }
    case 'ChangeInCapacity':
    case undefined:
      return current + ScalingAdjustment;
  }
}

/** A change of at least 1, and a larger one without its fraction. */
function wholeChange(change: number): number {
  return Math.abs(change) < 1 ? Math.sign(change) : Math.trunc(change);
}
