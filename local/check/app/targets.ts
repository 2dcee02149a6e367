import type {
  Channel,
  CreateAlgorithmInput,
  CreateHyperParameterTuningJobRequest,
  CreateTrainingJobRequest,
  HyperParameterSpecification,
} from '@aws-sdk/client-sagemaker';
import type { Metric } from '../../container';
import type { CheckedChannel, ServingSpecification, TrainingSpecification } from '../core/specification';
import type { Assembly, Resource } from './assembly';
import { type Container, containersOf, requestOfTransform, servedBy, transformsOf } from './hosting';
import { type Parsed, pathOf, requestOf } from './requests';

/** What of an app can be checked together: a job and what serves its model, or one of both. */
export interface Target {
  /** Where it is in the app. */
  readonly path: string;
  readonly trainingImage?: string;
  readonly servingImage?: string;
  readonly training?: Omit<TrainingSpecification, 'image' | 'channels'> & { channels: WantedChannel[] };
  readonly serving?: Omit<ServingSpecification, 'image'> & { contentTypes: string[] };

  /** Where the model lies that is served, if it is not what is trained. */
  readonly modelUri?: string;
  readonly trainingInstances: string[];
  readonly servingInstances: string[];

  /** Requests of the API, as the app would send them. */
  readonly requests: { readonly operation: string; readonly input: unknown }[];
}

/** A channel whose data may have to be given. */
export interface WantedChannel extends Omit<CheckedChannel, 'directory'> {
  readonly uri?: string;
  readonly isRequired: boolean;
}

/** All that an app trains and serves. */
export function targetsOf(assembly: Assembly): Target[] {
  const algorithms = algorithmsOf(assembly);
  const jobs = assembly.ofType('Custom::SageMakerTrainingJob', 'Custom::SageMakerTuningJob');
  const trained = jobs.map((job) => jobTargets(assembly, algorithms, job));
  const used = new Set(trained.map(({ algorithm }) => algorithm?.resource.id));
  const untrained = algorithms
    .filter(({ resource, input }) => !used.has(resource.id) && input.TrainingSpecification !== undefined)
    .map((algorithm) => algorithmTarget(assembly, algorithm));
  const served = new Set(trained.flatMap(({ models }) => models.map(({ id }) => id)));
  const alone = assembly
    .ofType('AWS::SageMaker::Model')
    .filter(({ id }) => !served.has(id))
    .flatMap((model) => modelTargets(assembly, model));
  return [...trained.flatMap(({ targets }) => targets), ...untrained, ...alone];
}

interface KnownAlgorithm {
  readonly resource: Resource;
  readonly input: Parsed<CreateAlgorithmInput>;
}

function algorithmsOf(assembly: Assembly): KnownAlgorithm[] {
  return [
    ...assembly.ofType('AWS::SageMaker::Algorithm').map((resource) => ({ resource, input: resource.properties })),
    ...assembly
      .ofType('Custom::SageMakerAlgorithm')
      .map((resource) => ({ resource, input: requestOf<CreateAlgorithmInput>(resource) })),
  ];
}

function jobTargets(
  assembly: Assembly,
  algorithms: KnownAlgorithm[],
  job: Resource,
): { targets: Target[]; algorithm?: KnownAlgorithm; models: Resource[] } {
  const isTuning = job.type === 'Custom::SageMakerTuningJob';
  const tuning = isTuning ? requestOf<CreateHyperParameterTuningJobRequest>(job) : undefined;
  const definition = tuning?.TrainingJobDefinition ?? tuning?.TrainingJobDefinitions?.[0];
  const request: Parsed<CreateTrainingJobRequest> = isTuning
    ? { ...(definition as Parsed<CreateTrainingJobRequest>), HyperParameters: definition?.StaticHyperParameters }
    : requestOf<CreateTrainingJobRequest>(job);
  const { AlgorithmSpecification: source } = request;
  const algorithm = algorithms.find(({ resource, input }) => isNamed(assembly, source?.AlgorithmName, resource, input));
  const isOfJob = ({ data }: Container): boolean => {
    const source = assembly.referred(data);
    // What waits for the job may be what knows its result.
    return source !== undefined && (source.id === job.id || source.path.startsWith(`${pathOf(job)}/`));
  };
  const models = assembly
    .ofType('AWS::SageMaker::Model')
    .filter((model) => containersOf(assembly, model).some(isOfJob));
  const containers = models.flatMap((model) => containersOf(assembly, model));
  const operation = isTuning ? 'CreateHyperParameterTuningJob' : 'CreateTrainingJob';
  const target = {
    path: pathOf(job),
    trainingImage: algorithm?.input.TrainingSpecification?.TrainingImage ?? source?.TrainingImage,
    training: {
      ...training(request, algorithm?.input),
      ...(tuning === undefined ? {} : tuned(tuning)),
    },
    trainingInstances: instancesOf(request),
    ...servedBy(assembly, algorithm?.input, containers.find(isOfJob)),
    requests: [
      { operation, input: tuning ?? request },
      ...models.flatMap((model) => transformsOf(assembly, model)).map(requestOfTransform),
    ],
  };
  // What stands beside the model of the job in a pipeline is checked by itself.
  const others = containers
    .filter((container) => !isOfJob(container))
    .map((container) => containerTarget(assembly, container));
  return { algorithm, models, targets: [target, ...others] };
}

function algorithmTarget(assembly: Assembly, { resource, input }: KnownAlgorithm): Target {
  const { TrainingSpecification: specification } = input;
  return {
    path: pathOf(resource),
    trainingImage: specification?.TrainingImage,
    training: training({}, input),
    trainingInstances: specification?.SupportedTrainingInstanceTypes ?? [],
    ...servedBy(assembly, input),
    requests: [],
  };
}

