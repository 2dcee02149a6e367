import type { aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { InputMode } from '../common/input-mode';
import type { TrainingInput } from '../common/training-input';
import type { TrainingResources } from '../common/training-resources';
import type { JobRequest } from '../private/job-request';
import { type ValidationErrors, isKnown } from '../private/validation';
import type { AlgorithmSpecification } from './algorithm-specification';

/** Data by the name of its channel. */
export interface Inputs {
  readonly [channel: string]: TrainingInput;
}

/** What every run of training code is given. */
export interface Run {
  readonly inputs?: Inputs;
  readonly hyperparameters?: { [name: string]: string };
  readonly resources: TrainingResources;
}

/** The mode that the input asks for, or the first that the algorithm knows for the channel. */
export function inputModeOf(inputs: Inputs, channel: string, specification?: AlgorithmSpecification): InputMode {
  const declared = specification?.channels.find(({ name }) => name === channel)?.inputModes[0];
  return inputs[channel].inputMode ?? declared ?? InputMode.FILE;
}

/**
 * Renders the channels of a job, and grants its role permission to read their data.
 *
 * @internal
 */
export function renderInputs(
  scope: Construct,
  role: iam.IGrantable,
  inputs: Inputs,
  specification?: AlgorithmSpecification,
): JobRequest<'training'>['InputDataConfig'] {
  const channels = Object.entries(inputs).map(([ChannelName, input]) => {
    const { dataSource, options } = input.bind(scope, role);
    const { contentType, compression, recordIoWrapped, shuffleSeed } = options;
    return {
      ChannelName,
      DataSource: dataSource,
      ContentType: contentType,
      CompressionType: compression,
      RecordWrapperType: recordIoWrapped === true ? 'RecordIO' : undefined,
      InputMode: inputModeOf(inputs, ChannelName, specification),
      ShuffleConfig: shuffleSeed === undefined ? undefined : { Seed: shuffleSeed },
    };
  });
  return channels.length > 0 ? channels : undefined;
}

/** The input mode of a job as a whole; each channel says its own. */
export function defaultInputMode(inputs: Inputs, specification?: AlgorithmSpecification): InputMode {
  const [channel] = Object.keys(inputs);
  return channel === undefined ? InputMode.FILE : inputModeOf(inputs, channel, specification);
}

/** Checks that a run is one that the algorithm understands. */
export function checkAgainstSpecification(
  errors: ValidationErrors,
  run: Run,
  specification: AlgorithmSpecification,
): void {
  checkHyperparameters(errors, run.hyperparameters ?? {}, specification);
  checkChannels(errors, run.inputs ?? {}, specification);
  const { instanceTypes, instanceCount } = run.resources;
  const supported = specification.trainingInstanceTypes.map(({ instanceTypeName }) => instanceTypeName);
  for (const { instanceTypeName } of instanceTypes) {
    errors.when(
      isKnown(instanceTypeName) && supported.every(isKnown) && !supported.includes(instanceTypeName),
      `\`resources\`: the algorithm trains on ${supported.join(', ')}, got ${instanceTypeName}`,
    );
  }
  errors.when(
    isKnown(instanceCount) && instanceCount > 1 && specification.supportsDistributedTraining !== true,
    `\`resources\`: the algorithm does not support distributed training, got ${instanceCount} instances`,
  );
}

function checkHyperparameters(
  errors: ValidationErrors,
  given: { [name: string]: string },
  { hyperparameters = [] }: AlgorithmSpecification,
): void {
  const known = new Map(hyperparameters.map((hyperparameter) => [hyperparameter.name, hyperparameter]));
  for (const [name, value] of Object.entries(given)) {
    const error = known.get(name)?._errorOf(value);
    errors.when(
      !known.has(name),
      `\`hyperparameters["${name}"]\` is not known to the algorithm, which knows ${[...known.keys()].join(', ') || 'none'}`,
    );
    errors.when(error !== undefined, `\`hyperparameters["${name}"]\` ${error}`);
  }
  for (const { name, required } of hyperparameters) {
    errors.when(required && !(name in given), `\`hyperparameters["${name}"]\` is required by the algorithm`);
  }
}

function checkChannels(errors: ValidationErrors, inputs: Inputs, specification: AlgorithmSpecification): void {
  const { channels } = specification;
  const known = new Map(channels.map((channel) => [channel.name, channel]));
  for (const [name, { contentType }] of Object.entries(inputs)) {
    const channel = known.get(name);
    errors.when(
      channel === undefined,
      `\`inputs["${name}"]\` is no channel of the algorithm, which has ${[...known.keys()].join(', ')}`,
    );
    if (channel === undefined) continue;
    const mode = inputModeOf(inputs, name, specification);
    errors.when(
      !channel.inputModes.includes(mode),
      `\`inputs["${name}"]\`: the algorithm reads it as ${channel.inputModes.join(' or ')}, got ${mode}`,
    );
    errors.when(
      isKnown(contentType) && channel.contentTypes.length > 0 && !channel.contentTypes.includes(contentType),
      `\`inputs["${name}"]\`: the algorithm reads ${channel.contentTypes.join(' or ')}, got ${contentType}`,
    );
  }
  for (const { name, required } of channels) {
    errors.when(required && isKnown(name) && !(name in inputs), `\`inputs["${name}"]\` is required by the algorithm`);
  }
}
