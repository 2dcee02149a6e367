import type { ProcessingRequest } from './processing-job';

/** The content of `processingjobconfig.json` for a job without a request to SageMaker. */
export function configOf(request: ProcessingRequest): object {
  const { jobName, image, entrypoint = null, environment = {}, inputs = [], outputs = [] } = request;
  return {
    ProcessingJobArn: `arn:aws:sagemaker:us-east-1:000000000000:processing-job/${jobName.toLowerCase()}`,
    ProcessingJobName: jobName,
    AppSpecification: {
      ImageUri: image,
      ContainerEntrypoint: entrypoint,
      ContainerArguments: request.arguments ?? null,
    },
    Environment: environment,
    ProcessingInputs: inputs.map(({ name, target }) => ({
      InputName: name,
      S3Input: { LocalPath: target, S3DataType: 'S3Prefix', S3InputMode: 'File' },
    })),
    ProcessingOutputConfig: {
      Outputs: outputs.map(({ name, target, isContinuous }) => ({
        OutputName: name,
        S3Output: { LocalPath: target, S3UploadMode: isContinuous === true ? 'Continuous' : 'EndOfJob' },
      })),
      KmsKeyId: null,
    },
    ProcessingResources: { ClusterConfig: { InstanceCount: request.instanceCount ?? 1, InstanceType: 'local' } },
    StoppingCondition: { MaxRuntimeInSeconds: request.maxRuntimeSeconds ?? null },
  };
}
