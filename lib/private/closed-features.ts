import { Annotations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The features of SageMaker that are closed to new customers, with what they can use instead. */
const FEATURES = {
  Clarify: 'Explain predictions in the inference container instead, for example with SHAP',
  'Model Monitor': 'Analyze the captured data with your own container and `endpoint.addMonitor()` instead',
  Profiler: 'Use the metrics of the instances in Amazon CloudWatch instead',
};

/**
 * Adds a note about a property whose feature AWS has closed to new customers.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/train-debugger.html
 */
export function noteClosedFeature(scope: IConstruct, property: string, feature: keyof typeof FEATURES): void {
  Annotations.of(scope).addInfoV2(
    'cdk-sagemaker-algorithm:closedFeature',
    `\`${property}\` requires SageMaker ${feature}, which has been closed to new customers since 2026-07-30. ${FEATURES[feature]}.`,
  );
}
