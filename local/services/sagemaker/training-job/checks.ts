import { parseS3Uri } from '../../../aws-model/s3-uri';
import { validationError } from '../../../aws-model/service-error';
import { notSupported } from '../../../aws-model/not-supported';
import type { Buckets } from '../../s3';
import type { Algorithms } from '../algorithm/algorithms';
import { checkJobOfAlgorithm } from '../algorithm/job-rules';
import type { Channels } from '../data/channels';
import type { TrainingJobInput } from './training-job';

/** Members that the local service does not support. Without them the job would be another one. */
const UNSUPPORTED: (keyof TrainingJobInput)[] = [
  'ServerlessJobConfig',
  'ModelPackageConfig',
  'DebugRuleConfigurations',
];

interface Services {
  readonly s3: Buckets;
  readonly algorithms: Algorithms;
  readonly channels: Channels;
}

/** Validates a training job before anything starts. Returns its hyperparameters, completed with the defaults. */
export function checkTrainingJob(services: Services, input: TrainingJobInput): Record<string, string> {
  checkSupported(input);
  const { AlgorithmSpecification: source, InputDataConfig: channels = [] } = input;
  if (source === undefined || input.ResourceConfig === undefined) {
    throw validationError('AlgorithmSpecification and ResourceConfig are required.');
  }
  if ((source.AlgorithmName === undefined) === (source.TrainingImage === undefined)) {
    throw validationError('Exactly one of AlgorithmName and TrainingImage is required.');
  }
  checkWritable(services.s3, input.OutputDataConfig?.S3OutputPath);
  checkWritable(services.s3, input.CheckpointConfig?.S3Uri);
  channels.forEach((channel) => services.channels.check(channel, source.TrainingInputMode));
  if (source.AlgorithmName === undefined) return input.HyperParameters ?? {};
  const algorithm = services.algorithms.training(source.AlgorithmName, input.HyperParameters);
  checkJobOfAlgorithm(algorithm.specification, input);
  return algorithm.hyperparameters;
}

function checkSupported(input: TrainingJobInput): void {
  const unsupported = UNSUPPORTED.find((member) => input[member] !== undefined);
  if (unsupported !== undefined) throw validationError(notSupported('sagemaker', `${unsupported} of training jobs`));
  // The SageMaker Python SDK sends a DebugHookConfig without collections by default, which has no effect.
  if ((input.DebugHookConfig?.CollectionConfigurations ?? []).length > 0) {
    throw validationError(notSupported('sagemaker', 'CollectionConfigurations of DebugHookConfig'));
  }
}

function checkWritable(s3: Buckets, uri: string | undefined): void {
  if (uri === undefined || s3.isWritable(parseS3Uri(uri).bucket)) return;
  throw validationError(`The bucket of "${uri}" does not exist or is read-only.`);
}
