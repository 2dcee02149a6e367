import { type Duration } from 'aws-cdk-lib';
import type { ValidationErrors } from '../../private/validation';

/**
 * The additional metrics of an endpoint.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
 */
export interface EndpointMetricsOptions {
  /**
   * Whether metrics are published for each instance and container (enhanced metrics).
   *
   * @default false
   */
  readonly enhanced?: boolean;

  /**
   * Whether the metrics that containers expose are published (detailed observability).
   *
   * @default false
   */
  readonly detailedObservability?: boolean;

  /**
   * The interval at which utilization metrics are published: 10 or 30 seconds, or 1 to 5 minutes.
   *
   * @default - 1 minute
   */
  readonly publishFrequency?: Duration;
}

const FREQUENCIES = [10, 30, 60, 120, 180, 240, 300];

export function checkMetrics(errors: ValidationErrors, { publishFrequency }: EndpointMetricsOptions): void {
  if (publishFrequency === undefined || publishFrequency.isUnresolved()) return;
  const seconds = publishFrequency.toSeconds();
  errors.when(
    !FREQUENCIES.includes(seconds),
    `\`metrics.publishFrequency\` must be one of ${FREQUENCIES.join(', ')} seconds, got ${seconds}`,
  );
}

/** Renders the property for CloudFormation, because the oldest supported aws-cdk-lib lacks it. */
export function renderMetrics(options: EndpointMetricsOptions): Record<string, unknown> {
  return {
    EnableEnhancedMetrics: options.enhanced,
    EnableDetailedObservability: options.detailedObservability,
    MetricPublishFrequencyInSeconds: options.publishFrequency?.toSeconds(),
  };
}
