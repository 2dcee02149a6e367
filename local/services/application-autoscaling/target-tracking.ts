import type { TargetTrackingScalingPolicyConfiguration } from '@aws-sdk/client-application-auto-scaling';
import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { validationError } from '../../aws-model/service-error';
import { type TargetId, metricDimensions } from './dimensions';

type AlarmMetric = Pick<
  PutMetricAlarmInput,
  'Namespace' | 'MetricName' | 'Dimensions' | 'Statistic' | 'Unit' | 'Period' | 'Metrics'
>;

interface PredefinedMetric {
  readonly MetricName: string;
  readonly Statistic: 'Average' | 'Maximum' | 'Sum';
  readonly Period: number;
}

const PREDEFINED: Record<string, PredefinedMetric> = {
  SageMakerVariantInvocationsPerInstance: { MetricName: 'InvocationsPerInstance', Statistic: 'Sum', Period: 60 },
  SageMakerVariantConcurrentRequestsPerModelHighResolution: {
    ...{ MetricName: 'ConcurrentRequestsPerModel', Statistic: 'Maximum', Period: 10 },
  },
  SageMakerVariantProvisionedConcurrencyUtilization: {
    ...{ MetricName: 'ServerlessProvisionedConcurrencyUtilization', Statistic: 'Maximum', Period: 60 },
  },
  SageMakerInferenceComponentInvocationsPerCopy: { MetricName: 'InvocationsPerCopy', Statistic: 'Sum', Period: 60 },
  SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution: {
    ...{ MetricName: 'ConcurrentRequestsPerCopy', Statistic: 'Maximum', Period: 10 },
  },
};

/** The periods in which the metric must exceed the target before capacity is added, and be below it before capacity is removed. */
const HIGH_PERIODS = 3;
const LOW_MINUTES = 15;

/** The share of the target below which capacity is removed, so that the capacity does not change all the time. */
const LOW_SHARE = 0.9;

/** The alarms of a policy that tracks a target: one for scale-out, and one for scale-in unless it is disabled. */
export function trackingAlarms(
  target: TargetId,
  configuration: TargetTrackingScalingPolicyConfiguration,
): { high: PutMetricAlarmInput; low?: PutMetricAlarmInput } {
  const metric = metricOf(target, configuration);
  const { TargetValue = 0, DisableScaleIn = false } = configuration;
  const high = {
    ...{ ...metric, AlarmName: undefined },
    ...{ ComparisonOperator: 'GreaterThanThreshold' as const, Threshold: TargetValue, EvaluationPeriods: HIGH_PERIODS },
  };
  if (DisableScaleIn) return { high };
  const periods = Math.round((LOW_MINUTES * 60) / periodOf(metric));
  const threshold = TargetValue * LOW_SHARE;
  const low = { ...high, ComparisonOperator: 'LessThanThreshold' as const, Threshold: threshold };
  return { high, low: { ...low, EvaluationPeriods: periods } };
}

function periodOf({ Period, Metrics = [] }: AlarmMetric): number {
  return Period ?? Math.max(...Metrics.map(({ MetricStat: stat }) => stat?.Period ?? 0));
}

function metricOf(target: TargetId, configuration: TargetTrackingScalingPolicyConfiguration): AlarmMetric {
  const { PredefinedMetricSpecification: predefined, CustomizedMetricSpecification: customized } = configuration;
  if ((predefined === undefined) === (customized === undefined)) {
    throw validationError(
      'A target tracking policy requires either a predefined or a customized metric specification.',
    );
  }
  if (predefined !== undefined) {
    const { PredefinedMetricType: type = '' } = predefined;
    if (!Object.hasOwn(PREDEFINED, type))
      throw validationError(`Unsupported predefined metric type for sagemaker: ${type}`);
    return { ...PREDEFINED[type], Namespace: 'AWS/SageMaker', Dimensions: metricDimensions(target) };
  }
  const { MetricName, Namespace, Dimensions, Statistic, Unit, Metrics } = customized ?? {};
  if (Metrics === undefined) return { MetricName, Namespace, Dimensions, Statistic, Unit: Unit as never, Period: 60 };
  const queries = Metrics.map(({ MetricStat: stat, ...query }) => ({
    ...query,
    MetricStat: stat && { ...stat, Period: 60 },
  }));
  return { Metrics: queries as PutMetricAlarmInput['Metrics'] };
}

/** The capacity with which the metric would have its target value: the metric is a load that all instances share. */
export function trackedCapacity(current: number, value: number, target: number): number {
  if (current === 0) return value > 0 ? 1 : 0;
  return Math.ceil((current * value) / target);
}
