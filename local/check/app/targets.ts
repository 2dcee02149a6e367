import type {
  Channel,
  ContainerDefinition,
  CreateAlgorithmInput,
  CreateHyperParameterTuningJobRequest,
  CreateTrainingJobRequest,
  CreateTransformJobRequest,
  HyperParameterSpecification,
  ProductionVariant,
} from '@aws-sdk/client-sagemaker';
import type { Metric } from '../../container';
import type { CheckedChannel, ServingSpecification, TrainingSpecification } from '../specification';
import type { Assembly, Resource } from './assembly';

/** What of an app can be checked together: a job and what serves its model, or one of both. */
export interface Target {
  /** Where it is in the app. */
  readonly path: string;
  readonly trainingImage?: string;
  readonly servingImage?: string;
  readonly training?: Omit<TrainingSpecification, 'image' | 'channels'> & { channels: WantedChannel[] };
  readonly serving?: Omit<ServingSpecification, 'image'> & { contentTypes: string[] };
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

type Parsed<T> = Partial<T>;

/** All that an app trains and serves. */
export function targetsOf(assembly: Assembly): Target[] {
  const algorithms = algorithmsOf(assembly);
  const jobs = assembly.ofType('Custom::SageMakerTrainingJob', 'Custom::SageMakerTuningJob');
  const trained = jobs.map((job) => jobTarget(assembly, algorithms, job));
  const used = new Set(trained.map(({ algorithm }) => algorithm?.resource.id));
  const untrained = algorithms
    .filter(({ resource, input }) => !used.has(resource.id) && input.TrainingSpecification !== undefined)
    .map((algorithm) => algorithmTarget(assembly, algorithm));
  const served = new Set(trained.flatMap(({ models }) => models.map(({ id }) => id)));
  const alone = assembly
    .ofType('AWS::SageMaker::Model')
    .filter(({ id }) => !served.has(id))
    .flatMap((model) => modelTarget(assembly, model));
  return [...trained.map(({ target }) => target), ...untrained, ...alone];
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

function requestOf<T>({ properties }: Resource): Parsed<T> {
  return JSON.parse(String(properties.Request)) as Parsed<T>;
}

function jobTarget(
  assembly: Assembly,
  algorithms: KnownAlgorithm[],
  job: Resource,
): { target: Target; algorithm?: KnownAlgorithm; models: Resource[] } {
  const isTuning = job.type === 'Custom::SageMakerTuningJob';
  const tuning = isTuning ? requestOf<CreateHyperParameterTuningJobRequest>(job) : undefined;
  const definition = tuning?.TrainingJobDefinition ?? tuning?.TrainingJobDefinitions?.[0];
  const request: Parsed<CreateTrainingJobRequest> = isTuning
    ? { ...(definition as Parsed<CreateTrainingJobRequest>), HyperParameters: definition?.StaticHyperParameters }
    : requestOf<CreateTrainingJobRequest>(job);
  const { AlgorithmSpecification: source } = request;
  const algorithm = algorithms.find(({ resource, input }) => isNamed(assembly, source?.AlgorithmName, resource, input));
  const models = modelsOf(assembly, job);
  const operation = isTuning ? 'CreateHyperParameterTuningJob' : 'CreateTrainingJob';
  return {
    algorithm,
    models,
    target: {
      path: pathOf(job),
      trainingImage: algorithm?.input.TrainingSpecification?.TrainingImage ?? source?.TrainingImage,
      training: {
        ...training(request, algorithm?.input),
        ...(tuning === undefined ? {} : tuned(tuning)),
      },
      trainingInstances: instancesOf(request),
      ...servedBy(assembly, algorithm?.input, models),
      requests: [{ operation, input: tuning ?? request }],
    },
  };
}

function algorithmTarget(assembly: Assembly, { resource, input }: KnownAlgorithm): Target {
  const { TrainingSpecification: specification } = input;
  return {
    path: pathOf(resource),
    trainingImage: specification?.TrainingImage,
    training: training({}, input),
    trainingInstances: specification?.SupportedTrainingInstanceTypes ?? [],
    ...servedBy(assembly, input, []),
    requests: [],
  };
}

function modelTarget(assembly: Assembly, model: Resource): Target[] {
  const container = containersOf(model)[0];
  const { image } = imageOfContainer(assembly, container);
  if (image === undefined) return [];
  const served = servedBy(assembly, undefined, [model]);
  return [{ path: pathOf(model), ...served, servingImage: image, trainingInstances: [], requests: [] }];
}

/** The start of a job is a resource below it. */
function pathOf({ path }: Resource): string {
  return path.replace(/\/Job\/Start$/, '');
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

/** Models of what a job has trained, directly or by a package. */
function modelsOf(assembly: Assembly, job: Resource): Resource[] {
  const isOfJob = (value: unknown): boolean => assembly.referred(value)?.id === job.id;
  return assembly
    .ofType('AWS::SageMaker::Model')
    .filter((model) => containersOf(model).some((container) => isOfJob(imageOfContainer(assembly, container).data)));
}

function containersOf({ properties }: Resource): Parsed<ContainerDefinition>[] {
  const { PrimaryContainer, Containers } = properties as {
    PrimaryContainer?: Parsed<ContainerDefinition>;
    Containers?: Parsed<ContainerDefinition>[];
  };
  return PrimaryContainer === undefined ? (Containers ?? []) : [PrimaryContainer];
}

/** The image and the model data of a container, which its package may know. */
function imageOfContainer(
  assembly: Assembly,
  container: Parsed<ContainerDefinition> | undefined,
): { image?: string; data?: unknown; contentTypes?: string[]; accepts?: string[] } {
  const known = assembly.referred(container?.ModelPackageName)?.properties as
    { InferenceSpecification?: Parsed<CreateAlgorithmInput>['InferenceSpecification'] } | undefined;
  const packaged = known?.InferenceSpecification;
  const [first] = packaged?.Containers ?? [];
  const source = container?.ModelDataSource?.S3DataSource?.S3Uri;
  return {
    image: container?.Image ?? first?.Image,
    data: container?.ModelDataUrl ?? source ?? first?.ModelDataUrl ?? first?.ModelDataSource?.S3DataSource?.S3Uri,
    contentTypes: packaged?.SupportedContentTypes,
    accepts: packaged?.SupportedResponseMIMETypes,
  };
}

function servedBy(
  assembly: Assembly,
  algorithm: Parsed<CreateAlgorithmInput> | undefined,
  models: Resource[],
): Pick<Target, 'servingImage' | 'serving' | 'servingInstances'> {
  const [model] = models;
  const containers = model === undefined ? [] : containersOf(model);
  const known = imageOfContainer(assembly, containers[0]);
  const inference = algorithm?.InferenceSpecification;
  const image = known.image ?? inference?.Containers?.[0]?.Image;
  if (image === undefined) return { servingInstances: [] };
  const variants = variantsOf(assembly, model);
  return {
    servingImage: image,
    servingInstances: variants.map(({ variant }) => variant.InstanceType).filter((type) => type !== undefined),
    serving: {
      environment: containers[0]?.Environment ?? {},
      requests: [],
      contentTypes: known.contentTypes ?? inference?.SupportedContentTypes ?? [],
      accepts: known.accepts ?? inference?.SupportedResponseMIMETypes,
      isServerless: variants.some(({ variant }) => variant.ServerlessConfig !== undefined),
      isMultiModel: containers[0]?.Mode === 'MultiModel',
      isPipeline: containers.length > 1,
      networkIsolation: model?.properties.EnableNetworkIsolation === true,
      startUpSeconds: variants.map(({ variant }) => variant.ContainerStartupHealthCheckTimeoutInSeconds).find(Boolean),
      transform: transformOf(assembly, model),
    },
  };
}

function variantsOf(assembly: Assembly, model: Resource | undefined): { variant: Parsed<ProductionVariant> }[] {
  return assembly
    .ofType('AWS::SageMaker::EndpointConfig')
    .flatMap(({ properties }) => (properties.ProductionVariants ?? []) as Parsed<ProductionVariant>[])
    .filter(({ ModelName }) => model !== undefined && assembly.referred(ModelName)?.id === model.id)
    .map((variant) => ({ variant }));
}

function transformOf(assembly: Assembly, model: Resource | undefined): ServingSpecification['transform'] {
  const job = assembly
    .ofType('Custom::SageMakerTransformJob')
    .map((resource) => requestOf<CreateTransformJobRequest>(resource))
    .find(({ ModelName }) => model !== undefined && assembly.referred(ModelName)?.id === model.id);
  if (job === undefined) return undefined;
  return {
    split: job.TransformInput?.SplitType ?? 'None',
    batchStrategy: job.BatchStrategy,
    maxPayloadInMB: job.MaxPayloadInMB,
    maxConcurrentTransforms: job.MaxConcurrentTransforms,
  };
}
