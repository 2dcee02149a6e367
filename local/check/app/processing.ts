import type { CreateProcessingJobRequest } from '@aws-sdk/client-sagemaker';
import { MONITOR } from '../../contract';
import type { Assembly, Resource } from './assembly';
import { type Parsed, pathOf, requestOf } from './requests';
import type { Target } from './target';
import { jobOfTask, tasksOf, workflowOf } from './workflow';

type Request = Parsed<CreateProcessingJobRequest>;

/** The processing jobs of an app, and those of the monitors of its endpoints. */
export function processingTargets(assembly: Assembly): Target[] {
  return [
    ...assembly
      .ofType('Custom::SageMakerProcessingJob')
      .map((resource) => targetOf(resource, requestOf<CreateProcessingJobRequest>(resource))),
    ...assembly.ofType('AWS::StepFunctions::StateMachine').flatMap(monitorTargets),
  ];
}

function monitorTargets(stateMachine: Resource): Target[] {
  return tasksOf(stateMachine).flatMap(([, state]) => {
    const request = jobOfTask(state)?.request as Request | undefined;
    if (request?.Environment?.sagemaker_monitoring_schedule_name === undefined) return [];
    const { processing, ...target } = targetOf(workflowOf(stateMachine), request);
    if (processing === undefined) return [];
    // An execution lists the captured data that it analyzes.
    const inputs = processing.inputs.map((input) =>
      input.name === MONITOR.capture ? { ...input, uri: undefined } : input,
    );
    return [{ ...target, processing: { ...processing, inputs, isMonitor: true } }];
  });
}

function targetOf(resource: Resource, request: Request): Target {
  const { AppSpecification: application, ProcessingResources, NetworkConfig } = request;
  const { InstanceType, InstanceCount, InstancePreferences } = ProcessingResources?.ClusterConfig ?? {};
  const preferred = InstancePreferences ?? [];
  return {
    path: pathOf(resource),
    processingImage: application?.ImageUri,
    processing: {
      ...dataOf(request),
      environment: request.Environment ?? {},
      entrypoint: application?.ContainerEntrypoint,
      arguments: application?.ContainerArguments,
      instanceCount: InstanceCount ?? preferred[0]?.InstanceCount,
      networkIsolation: NetworkConfig?.EnableNetworkIsolation,
    },
    processingInstances: [InstanceType, ...preferred.map((one) => one.InstanceType)].filter(
      (type) => type !== undefined,
    ),
    trainingInstances: [],
    servingInstances: [],
    requests: [{ operation: 'CreateProcessingJob', input: request }],
  };
}

function dataOf({
  ProcessingInputs = [],
  ProcessingOutputConfig,
}: Request): Pick<NonNullable<Target['processing']>, 'inputs' | 'outputs'> {
  return {
    inputs: ProcessingInputs.map(({ InputName: name = '', S3Input: source }) => ({
      name,
      target: source?.LocalPath ?? '',
      uri: source?.S3Uri,
    })),
    outputs: (ProcessingOutputConfig?.Outputs ?? []).map(({ OutputName: name = '', S3Output: target }) => ({
      name,
      target: target?.LocalPath ?? '',
    })),
  };
}
