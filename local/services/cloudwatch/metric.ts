import type { Dimension, Metric as SdkMetric } from '@aws-sdk/client-cloudwatch';

/** The identity of a metric: a metric with other dimensions is another metric. */
export interface Metric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly Dimension[];
}

/** The key of a metric, in which the order of the dimensions has no meaning. */
export function keyOf({ Namespace, MetricName, Dimensions = [] }: Metric): string {
  const dimensions = Dimensions.map(({ Name, Value }) => `${Name}\0${Value}`).sort();
  return [Namespace, MetricName, ...dimensions].join('\0');
}

/** A metric of a request. Its members have been validated. */
export function metricOf({ Namespace = '', MetricName = '', Dimensions }: SdkMetric): Metric {
  return { Namespace, MetricName, Dimensions };
}
