import type {
  CreateAlgorithmInput,
  CreateHyperParameterTuningJobRequest,
  CreateTrainingJobRequest,
} from '@aws-sdk/client-sagemaker';
import type { Assembly, Resource } from './assembly';
import { type Container, containersOf, servedBy, transformRequests } from './hosting';
import { processingTargets } from './processing';
import { type Parsed, pathOf, requestOf } from './requests';
import type { ApiRequest, Target } from './target';
import { instancesOf, trainingOf } from './training';
import { definitionOf, tuningOf } from './tuning';

/** Everything that an app trains, serves and processes. */
export function targetsOf(assembly: Assembly): Target[] {
  const algorithms = algorithmsOf(assembly);
  const jobs = jobsOf(assembly, algorithms).map((job) => ({ job, models: modelsOf(assembly, job) }));
  const usedAlgorithms = new Set(jobs.map(({ job }) => job.algorithm?.resource.id));
  const trainedModels = new Set(jobs.flatMap(({ models }) => models.map(({ id }) => id)));
  return [
    ...jobs.flatMap(({ job, models }) => jobTargets(assembly, job, models)),
    ...algorithms
      .filter(({ resource, input }) => !usedAlgorithms.has(resource.id) && input.TrainingSpecification !== undefined)
      .map((algorithm) => algorithmTarget(assembly, algorithm)),
    ...assembly
      .ofType('AWS::SageMaker::Model')
      .filter(({ id }) => !trainedModels.has(id))
      .flatMap((model) => modelTargets(assembly, model)),
    ...processingTargets(assembly),
  ];
}

interface Algorithm {
  readonly resource: Resource;
  readonly input: Parsed<CreateAlgorithmInput>;
}

function algorithmsOf(assembly: Assembly): Algorithm[] {
  return [
    ...assembly.ofType('AWS::SageMaker::Algorithm').map((resource) => ({ resource, input: resource.properties })),
    ...assembly
      .ofType('Custom::SageMakerAlgorithm')
      .map((resource) => ({ resource, input: requestOf<CreateAlgorithmInput>(resource) })),
  ];
}

/** A training job, or the first training job definition of a tuning job. */
interface Job {
  readonly resource: Resource;
  readonly training: Parsed<CreateTrainingJobRequest>;
  readonly tuning?: Parsed<CreateHyperParameterTuningJobRequest>;
  readonly algorithm?: Algorithm;
  readonly request: ApiRequest;
}

function jobsOf(assembly: Assembly, algorithms: Algorithm[]): Job[] {
  const jobs = assembly.ofType('Custom::SageMakerTrainingJob', 'Custom::SageMakerTuningJob');
  return jobs.map((resource) => {
    const job = resource.type === 'Custom::SageMakerTuningJob' ? tuningJob(resource) : trainingJob(resource);
    const name = job.training.AlgorithmSpecification?.AlgorithmName;
    return { ...job, algorithm: algorithms.find((algorithm) => isNamed(assembly, name, algorithm)) };
  });
}

function trainingJob(resource: Resource): Job {
  const training = requestOf<CreateTrainingJobRequest>(resource);
  return { resource, training, request: { operation: 'CreateTrainingJob', input: training } };
}

function tuningJob(resource: Resource): Job {
  const tuning = requestOf<CreateHyperParameterTuningJobRequest>(resource);
  const definition = definitionOf(tuning);
  return {
    resource,
    tuning,
    training: {
      ...(definition as Parsed<CreateTrainingJobRequest>),
      HyperParameters: definition?.StaticHyperParameters,
    },
    request: { operation: 'CreateHyperParameterTuningJob', input: tuning },
  };
}

function isNamed(assembly: Assembly, name: string | undefined, { resource, input }: Algorithm): boolean {
  if (name === undefined) return false;
  return name === input.AlgorithmName || assembly.referred(name)?.id === resource.id;
}

/** The models that serve the result of a job. */
function modelsOf(assembly: Assembly, job: Job): Resource[] {
  return assembly
    .ofType('AWS::SageMaker::Model')
    .filter((model) => containersOf(assembly, model).some((container) => isTrainedBy(assembly, job, container)));
}

function isTrainedBy(assembly: Assembly, { resource }: Job, { data }: Container): boolean {
  const source = assembly.referred(data);
  // The resource that waits for the job, below it, may be the one with the result.
  return source !== undefined && (source.id === resource.id || source.path.startsWith(`${pathOf(resource)}/`));
}

function jobTargets(assembly: Assembly, job: Job, models: Resource[]): Target[] {
  const { resource, training, tuning, algorithm, request } = job;
  const containers = models.flatMap((model) => containersOf(assembly, model));
  const trained = containers.filter((container) => isTrainedBy(assembly, job, container));
  const target: Target = {
    path: pathOf(resource),
    trainingImage: trainingImageOf(algorithm) ?? training.AlgorithmSpecification?.TrainingImage,
    training: { ...trainingOf(training, algorithm?.input), ...(tuning === undefined ? {} : tuningOf(tuning)) },
    trainingInstances: instancesOf(training),
    ...servedBy(assembly, algorithm?.input, trained[0]),
    requests: [request, ...models.flatMap((model) => transformRequests(assembly, model))],
  };
  // The other containers of an inference pipeline are targets of their own.
  const others = containers.filter((container) => !trained.includes(container));
  return [target, ...others.map((container) => containerTarget(assembly, container))];
}

function algorithmTarget(assembly: Assembly, algorithm: Algorithm): Target {
  const { resource, input } = algorithm;
  return {
    path: pathOf(resource),
    trainingImage: trainingImageOf(algorithm),
    training: trainingOf({}, input),
    trainingInstances: input.TrainingSpecification?.SupportedTrainingInstanceTypes ?? [],
    ...servedBy(assembly, input),
    requests: [],
  };
}

function trainingImageOf(algorithm: Algorithm | undefined): string | undefined {
  return algorithm?.input.TrainingSpecification?.TrainingImage;
}

function modelTargets(assembly: Assembly, model: Resource): Target[] {
  const [first, ...others] = containersOf(assembly, model).map((container) => containerTarget(assembly, container));
  if (first === undefined) return [];
  const requests = transformRequests(assembly, model);
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
