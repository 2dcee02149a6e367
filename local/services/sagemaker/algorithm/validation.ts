import { createHash } from 'node:crypto';
import { validationError } from '../../../aws-model/service-error';
import type { Context } from '../../context';
import type { Models } from '../models';
import { isActive } from '../running-jobs';
import type { TrainingJobs } from '../training-job/training-jobs';
import type { TransformJobs } from '../transform-jobs';
import type { Algorithm, Algorithms } from './algorithms';

type Profile = NonNullable<NonNullable<Algorithm['ValidationSpecification']>['ValidationProfiles']>[number];

/** The status of one validation profile. */
interface ProfileStatus {
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
 * Validates algorithms with the jobs of their validation profiles. The names of the jobs follow from the name of the
 * algorithm, so that the next step is always known from the records of the jobs.
 */
export class AlgorithmValidation {
  constructor(
    { events }: Context,
    private readonly services: Services,
  ) {
    events.subscribe('algorithm', ({ AlgorithmStatus }) => {
      if (AlgorithmStatus === 'InProgress') this.advance();
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
    for (const algorithm of this.services.algorithms.inProgress()) {
      const { ValidationSpecification: specification, AlgorithmName: name } = algorithm;
      const role = specification?.ValidationRole;
      const all = (specification?.ValidationProfiles ?? []).map((profile) => this.statusOf(algorithm, profile, role));
      const isInProgress = all.some(({ Status }) => Status === 'InProgress');
      const hasFailed = all.some(({ Status }) => Status === 'Failed');
      const status = isInProgress ? 'InProgress' : hasFailed ? 'Failed' : 'Completed';
      this.services.algorithms.setValidation(name, status, all);
    }
  }

  private statusOf(algorithm: Algorithm, profile: Profile, role: string | undefined): ProfileStatus {
    const Name = profile.ProfileName ?? '';
    try {
      const failure = this.advanceProfile(algorithm, profile, role);
      if (failure === undefined) return { Name, Status: 'InProgress' };
      return failure === '' ? { Name, Status: 'Completed' } : { Name, Status: 'Failed', FailureReason: failure };
    } catch (error) {
      return { Name, Status: 'Failed', FailureReason: (error as Error).message };
    }
  }

  /** The reason why the profile has failed: empty if it has succeeded, undefined while it is in progress. */
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
    if (isActive(trained.TrainingJobStatus)) return undefined;
    if (trained.TrainingJobStatus !== 'Completed') return trained.FailureReason ?? 'The training job was stopped.';
    if (transform === undefined) return '';
    if (!transformJobs.has(name)) {
      this.createModel(algorithm, name, trained.ModelArtifacts?.S3ModelArtifacts, RoleArn);
      transformJobs.create({ ...transform, TransformJobName: name, ModelName: name });
      return undefined;
    }
    const transformed = transformJobs.existing(name);
    if (isActive(transformed.TransformJobStatus)) return undefined;
    this.services.models.deleteIfExists(name);
    return transformed.TransformJobStatus === 'Completed'
      ? ''
      : (transformed.FailureReason ?? 'The transform job was stopped.');
  }

  private createModel(algorithm: Algorithm, ModelName: string, ModelDataUrl: string | undefined, role?: string): void {
    const container = algorithm.InferenceSpecification?.Containers?.[0];
    if (container === undefined)
      throw validationError('The algorithm has no inference specification, which a transform job needs.');
    const { Image, Environment } = container;
    this.services.models.deleteIfExists(ModelName);
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
