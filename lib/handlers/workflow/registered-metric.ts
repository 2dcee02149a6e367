import type { DescribedVersion } from '../shared/registry';

/** The prefix of the metadata key under which a version is registered with the metric of the gate. */
const METRIC = 'metric:';

export function metricKey(metric: string): string {
  return `${METRIC}${metric}`;
}

/** The metric with which a version was registered. */
export function metricOf({ metadata }: DescribedVersion, metric: string): number | undefined {
  const text = metadata[metricKey(metric)];
  return text === undefined || text.trim() === '' ? undefined : Number(text);
}
