import type { Channel, ChannelSpecification, TrainingSpecification } from '@aws-sdk/client-sagemaker';
import { validationError } from '../../../aws-model/service-error';
import type { Wire } from '../../wire/record';
import type { TrainingJobInput } from '../training-job/training-job';

/** Validates the instances and the input data of a training job against the specification of its algorithm. */
export function checkJobOfAlgorithm(specification: Wire<TrainingSpecification>, input: TrainingJobInput): void {
  checkInstances(specification, input);
  checkChannels(specification, input);
}

function checkInstances(
  { SupportedTrainingInstanceTypes: supported = [], SupportsDistributedTraining }: Wire<TrainingSpecification>,
  { ResourceConfig: { InstanceType, InstanceCount = 1, InstanceGroups: groups = [] } = {} }: TrainingJobInput,
): void {
  const types = groups.length > 0 ? groups.map((group) => group.InstanceType) : [InstanceType];
  const unsupported = types.find((type) => type !== undefined && !supported.includes(type));
  if (unsupported !== undefined) {
    throw validationError(
      `The algorithm does not support the instance type ${unsupported}. Supported types: ${supported.join(', ')}`,
    );
  }
  const ofGroups = groups.reduce((sum, group) => sum + (group.InstanceCount ?? 1), 0);
  const count = groups.length > 0 ? ofGroups : InstanceCount;
  if (SupportsDistributedTraining === false && count > 1) {
    throw validationError(`The algorithm does not support distributed training, got: ${count} instances`);
  }
}

function checkChannels(
  { TrainingChannels = [] }: Wire<TrainingSpecification>,
  { InputDataConfig: channels = [], AlgorithmSpecification: source }: TrainingJobInput,
): void {
  const given = channels.map(({ ChannelName = '' }) => ChannelName);
  const unknown = given.filter((name) => !TrainingChannels.some(({ Name }) => Name === name));
  if (unknown.length > 0) throw validationError(`Channels unknown to the algorithm: ${unknown.join(', ')}`);
  const missing = TrainingChannels.filter(({ Name = '', IsRequired }) => IsRequired === true && !given.includes(Name));
  if (missing.length > 0) {
    throw validationError(`Required channels are missing: ${missing.map(({ Name }) => Name).join(', ')}`);
  }
  for (const specification of TrainingChannels) {
    const channel = channels.find(({ ChannelName }) => ChannelName === specification.Name);
    if (channel !== undefined) checkChannel(specification, channel, source?.TrainingInputMode);
  }
}

function checkChannel(specification: Wire<ChannelSpecification>, channel: Wire<Channel>, jobMode = 'File'): void {
  const {
    SupportedContentTypes: types,
    SupportedCompressionTypes: compressions,
    SupportedInputModes: modes,
  } = specification;
  const rules: [string, string | undefined, readonly string[] | undefined][] = [
    ['content type', channel.ContentType, types],
    ['compression type', channel.CompressionType, compressions],
    ['input mode', channel.InputMode ?? jobMode, modes],
  ];
  for (const [noun, value, supported] of rules) {
    if (value === undefined || supported === undefined || supported.includes(value)) continue;
    throw validationError(
      `Channel ${specification.Name}: the algorithm does not support the ${noun} ${value}. Supported: ${supported.join(', ')}`,
    );
  }
}
