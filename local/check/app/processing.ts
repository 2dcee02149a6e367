import type { CreateProcessingJobRequest } from '@aws-sdk/client-sagemaker';
import type { Assembly, Resource } from './assembly';
import { type Parsed, pathOf, requestOf } from './requests';
import type { Target } from './target';

/** The processing jobs of an app. */
export function processingTargets(assembly: Assembly): Target[] {
  return assembly.ofType('Custom::SageMakerProcessingJob').map(targetOf);
}

function targetOf(resource: Resource): Target {
  const request = requestOf<CreateProcessingJobRequest>(resource);
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
}: Parsed<CreateProcessingJobRequest>): Pick<NonNullable<Target['processing']>, 'inputs' | 'outputs'> {
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
