import { Annotations } from 'aws-cdk-lib/assertions';
import { TuningJob, TuningStrategy } from '../../lib';
import { tuningDefinition } from '../jobs';
import { errorOf, newStack } from '../stacks';

describe('TuningStrategy', () => {
  test('rejects Hyperband with a minimum resource that is greater than the maximum resource', () => {
    expect(errorOf(() => TuningStrategy.hyperband({ minResource: 3, maxResource: 2 }))).toContain(
      '`minResource` must not be greater than `maxResource`, got 3 and 2',
    );
  });

  test.each([
    ['a strategy that the library does not know', 'Bogus', 1],
    ['a strategy that it knows', 'Random', 0],
  ])('with %s adds a warning or none', (_, name, count) => {
    const stack = newStack();
    new TuningJob(stack, 'Tune', { strategy: TuningStrategy.of(name), definitions: [tuningDefinition()] });
    const warnings = Annotations.fromStack(stack).findWarning(
      '*',
      `Tuning strategies that were unknown when this version of the library was published: ${name}. [ack: cdk-sagemaker-algorithm:unknownValue]`,
    );
    expect(warnings).toHaveLength(count);
  });
});
