/** The names in the events and metrics about outcomes, which handlers report and constructs match. It contains only types. */

/** The source of the events, and the namespace of the metrics. */
export type OutcomeSource = 'cdk-sagemaker-algorithm';

/** The types of the events. */
export type OutcomeType = 'SageMaker Workflow Outcome' | 'Continuous Deployment Outcome';