function modelTargets(assembly: Assembly, model: Resource): Target[] {
  const [first, ...others] = containersOf(assembly, model).map((container) => containerTarget(assembly, container));
  if (first === undefined) return [];
  const requests = transformsOf(assembly, model).map(requestOfTransform);
  return [{ ...first, requests }, ...others].filter(({ servingImage }) => servingImage !== undefined);
}

function containerTarget(assembly: Assembly, container: Container): Target {
  const { model, index, isPipeline, data } = container;
  return {
    path: isPipeline ? `${pathOf(model)} (container ${index + 1})` : pathOf(model),
    ...servedBy(assembly, undefined, container),
    modelUri: typeof data === 'string' ? data : undefined,
    trainingInstances: [],
    requests: [],
  };
}

function isNamed(
  assembly: Assembly,
  name: string | undefined,
  resource: Resource,
  { AlgorithmName }: Parsed<CreateAlgorithmInput>,
): boolean {
  if (name === undefined) return false;
  return name === AlgorithmName || assembly.referred(name)?.id === resource.id;
}

function training(
  request: Parsed<CreateTrainingJobRequest>,
  algorithm?: Parsed<CreateAlgorithmInput>,
): Target['training'] & object {
  const specification = algorithm?.TrainingSpecification;
  const source = request.AlgorithmSpecification;
  const defaults = Object.fromEntries(
    (specification?.SupportedHyperParameters ?? [])
      .filter(({ DefaultValue }: HyperParameterSpecification) => DefaultValue !== undefined)
      .map(({ Name = '', DefaultValue = '' }) => [Name, DefaultValue]),
  );
  const definitions = specification?.MetricDefinitions ?? source?.MetricDefinitions ?? [];
  const instances = request.ResourceConfig?.InstanceGroups?.map(({ InstanceCount = 1 }) => InstanceCount);
  return {
    channels: wantedChannels(request, algorithm),
    hyperparameters: { ...defaults, ...request.HyperParameters },
    environment: request.Environment ?? {},
    metrics: definitions.map(({ Name: name = '', Regex: regex = '' }): Metric => ({ name, regex })),
    objectives: (specification?.SupportedTuningJobObjectiveMetrics ?? []).map(({ MetricName = '' }) => MetricName),
    instanceCount: instances?.reduce((sum, count) => sum + count, 0) ?? request.ResourceConfig?.InstanceCount,
    networkIsolation: request.EnableNetworkIsolation,
    hasCheckpoints: request.CheckpointConfig !== undefined,
    checkpointsTarget: request.CheckpointConfig?.LocalPath,
    entrypoint: source?.ContainerEntrypoint,
    arguments: source?.ContainerArguments,
  };
}

function wantedChannels(
  { InputDataConfig, AlgorithmSpecification }: Parsed<CreateTrainingJobRequest>,
  algorithm?: Parsed<CreateAlgorithmInput>,
): WantedChannel[] {
  const declared = algorithm?.TrainingSpecification?.TrainingChannels ?? [];
  if (InputDataConfig === undefined) {
    return declared.map(({ Name: name = '', IsRequired = true, SupportedContentTypes = [], SupportedInputModes }) => ({
      name,
      contentType: SupportedContentTypes[0],
      supportedModes: SupportedInputModes,
      isRequired: IsRequired,
    }));
  }
  return InputDataConfig.map((channel: Channel) => ({
    name: channel.ChannelName ?? '',
    uri: channel.DataSource?.S3DataSource?.S3Uri,
    contentType: channel.ContentType,
    inputMode: channel.InputMode ?? AlgorithmSpecification?.TrainingInputMode,
    supportedModes: declared.find(({ Name }) => Name === channel.ChannelName)?.SupportedInputModes,
    isCompressed: channel.CompressionType === 'Gzip',
    isRecordIo: channel.RecordWrapperType === 'RecordIO',
    isRequired: true,
  }));
}

/** The ends of what a tuning job draws: all the smallest, and all the largest. */
function tuned(
  request: Parsed<CreateHyperParameterTuningJobRequest>,
): Pick<TrainingSpecification, 'trials' | 'objectives'> {
  const definition = request.TrainingJobDefinition ?? request.TrainingJobDefinitions?.[0];
  const ranges = definition?.HyperParameterRanges ?? request.HyperParameterTuningJobConfig?.ParameterRanges;
  const numbers = [...(ranges?.IntegerParameterRanges ?? []), ...(ranges?.ContinuousParameterRanges ?? [])];
  const least: [string, string][] = numbers.map(({ Name = '', MinValue = '' }) => [Name, MinValue]);
  const most: [string, string][] = numbers.map(({ Name = '', MaxValue = '' }) => [Name, MaxValue]);
  for (const { Name = '', Values = [] } of ranges?.CategoricalParameterRanges ?? []) {
    least.push([Name, Values[0]]);
    most.push([Name, Values[Values.length - 1]]);
  }
  const objective =
    definition?.TuningObjective ?? request.HyperParameterTuningJobConfig?.HyperParameterTuningJobObjective;
  return {
    trials:
      numbers.length + (ranges?.CategoricalParameterRanges ?? []).length === 0
        ? []
        : [least, most].map((one) => Object.fromEntries(one)),
    objectives: objective?.MetricName === undefined ? [] : [objective.MetricName],
  };
}

function instancesOf({ ResourceConfig }: Parsed<CreateTrainingJobRequest>): string[] {
  const groups = ResourceConfig?.InstanceGroups?.map(({ InstanceType }) => InstanceType);
  return (groups ?? [ResourceConfig?.InstanceType]).filter((type) => type !== undefined);
}
