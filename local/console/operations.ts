import type { DescribeLogStreamsResponse, GetLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import type * as SageMaker from '@aws-sdk/client-sagemaker';
import type * as StepFunctions from '@aws-sdk/client-sfn';

/** The operations that the page calls in the JSON protocols, with their outputs, by the signing names of the services. */
export interface Operations {
  readonly sagemaker: {
    readonly DescribeAlgorithm: SageMaker.DescribeAlgorithmOutput;
    readonly DescribeEndpoint: SageMaker.DescribeEndpointOutput;
    readonly DescribeHyperParameterTuningJob: SageMaker.DescribeHyperParameterTuningJobResponse;
    readonly DescribeModelPackage: SageMaker.DescribeModelPackageOutput;
    readonly DescribeProcessingJob: SageMaker.DescribeProcessingJobResponse;
    readonly DescribeTrainingJob: SageMaker.DescribeTrainingJobResponse;
    readonly DescribeTransformJob: SageMaker.DescribeTransformJobResponse;
    readonly ListEndpoints: SageMaker.ListEndpointsOutput;
    readonly ListHyperParameterTuningJobs: SageMaker.ListHyperParameterTuningJobsResponse;
    readonly ListModelPackageGroups: SageMaker.ListModelPackageGroupsOutput;
    readonly ListModelPackages: SageMaker.ListModelPackagesOutput;
    readonly ListProcessingJobs: SageMaker.ListProcessingJobsResponse;
    readonly ListTrainingJobs: SageMaker.ListTrainingJobsResponse;
    readonly ListTrainingJobsForHyperParameterTuningJob: SageMaker.ListTrainingJobsForHyperParameterTuningJobResponse;
    readonly ListTransformJobs: SageMaker.ListTransformJobsResponse;
    readonly UpdateModelPackage: SageMaker.UpdateModelPackageOutput;
  };
  readonly logs: {
    readonly DescribeLogStreams: DescribeLogStreamsResponse;
    readonly GetLogEvents: GetLogEventsResponse;
  };
  readonly states: {
    readonly DescribeExecution: StepFunctions.DescribeExecutionOutput;
    readonly GetExecutionHistory: StepFunctions.GetExecutionHistoryOutput;
    readonly ListExecutions: StepFunctions.ListExecutionsOutput;
    readonly ListStateMachines: StepFunctions.ListStateMachinesOutput;
  };
}
