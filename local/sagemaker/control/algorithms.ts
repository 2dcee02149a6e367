import type { CreateAlgorithmCommandInput, TrainingSpecification } from '@aws-sdk/client-sagemaker';
import type { Context } from '../context';
import type { Store } from '../store';
import type { Operations } from '../wire/json';
import { type Wire, now } from '../wire/record';
import { ServiceError, validationError } from '../wire/service-error';
import { page } from './page';
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
    if (input.ValidationSpecification !== undefined) {
      throw validationError(
        'ValidationSpecification is not part of the local service yet: no jobs would be run for it.',
      );
    }
    if (this.store.get(name) !== undefined) throw validationError(`Algorithm with name ${name} already exists.`);
    const AlgorithmArn = this.context.arn('sagemaker', `algorithm/${name.toLowerCase()}`);
    this.tags.add(AlgorithmArn, tags as never);
    return this.store.put(name, {
      ...input,
      AlgorithmName: name,
      AlgorithmArn,
      AlgorithmStatus: 'Completed',
      AlgorithmStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
      CreationTime: now(),
    });
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

  /** The training half of an algorithm, with the hyperparameters of a job checked and completed. */
  public training(
    nameOrArn: string,
    given: Record<string, string> = {},
  ): { readonly specification: Wire<TrainingSpecification>; readonly hyperparameters: Record<string, string> } {
    const { TrainingSpecification: specification } = this.existing(nameOrArn);
    if (specification === undefined)
      throw new ServiceError('InternalFailure', `${nameOrArn} has no training specification.`, 500);
    const known = specification.SupportedHyperParameters ?? [];
    const unknown = Object.keys(given).filter((name) => !known.some(({ Name }) => Name === name));
    if (unknown.length > 0) throw validationError(`Hyperparameters unknown to the algorithm: ${unknown.join(', ')}`);
    const hyperparameters: Record<string, string> = {};
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
