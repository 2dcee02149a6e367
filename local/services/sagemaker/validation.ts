import { createHash } from 'node:crypto';
import { validationError } from '../../aws-model/service-error';
import type { Context } from '../context';
import type { Algorithm, Algorithms } from './algorithm/algorithms';
import type { ModelPackage, ModelPackages } from './model-packages';
import type { Model, Models } from './models';
import { isActive } from './running-jobs';
import type { TrainingJobs } from './training-job/training-jobs';
import type { TransformJob, TransformJobs } from './transform-jobs';

type AlgorithmProfile = NonNullable<NonNullable<Algorithm['ValidationSpecification']>['ValidationProfiles']>[number];
type PackageProfile = NonNullable<NonNullable<ModelPackage['ValidationSpecification']>['ValidationProfiles']>[number];
type Definition = Pick<Partial<TransformJob>, 'TransformInput' | 'TransformOutput' | 'TransformResources'>;
type Container = NonNullable<Model['PrimaryContainer']>;

type Status = 'InProgress' | 'Completed' | 'Failed';

/** The status of one validation profile. */
interface ProfileStatus {
  readonly Name: string;
  readonly Status: Status;
  readonly FailureReason?: string;
}

/** Why a profile has failed: empty if it has succeeded, undefined while it is in progress. */
type Failure = string | undefined;

interface Services {
  readonly algorithms: Algorithms;
  readonly packages: ModelPackages;
  readonly trainingJobs: TrainingJobs;
  readonly transformJobs: TransformJobs;
  readonly models: Models;
}

/**
 * Validates algorithms and model packages with the jobs of their validation profiles. The names of the jobs follow from the name of the
 * algorithm or the package, so that the next step is always known from the records of the jobs.
 */
export class Validation {
  constructor(
    { events }: Context,
    private readonly services: Services,
  ) {
    events.subscribe('algorithm', ({ AlgorithmStatus }) => {
      if (AlgorithmStatus === 'InProgress') this.advance();
    });
    events.subscribe('modelPackage', ({ ModelPackageStatus }) => {
      if (ModelPackageStatus === 'InProgress') this.advance();
    });
    events.subscribe('trainingJob', ({ TrainingJobStatus }) => {
      if (!isActive(TrainingJobStatus)) this.advance();
    });
    events.subscribe('transformJob', ({ TransformJobStatus }) => {
      if (!isActive(TransformJobStatus)) this.advance();
    });
  }

  /** Takes the next step of all validations in progress. */
  public advance(): void {
    const { algorithms, packages } = this.services;
    for (const algorithm of algorithms.inProgress()) {
      const profiles = algorithm.ValidationSpecification?.ValidationProfiles ?? [];
      const all = profiles.map((profile) => statusOf(profile, () => this.advanceAlgorithm(algorithm, profile)));
      algorithms.setValidation(algorithm.AlgorithmName, overall(all), all);
    }
    for (const one of packages.inProgress()) {
      const profiles = one.ValidationSpecification?.ValidationProfiles ?? [];
      const all = profiles.map((profile) => statusOf(profile, () => this.advancePackage(one, profile)));
      packages.setValidation(one.ModelPackageArn, overall(all), all);
    }
  }

  private advanceAlgorithm(algorithm: Algorithm, profile: AlgorithmProfile): Failure {
    const { trainingJobs } = this.services;
    const { AlgorithmName, CreationTime, InferenceSpecification, ValidationSpecification } = algorithm;
    const name = jobName(AlgorithmName, CreationTime, profile);
    const role = ValidationSpecification?.ValidationRole;
    const { TrainingJobDefinition: training, TransformJobDefinition: transform } = profile;
    if (!trainingJobs.has(name)) {
      if (training === undefined) throw validationError('A validation profile needs a TrainingJobDefinition.');
      const { TrainingInputMode, ...definition } = training;
      const AlgorithmSpecification = { AlgorithmName: algorithm.AlgorithmArn, TrainingInputMode };
      trainingJobs.create({ ...definition, TrainingJobName: name, RoleArn: role, AlgorithmSpecification });
      return undefined;
    }
    const trained = trainingJobs.existing(name);
    if (isActive(trained.TrainingJobStatus)) return undefined;
    if (trained.TrainingJobStatus !== 'Completed') return trained.FailureReason ?? 'The training job was stopped.';
    if (transform === undefined) return '';
    return this.advanceTransform(name, transform, role, () => {
      const container = InferenceSpecification?.Containers?.[0];
      if (container === undefined)
        throw validationError('The algorithm has no inference specification, which a transform job needs.');
      const { Image, Environment } = container;
      return [{ Image, Environment, ModelDataUrl: trained.ModelArtifacts?.S3ModelArtifacts }];
    });
  }

  private advancePackage(one: ModelPackage, profile: PackageProfile): Failure {
    const { ModelPackageName = '', CreationTime, InferenceSpecification, ValidationSpecification } = one;
    const name = jobName(ModelPackageName, CreationTime, profile);
    const role = ValidationSpecification?.ValidationRole;
    return this.advanceTransform(name, profile.TransformJobDefinition ?? {}, role, () =>
      (InferenceSpecification?.Containers ?? []).map((container) => {
        const { ContainerHostname, Image, Environment, ModelDataUrl, ModelDataSource } = container;
        return { ContainerHostname, Image, Environment, ModelDataUrl, ModelDataSource };
      }),
    );
  }

  /** Starts a transform job with a model of its own, which is deleted when the job has ended. */
  private advanceTransform(
    name: string,
    definition: Definition,
    ExecutionRoleArn: string | undefined,
    containersOf: () => Container[],
  ): Failure {
    const { transformJobs, models } = this.services;
    if (!transformJobs.has(name)) {
      const [first, ...rest] = containersOf();
      models.deleteIfExists(name);
      const containers = rest.length === 0 ? { PrimaryContainer: first } : { Containers: [first, ...rest] };
      models.create({ ModelName: name, ExecutionRoleArn, ...containers });
      transformJobs.create({ ...definition, TransformJobName: name, ModelName: name } as TransformJob);
      return undefined;
    }
    const { TransformJobStatus, FailureReason } = transformJobs.existing(name);
    if (isActive(TransformJobStatus)) return undefined;
    models.deleteIfExists(name);
    return TransformJobStatus === 'Completed' ? '' : (FailureReason ?? 'The transform job was stopped.');
  }
}

function statusOf(
  { ProfileName: Name = '' }: { readonly ProfileName?: string },
  advance: () => Failure,
): ProfileStatus {
  try {
    const failure = advance();
    if (failure === undefined) return { Name, Status: 'InProgress' };
    return failure === '' ? { Name, Status: 'Completed' } : { Name, Status: 'Failed', FailureReason: failure };
  } catch (error) {
    return { Name, Status: 'Failed', FailureReason: (error as Error).message };
  }
}

function overall(profiles: ProfileStatus[]): Status {
  if (profiles.some(({ Status }) => Status === 'InProgress')) return 'InProgress';
  return profiles.some(({ Status }) => Status === 'Failed') ? 'Failed' : 'Completed';
}

function jobName(name: string, creationTime: number, { ProfileName }: { readonly ProfileName?: string }): string {
  const hash = createHash('sha256').update(`${name} ${creationTime} ${ProfileName}`).digest('hex');
  return `${name.replace('/', '-').slice(0, 40)}-validation-${hash.slice(0, 8)}`;
}
