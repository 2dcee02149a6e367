import type { CreateAlgorithmCommandInput, ParameterRanges, TrainingSpecification } from '@aws-sdk/client-sagemaker';
import type { Context } from '../context';
import type { Store } from '../store';
import type { Operations } from '../wire/json';
import { type Wire, now } from '../wire/record';
import { ServiceError, validationError } from '../wire/service-error';
import { page } from './page';
import { namesOf } from './search';
import type { Tags } from './tags';

export type Algorithm = Wire<CreateAlgorithmCommandInput> & {
  readonly AlgorithmName: string;
  readonly AlgorithmArn: string;
  readonly AlgorithmStatus: string;
  readonly AlgorithmStatusDetails: { readonly ValidationStatuses: object[]; readonly ImageScanStatuses: object[] };
  readonly CreationTime: number;
};

/** Algorithms: descriptions of what containers understand, against which jobs are checked. */
export class Algorithms {
  public readonly operations: Operations;

  /** Whoever validates algorithms hears here of a new one. */
  public onCreated: () => void = () => undefined;
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
      DescribeAlgorithm: ({ AlgorithmName }: { AlgorithmName: string }) => this.existing(AlgorithmName),
      DeleteAlgorithm: ({ AlgorithmName }: { AlgorithmName: string }) => this.delete(AlgorithmName),
      ListAlgorithms: (query: object) => {
        const { items, NextToken } = page(this.store.list(), query, ({ AlgorithmName }) => AlgorithmName);
        return {
          AlgorithmSummaryList: items.map(
            ({ AlgorithmName, AlgorithmArn, AlgorithmStatus, AlgorithmDescription, CreationTime }) => ({
              AlgorithmName,
              AlgorithmArn,
              AlgorithmStatus,
              AlgorithmDescription,
              CreationTime,
            }),
          ),
          NextToken,
        };
      },
    };
  }

  public create({ Tags: tags, ...input }: Wire<CreateAlgorithmCommandInput>): Algorithm {
    const name = input.AlgorithmName ?? '';
    if (this.store.get(name) !== undefined) throw validationError(`Algorithm with name ${name} already exists.`);
    const AlgorithmArn = this.context.arn('sagemaker', `algorithm/${name.toLowerCase()}`);
    this.tags.add(AlgorithmArn, tags as never);
    const isToBeValidated = (input.ValidationSpecification?.ValidationProfiles ?? []).length > 0;
    this.store.put(name, {
      ...input,
      AlgorithmName: name,
      AlgorithmArn,
      AlgorithmStatus: isToBeValidated ? 'InProgress' : 'Completed',
      AlgorithmStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
      CreationTime: now(),
    });
    if (isToBeValidated) this.onCreated();
    return this.existing(name);
  }

  public delete(nameOrArn: string): void {
    const { AlgorithmName, AlgorithmArn } = this.existing(nameOrArn);
    this.store.delete(AlgorithmName);
    this.tags.forget(AlgorithmArn);
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

  /** Those that have still to show that they work. */
  public inProgress(): Algorithm[] {
    return this.store.list().filter(({ AlgorithmStatus }) => AlgorithmStatus === 'InProgress');
  }

  public validated(name: string, AlgorithmStatus: string, ValidationStatuses: object[]): void {
    this.store.update(name, {
      AlgorithmStatus,
      AlgorithmStatusDetails: { ValidationStatuses, ImageScanStatuses: [] },
    });
  }

  /** What may be tuned, and towards what. */
  public checkTuning(nameOrArn: string, ranges: Wire<ParameterRanges>, objective: string): void {
    const { SupportedHyperParameters: known = [], SupportedTuningJobObjectiveMetrics: objectives = [] } =
      this.existing(nameOrArn).TrainingSpecification ?? {};
    const fixed = namesOf(ranges).filter(
      (name) => !known.some(({ Name, IsTunable }) => Name === name && IsTunable === true),
    );
    if (fixed.length > 0)
      throw validationError(`Hyperparameters that the algorithm does not tune: ${fixed.join(', ')}`);
    if (!objectives.some(({ MetricName }) => MetricName === objective)) {
      throw validationError(`The algorithm does not support the objective metric ${objective}`);
    }
  }

  /** The training half of an algorithm, with the hyperparameters of a job checked and completed. */
  public training(
    nameOrArn: string,
    given: Record<string, string> = {},
    channels?: string[],
  ): { readonly specification: Wire<TrainingSpecification>; readonly hyperparameters: Record<string, string> } {
    const { TrainingSpecification: specification, AlgorithmStatus: status } = this.existing(nameOrArn);
    if (status === 'Failed') throw validationError(`Algorithm ${nameOrArn} is in status Failed.`);
    if (specification === undefined)
      throw new ServiceError('InternalFailure', `${nameOrArn} has no training specification.`, 500);
    if (channels !== undefined) checkChannels(specification, channels);
    const known = specification.SupportedHyperParameters ?? [];
    const unknown = Object.keys(given).filter(
      (name) => name !== TUNING_OBJECTIVE && !known.some(({ Name }) => Name === name),
    );
    if (unknown.length > 0) throw validationError(`Hyperparameters unknown to the algorithm: ${unknown.join(', ')}`);
    const hyperparameters: Record<string, string> = {};
    if (given[TUNING_OBJECTIVE] !== undefined) hyperparameters[TUNING_OBJECTIVE] = given[TUNING_OBJECTIVE];
    for (const { Name = '', DefaultValue, IsRequired, Type, Range } of known) {
      const value = given[Name] ?? DefaultValue;
      if (value === undefined && IsRequired === true)
        throw validationError(`Required hyperparameter ${Name} is missing`);
      if (value === undefined) continue;
      hyperparameters[Name] = value;
      const range = Range?.IntegerParameterRangeSpecification ?? Range?.ContinuousParameterRangeSpecification;
      const words = Range?.CategoricalParameterRangeSpecification?.Values;
      const isNumber = Type === 'Integer' || Type === 'Continuous';
      const isWrong =
        (isNumber && (value.trim() === '' || !Number.isFinite(Number(value)))) ||
        (Type === 'Integer' && !Number.isInteger(Number(value))) ||
        (range !== undefined && (Number(value) < Number(range.MinValue) || Number(value) > Number(range.MaxValue))) ||
        (words !== undefined && !words.includes(value));
      if (isWrong) throw validationError(`Value "${value}" of hyperparameter ${Name} is not allowed by the algorithm`);
    }
    return { specification, hyperparameters };
  }
}

/** The service adds it to the hyperparameters of the jobs of a tuning job. */
export const TUNING_OBJECTIVE = '_tuning_objective_metric';

function checkChannels({ TrainingChannels = [] }: Wire<TrainingSpecification>, given: string[]): void {
  const unknown = given.filter((name) => !TrainingChannels.some(({ Name }) => Name === name));
  if (unknown.length > 0) throw validationError(`Channels unknown to the algorithm: ${unknown.join(', ')}`);
  const missing = TrainingChannels.filter(({ Name = '', IsRequired }) => IsRequired === true && !given.includes(Name));
  if (missing.length > 0) {
    throw validationError(`Channels that the algorithm requires: ${missing.map(({ Name }) => Name).join(', ')}`);
  }
}
