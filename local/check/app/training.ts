import type { Channel, CreateAlgorithmInput, CreateTrainingJobRequest } from '@aws-sdk/client-sagemaker';
import type { Metric } from '../../container';
import type { Parsed } from './requests';
import type { Target, TargetChannel } from './target';

type TrainingSpecification = NonNullable<Parsed<CreateAlgorithmInput>['TrainingSpecification']>;

/** The training job of a request, or that of an algorithm alone if the request is empty. */
export function trainingOf(
  request: Parsed<CreateTrainingJobRequest>,
  algorithm?: Parsed<CreateAlgorithmInput>,
): Target['training'] & object {
  const declared: Partial<TrainingSpecification> = algorithm?.TrainingSpecification ?? {};
  const { AlgorithmSpecification: source, CheckpointConfig } = request;
  const definitions = declared.MetricDefinitions ?? source?.MetricDefinitions ?? [];
  return {
    channels: channelsOf(request, declared),
    hyperparameters: { ...defaultsOf(declared), ...request.HyperParameters },
    environment: request.Environment ?? {},
    metrics: definitions.map(({ Name: name = '', Regex: regex = '' }): Metric => ({ name, regex })),
    objectives: (declared.SupportedTuningJobObjectiveMetrics ?? []).map(({ MetricName = '' }) => MetricName),
    instanceCount: instanceCountOf(request),
    networkIsolation: request.EnableNetworkIsolation,
    hasCheckpoints: CheckpointConfig !== undefined,
    checkpointsTarget: CheckpointConfig?.LocalPath,
    entrypoint: source?.ContainerEntrypoint,
    arguments: source?.ContainerArguments,
  };
}

export function instancesOf({ ResourceConfig }: Parsed<CreateTrainingJobRequest>): string[] {
  const groups = ResourceConfig?.InstanceGroups?.map(({ InstanceType }) => InstanceType);
  return (groups ?? [ResourceConfig?.InstanceType]).filter((type) => type !== undefined);
}

function instanceCountOf({ ResourceConfig }: Parsed<CreateTrainingJobRequest>): number | undefined {
  const counts = ResourceConfig?.InstanceGroups?.map(({ InstanceCount = 1 }) => InstanceCount);
  return counts?.reduce((sum, count) => sum + count, 0) ?? ResourceConfig?.InstanceCount;
}

function defaultsOf({ SupportedHyperParameters = [] }: Partial<TrainingSpecification>): Record<string, string> {
  return Object.fromEntries(
    SupportedHyperParameters.filter(({ DefaultValue }) => DefaultValue !== undefined).map(
      ({ Name = '', DefaultValue = '' }) => [Name, DefaultValue],
    ),
  );
}

function channelsOf(
  { InputDataConfig, AlgorithmSpecification }: Parsed<CreateTrainingJobRequest>,
  { TrainingChannels = [] }: Partial<TrainingSpecification>,
): TargetChannel[] {
  if (InputDataConfig === undefined) {
    return TrainingChannels.map(
      ({ Name: name = '', IsRequired = true, SupportedContentTypes = [], SupportedInputModes }) => ({
        name,
        contentType: SupportedContentTypes[0],
        supportedModes: SupportedInputModes,
        isRequired: IsRequired,
      }),
    );
  }
  return InputDataConfig.map((channel: Channel) => ({
    name: channel.ChannelName ?? '',
    uri: channel.DataSource?.S3DataSource?.S3Uri,
    contentType: channel.ContentType,
    inputMode: channel.InputMode ?? AlgorithmSpecification?.TrainingInputMode,
    supportedModes: TrainingChannels.find(({ Name }) => Name === channel.ChannelName)?.SupportedInputModes,
    isCompressed: channel.CompressionType === 'Gzip',
    isRecordIo: channel.RecordWrapperType === 'RecordIO',
    isRequired: true,
  }));
}
