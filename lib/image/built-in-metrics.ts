import { unknownValues } from '../private/known-values';
import metrics from './built-in-metrics.json';

/**
 * The metrics of the algorithms of SageMaker that a tuning job can optimize, by the repository of the image. The developer guide has
 * one page for each algorithm; the metrics of XGBoost are also those that its container declares.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost-tuning.html
 * @see https://github.com/aws/sagemaker-xgboost-container
 */
const METRICS = new Map<string, string[]>(Object.entries(metrics));

/** Whether an image that AWS provides contains an algorithm that defines its metrics. SageMaker rejects other definitions. */
export function definesMetrics(repository = ''): boolean {
  return METRICS.has(repository);
}

/** The warning about the objective of a tuning job that is no known metric of the algorithm. Undefined if it is known. */
export function unknownObjective(repository = '', metricName: string): string | undefined {
  const known = METRICS.get(repository) ?? [];
  const warning = unknownValues(`Metrics of ${repository}`, known, [metricName]);
  return warning && `${warning} Known metrics: ${known.join(', ') || 'none'}.`;
}
