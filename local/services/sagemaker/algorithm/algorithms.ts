import type { CreateAlgorithmCommandInput, ParameterRanges, TrainingSpecification } from '@aws-sdk/client-sagemaker';
import { ServiceError, validationError } from '../../../aws-model/service-error';
import type { Context } from '../../context';
import type { Store } from '../../store';
import type { Operations } from '../../wire/json';
import { type Wire, now } from '../../wire/record';
import { describe } from '../descriptions';
import { list } from '../pages';
import { namesOf } from '../parameter-ranges';
import type { Tags } from '../tags';
import { completeHyperparameters } from './hyperparameters';

export type Algorithm = Wire<CreateAlgorithmCommandInput> & {
  readonly AlgorithmName: string;
  readonly AlgorithmArn: string;
  readonly AlgorithmStatus: string;
  readonly AlgorithmStatusDetails: { readonly ValidationStatuses: object[]; readonly ImageScanStatuses: object[] };
  readonly CreationTime: number;
};

/** Algorithms: specifications of containers, against which jobs are validated. */
export class Algorithms {
  public readonly operations: Operations;

  private readonly store: Store<Algorithm>;

  constructor(
    private readonly context: Context,
    private readonly tags: Tags,
  ) {
    this.store = context.store<Algorithm>('algorithms');
    this.operations = {
      CreateAlgorithm: (input: Wire<CreateAlgorithmCommandInput>) => ({
        AlgorithmArn: this.create(input).AlgorithmArn,
      }),
      DescribeAlgorithm: ({ AlgorithmName }: { AlgorithmName: string }) =>
        describe('DescribeAlgorithm', this.existing(AlgorithmName)),
      DeleteAlgorithm: ({ AlgorithmName }: { AlgorithmName: string }) => this.delete(AlgorithmName),
      ListAlgorithms: (query: object) => list('ListAlgorithms', this.store.list(), query),
    };
  }

  public create({ Tags: tags, ...input }: Wire<CreateAlgorithmCommandInput>): Algorithm {
    const name = input.AlgorithmName ?? '';
    if (this.store.get(name) !== undefined) throw validationError(`Algorithm with name ${name} already exists.`);
    const AlgorithmArn = this.context.arn('sagemaker', `algorithm/${name.toLowerCase()}`);
    this.tags.add(AlgorithmArn, tags as never);
    const isValidated = (input.ValidationSpecification?.ValidationProfiles ?? []).length > 0;
    const algorithm = this.store.put(name, {
      ...input,
      AlgorithmName: name,
      AlgorithmArn,
      AlgorithmStatus: isValidated ? 'InProgress' : 'Completed',
      AlgorithmStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
      CreationTime: now(),
    });
    this.context.events.publish('algorithm', algorithm);
    return this.existing(name);
  }

  public delete(nameOrArn: string): void {
    const { AlgorithmName, AlgorithmArn } = this.existing(nameOrArn);
    this.store.delete(AlgorithmName);
    this.tags.remove(AlgorithmArn);
  }

  public existing(nameOrArn: string): Algorithm {
    const found =
      this.store.get(nameOrArn) ??
      this.store
        .list()
        .find(
          ({ AlgorithmArn }) =>
            AlgorithmArn === nameOrArn || AlgorithmArn.split('/')[1] === nameOrArn.split('/')[1]?.toLowerCase(),
        );
    if (found === undefined) throw validationError(`Algorithm ${nameOrArn} does not exist.`);
    return found;
  }

  /** The algorithms whose validation is in progress. */
  public inProgress(): Algorithm[] {
    return this.store.list().filter(({ AlgorithmStatus }) => AlgorithmStatus === 'InProgress');
  }

  /** Records the progress of the validation. */
  public setValidation(name: string, AlgorithmStatus: string, ValidationStatuses: object[]): void {
    const { AlgorithmStatus: before } = this.existing(name);
    const AlgorithmStatusDetails = { ValidationStatuses, ImageScanStatuses: [] };
    const algorithm = this.store.update(name, { AlgorithmStatus, AlgorithmStatusDetails });
    if (AlgorithmStatus !== before) this.context.events.publish('algorithm', algorithm);
  }

  /** Validates the ranges and the objective metric of a tuning job. */
  public checkTuning(nameOrArn: string, ranges: Wire<ParameterRanges>, objective: string): void {
    const { SupportedHyperParameters: known = [], SupportedTuningJobObjectiveMetrics: objectives = [] } =
      this.existing(nameOrArn).TrainingSpecification ?? {};
    const fixed = namesOf(ranges).filter(
      (name) => !known.some(({ Name, IsTunable }) => Name === name && IsTunable === true),
    );
    if (fixed.length > 0) throw validationError(`Hyperparameters that are not tunable: ${fixed.join(', ')}`);
    if (!objectives.some(({ MetricName }) => MetricName === objective)) {
      throw validationError(`The algorithm does not support the objective metric ${objective}`);
    }
  }

  public trainingSpecification(nameOrArn: string): Wire<TrainingSpecification> {
    const { TrainingSpecification: specification } = this.existing(nameOrArn);
    if (specification !== undefined) return specification;
    throw new ServiceError('InternalFailure', `${nameOrArn} has no training specification.`, 500);
  }

  /** The training specification of an algorithm, with the hyperparameters of a new job. */
  public training(
    nameOrArn: string,
    given: Record<string, string> = {},
  ): { readonly specification: Wire<TrainingSpecification>; readonly hyperparameters: Record<string, string> } {
    const specification = this.trainingSpecification(nameOrArn);
    if (this.existing(nameOrArn).AlgorithmStatus === 'Failed')
      throw validationError(`Algorithm ${nameOrArn} is in status Failed.`);
    const hyperparameters = completeHyperparameters(specification.SupportedHyperParameters ?? [], given);
    return { specification, hyperparameters };
  }
}
