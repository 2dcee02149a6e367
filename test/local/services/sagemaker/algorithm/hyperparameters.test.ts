import { completeHyperparameters } from '../../../../../local/services/sagemaker/algorithm/hyperparameters';

const SPECIFICATIONS = [
  {
    Name: 'epochs',
    Type: 'Integer' as const,
    IsRequired: true,
    Range: { IntegerParameterRangeSpecification: { MinValue: '1', MaxValue: '10' } },
  },
  {
    Name: 'rate',
    Type: 'Continuous' as const,
    DefaultValue: '0.1',
    Range: { ContinuousParameterRangeSpecification: { MinValue: '0', MaxValue: '1' } },
  },
  {
    Name: 'kind',
    Type: 'Categorical' as const,
    Range: { CategoricalParameterRangeSpecification: { Values: ['a', 'b'] } },
  },
  { Name: 'note', Type: 'FreeText' as const },
];

describe('The hyperparameters of a training job', () => {
  test('are completed with the defaults of the algorithm', () => {
    expect(completeHyperparameters(SPECIFICATIONS, { epochs: '3', note: '' })).toEqual({
      epochs: '3',
      rate: '0.1',
      note: '',
    });
  });

  test('may contain the objective metric that a tuning job adds', () => {
    const given = { epochs: '3', _tuning_objective_metric: 'loss' };
    expect(completeHyperparameters(SPECIFICATIONS, given)).toMatchObject(given);
  });

  test.each<[Record<string, string>, string]>([
    [{}, 'Required hyperparameter epochs is missing'],
    [{ epochs: '1', depth: '2' }, 'Hyperparameters unknown to the algorithm: depth'],
    [{ epochs: '0' }, 'Value "0" of hyperparameter epochs is not allowed by the algorithm'],
    [{ epochs: '11' }, 'Value "11" of hyperparameter epochs is not allowed by the algorithm'],
    [{ epochs: '1.5' }, 'Value "1.5" of hyperparameter epochs is not allowed by the algorithm'],
    [{ epochs: ' ' }, 'Value " " of hyperparameter epochs is not allowed by the algorithm'],
    [{ epochs: '1', rate: 'fast' }, 'Value "fast" of hyperparameter rate is not allowed by the algorithm'],
    [{ epochs: '1', rate: '1.1' }, 'Value "1.1" of hyperparameter rate is not allowed by the algorithm'],
    [{ epochs: '1', kind: 'c' }, 'Value "c" of hyperparameter kind is not allowed by the algorithm'],
  ])('%j are rejected: %s', (given, message) => {
    expect(() => completeHyperparameters(SPECIFICATIONS, given)).toThrow(message);
  });
});
