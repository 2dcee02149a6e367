import { createHash } from 'node:crypto';
import { validationError } from '../wire/service-error';
import type { Algorithm, Algorithms } from './algorithms';
import type { Models } from './models';
import type { TrainingJobs } from './training-jobs';
import type { TransformJobs } from './transform-jobs';

type Profile = NonNullable<NonNullable<Algorithm['ValidationSpecification']>['ValidationProfiles']>[number];

/** How the validation of one profile stands. */
interface Standing {
  readonly Name: string;
  readonly Status: 'InProgress' | 'Completed' | 'Failed';
  readonly FailureReason?: string;
}

interface Services {
  readonly algorithms: Algorithms;
  readonly trainingJobs: TrainingJobs;
  readonly transformJobs: TransformJobs;
  readonly models: Models;
}

/**
 * The jobs by which an algorithm shows that it works. Their names follow from the algorithm's, so that what is to be done
 * next is seen from the records of the jobs.
 */
export class Validation {
  constructor(private readonly services: Services) {}

  /** Goes on with all that is being validated; called when an algorithm is made and when a job has ended. */
  public advance(): void {
    for (const algorithm of this.services.algorithms.inProgress()) {
      const { ValidationSpecification: specification, AlgorithmName: name } = algorithm;
      const role = specification?.ValidationRole;
      const all = (specification?.ValidationProfiles ?? []).map((profile) => this.standing(algorithm, profile, role));
      const isOver = all.every(({ Status }) => Status !== 'InProgress');
      const hasFailed = all.some(({ Status }) => Status === 'Failed');
      this.services.algorithms.validated(name, !isOver ? 'InProgress' : hasFailed ? 'Failed' : 'Completed', all);
    }
  }

  private standing(algorithm: Algorithm, profile: Profile, role: string | undefined): Standing {
    const Name = profile.ProfileName ?? '';
    try {
      const fault = this.advanceProfile(algorithm, profile, role);
      if (fault === undefined) return { Name, Status: 'InProgress' };
      return fault === '' ? { Name, Status: 'Completed' } : { Name, Status: 'Failed', FailureReason: fault };
    } catch (error) {
      return { Name, Status: 'Failed', FailureReason: (error as Error).message };
    }
  }

  /** Why the profile has failed, an empty text when it has not, and undefined while it is under way. */
  private advanceProfile(algorithm: Algorithm, profile: Profile, RoleArn: string | undefined): string | undefined {
    const { trainingJobs, transformJobs } = this.services;
    const name = jobName(algorithm, profile);
    const { TrainingJobDefinition: training, TransformJobDefinition: transform } = profile;
    if (!trainingJobs.has(name)) {
      if (training === undefined) throw validationError('A validation profile needs a TrainingJobDefinition.');
      const { TrainingInputMode, ...definition } = training;
      const AlgorithmSpecification = { AlgorithmName: algorithm.AlgorithmArn, TrainingInputMode };
      trainingJobs.create({ ...definition, TrainingJobName: name, RoleArn, AlgorithmSpecification });
      return undefined;
    }
    const trained = trainingJobs.existing(name);
    if (['InProgress', 'Stopping'].includes(trained.TrainingJobStatus)) return undefined;
    if (trained.TrainingJobStatus !== 'Completed') return trained.FailureReason ?? 'The training job was stopped.';
    if (transform === undefined) return '';
    if (!transformJobs.has(name)) {
      this.makeModel(algorithm, name, trained.ModelArtifacts?.S3ModelArtifacts, RoleArn);
      transformJobs.create({ ...transform, TransformJobName: name, ModelName: name });
      return undefined;
    }
    const transformed = transformJobs.existing(name);
    if (['InProgress', 'Stopping'].includes(transformed.TransformJobStatus)) return undefined;
    this.services.models.remove(name);
    return transformed.TransformJobStatus === 'Completed'
      ? ''
      : (transformed.FailureReason ?? 'The transform job was stopped.');
  }

  private makeModel(algorithm: Algorithm, ModelName: string, ModelDataUrl: string | undefined, role?: string): void {
    const container = algorithm.InferenceSpecification?.Containers?.[0];
    if (container === undefined) throw validationError('The algorithm has no inference image to transform with.');
    const { Image, Environment } = container;
    this.services.models.remove(ModelName);
    this.services.models.create({
      ModelName,
      ExecutionRoleArn: role,
      PrimaryContainer: { Image, Environment, ModelDataUrl },
    });
  }
}

function jobName({ AlgorithmName, CreationTime }: Algorithm, { ProfileName }: Profile): string {
  const hash = createHash('sha256').update(`${AlgorithmName} ${CreationTime} ${ProfileName}`).digest('hex');
  return `${AlgorithmName.slice(0, 40)}-validation-${hash.slice(0, 8)}`;
}
