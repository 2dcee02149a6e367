import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { TuningJob, TuningStrategy } from '../../lib';
import { tuningDefinition } from '../jobs';
import { errorOf, newStack } from '../stacks';

describe('TuningStrategy', () => {
  test('rejects Hyperband with a minimum resource that is greater than the maximum resource', () => {
    expect(errorOf(() => TuningStrategy.hyperband({ minResource: 3, maxResource: 2 }))).toContain(
      '`minResource` must not be greater than `maxResource`, got 3 and 2',
    );
  });

  test('rejects Hyperband with a maximum resource of more than 20,000', () => {
    expect(errorOf(() => TuningStrategy.hyperband({ maxResource: 20_001 }))).toContain(
      '`maxResource` must be at most 20000, got 20001',
    );
    expect(() => TuningStrategy.hyperband({ maxResource: 20_000 })).not.toThrow();
  });

  const tune = (strategy: TuningStrategy, ...hyperparameters: ({ [name: string]: string } | undefined)[]): unknown =>
    new TuningJob(newStack(), 'Tune', {
      strategy,
      definitions: hyperparameters.map((values, index) =>
        tuningDefinition({ hyperparameters: values, definitionName: `d${index}` }),
      ),
    });

  test.each<[string, ({ [name: string]: string } | undefined)[]]>([
    ['no hyperparameters', [undefined]],
    ['no number of epochs', [{ rounds: '10' }]],
    ['a number of epochs in one of two definitions', [{ epochs: '10' }, {}]],
  ])('rejects Hyperband without a maximum resource and with %s', (_, hyperparameters) => {
    expect(errorOf(() => tune(TuningStrategy.hyperband(), ...hyperparameters))).toContain(
      '`strategy` Hyperband requires `maxResource`, or one of the `hyperparameters` epochs, numepochs, n-epochs, n_epochs, num_epochs ' +
        'in each definition, from which the service infers it',
    );
  });

  test.each(['epochs', 'numepochs', 'n-epochs', 'n_epochs', 'num_epochs'])(
    'accepts Hyperband with the hyperparameter %s, or with a maximum resource',
    (name) => {
      expect(() => tune(TuningStrategy.hyperband(), { [name]: '27' })).not.toThrow();
      expect(() => tune(TuningStrategy.of('Hyperband'), { [name]: '27' })).not.toThrow();
      expect(() => tune(TuningStrategy.hyperband({ maxResource: 27 }), undefined)).not.toThrow();
    },
  );

  test.each([
    ['a strategy that the library does not know', 'Bogus', 1],
    ['a strategy that it knows', 'Random', 0],
  ])('with %s adds a warning or none', (_, name, count) => {
    const stack = newStack();
    new TuningJob(stack, 'Tune', { strategy: TuningStrategy.of(name), definitions: [tuningDefinition()] });
    const warnings = Annotations.fromStack(stack).findWarning(
      '*',
      Match.stringLikeRegexp(`Tuning strategies that were unknown when this version .* was published: ${name}\\.`),
    );
    expect(warnings).toHaveLength(count);
  });
});
