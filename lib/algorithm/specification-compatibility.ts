import { type aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { InputMode } from '../common/input-mode';
import type { TrainingInput } from '../common/training-input';
import type { TrainingResources } from '../common/training-resources';
import type { JobRequest } from '../private/job-request';
import { addWarning } from '../private/rules';
import { sortedEntries } from '../private/sorted-entries';
import { type ValidationErrors, isKnown, quote } from '../private/validation';
import type { AlgorithmSpecification } from './algorithm-specification';

/** The inputs by the names of their channels. */
export interface Inputs {
  readonly [channel: string]: TrainingInput;
}

/** The properties of a training job that an algorithm constrains. */
export interface ConstrainedTraining {
  readonly inputs?: Inputs;
  readonly hyperparameters?: { [name: string]: string };
  readonly resources: TrainingResources;
}

/** The input mode of a channel; by default the first one that the algorithm supports for it. */
function inputModeOf(inputs: Inputs, channel: string, specification?: AlgorithmSpecification): InputMode {
  const declared = specification?.channels.find(({ name }) => name === channel)?.inputModes[0];
  return inputs[channel].inputMode ?? declared ?? InputMode.FILE;
}

/**
 * Renders the channels of a training job, and grants its role permission to read their data.
 *
 * @internal
 */
export function renderInputs(
  scope: Construct,
  role: iam.IGrantable,
  inputs: Inputs,
  specification?: AlgorithmSpecification,
): JobRequest<'training'>['InputDataConfig'] {
  const channels = sortedEntries(inputs).map(([ChannelName, input]) => {
    const { dataSource, options } = input.bind(scope, role);
    const { contentType, compression, recordIoWrapped, shuffleSeed } = options;
    const mode = inputModeOf(inputs, ChannelName, specification);
    if (mode === InputMode.FAST_FILE) warnAboutPartialPrefix(scope, ChannelName, input);
    return {
      ChannelName,
      DataSource: dataSource,
      ContentType: contentType,
      CompressionType: compression,
      RecordWrapperType: recordIoWrapped === true ? 'RecordIO' : undefined,
      InputMode: mode,
      ShuffleConfig: shuffleSeed === undefined ? undefined : { Seed: shuffleSeed },
    };
  });
  return channels.length > 0 ? channels : undefined;
}

function warnAboutPartialPrefix(scope: Construct, channel: string, { _partialPrefix: prefix }: TrainingInput): void {
  if (prefix === undefined) return;
  addWarning(
    scope,
    'training-and-tuning',
    'partialFastFilePrefix',
    `\`inputs["${channel}"]\`: in FastFile mode, a key prefix must not end within the name of a folder or an object, got: ` +
      `${quote(prefix)}. If it is a folder, use ${quote(`${prefix}/`)}.`,
  );
}

/** The input mode of the training job, which the service requires although each channel overrides it. */
export function defaultInputMode(inputs: Inputs, specification?: AlgorithmSpecification): InputMode {
  const [channel] = Object.keys(inputs);
  return channel === undefined ? InputMode.FILE : inputModeOf(inputs, channel, specification);
}

/** Validates a training job against the specification of its algorithm. */
export function checkAgainstSpecification(
  errors: ValidationErrors,
  training: ConstrainedTraining,
  specification: AlgorithmSpecification,
): void {
  checkHyperparameters(errors, training.hyperparameters ?? {}, specification);
  checkChannels(errors, training.inputs ?? {}, specification);
  const { instanceTypes, instanceCount } = training.resources;
  const supported = specification.trainingInstanceTypes.map(({ instanceTypeName }) => instanceTypeName);
  for (const { instanceTypeName } of instanceTypes) {
    errors.when(
      isKnown(instanceTypeName) && supported.every(isKnown) && !supported.includes(instanceTypeName),
      `\`resources\` must use an instance type that the algorithm supports (${supported.join(', ')}), got ${instanceTypeName}`,
    );
  }
  errors.when(
    isKnown(instanceCount) && instanceCount > 1 && specification.supportsDistributedTraining !== true,
    `\`resources\` must have 1 instance: the algorithm does not support distributed training, got ${instanceCount}`,
  );
}

function checkHyperparameters(
  errors: ValidationErrors,
  values: { [name: string]: string },
  { hyperparameters = [] }: AlgorithmSpecification,
): void {
  const known = new Map(hyperparameters.map((hyperparameter) => [hyperparameter.name, hyperparameter]));
  for (const [name, value] of Object.entries(values)) {
    const error = known.get(name)?._errorOf(value);
    errors.when(
      !known.has(name),
      `\`hyperparameters["${name}"]\` is not a hyperparameter of the algorithm (${[...known.keys()].join(', ') || 'none are defined'})`,
    );
    errors.when(error !== undefined, `\`hyperparameters["${name}"]\` ${error}`);
  }
  for (const { name, required } of hyperparameters) {
    errors.when(required && !(name in values), `\`hyperparameters["${name}"]\` is required by the algorithm`);
  }
}

function checkChannels(errors: ValidationErrors, inputs: Inputs, specification: AlgorithmSpecification): void {
  const { channels } = specification;
  const known = new Map(channels.map((channel) => [channel.name, channel]));
  for (const [name, { contentType }] of Object.entries(inputs)) {
    const channel = known.get(name);
    errors.when(
      channel === undefined,
      `\`inputs["${name}"]\` is not a channel of the algorithm, whose channels are: ${[...known.keys()].join(', ')}`,
    );
    if (channel === undefined) continue;
    const mode = inputModeOf(inputs, name, specification);
    errors.when(
      !channel.inputModes.includes(mode),
      `\`inputs["${name}"]\` must have an input mode that the algorithm supports (${channel.inputModes.join(', ')}), got ${mode}`,
    );
    errors.when(
      isKnown(contentType) && channel.contentTypes.length > 0 && !channel.contentTypes.includes(contentType),
      `\`inputs["${name}"]\` must have a content type that the algorithm supports (${channel.contentTypes.join(', ')}), got ${contentType}`,
    );
  }
  for (const { name, required } of channels) {
    errors.when(required && isKnown(name) && !(name in inputs), `\`inputs["${name}"]\` is required by the algorithm`);
  }
}
