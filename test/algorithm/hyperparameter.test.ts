import { Hyperparameter } from '../../lib';
import { errorOf } from '../stacks';

const long = (length: number): string => 'a'.repeat(length);

interface Case {
  readonly invalid: () => unknown;
  /** A valid value at the limit. */
  readonly valid: () => unknown;
  readonly message: string;
}

describe('Hyperparameter', () => {
  test.each<[string, Case]>([
    [
      'a name of more than 256 characters',
      {
        invalid: () => Hyperparameter.freeText(long(257)),
        valid: () => Hyperparameter.freeText(long(256)),
        message: '`name` must have at most 256 characters, got 257',
      },
    ],
    [
      'an empty name',
      {
        invalid: () => Hyperparameter.freeText(''),
        valid: () => Hyperparameter.freeText('a'),
        message: '`name` must not be empty',
      },
    ],
    [
      'a description of more than 1024 characters',
      {
        invalid: () => Hyperparameter.freeText('a', { description: long(1025) }),
        valid: () => Hyperparameter.freeText('a', { description: long(1024) }),
        message: '`description` must have at most 1024 characters, got 1025',
      },
    ],
    [
      'a free-text default value of more than 2500 characters',
      {
        invalid: () => Hyperparameter.freeText('a', { defaultValue: long(2501) }),
        valid: () => Hyperparameter.freeText('a', { defaultValue: long(2500) }),
        message: '`defaultValue` must have at most 2500 characters, got 2501',
      },
    ],
    [
      'a default value less than the minimum',
      {
        invalid: () => Hyperparameter.integer('a', { min: 1, max: 9, defaultValue: 0 }),
        valid: () => Hyperparameter.integer('a', { min: 1, max: 9, defaultValue: 1 }),
        message: '`defaultValue` must be at least 1, got 0',
      },
    ],
    [
      'a default value greater than the maximum',
      {
        invalid: () => Hyperparameter.continuous('a', { min: 0, max: 1, defaultValue: 1.01 }),
        valid: () => Hyperparameter.continuous('a', { min: 0, max: 1, defaultValue: 1 }),
        message: '`defaultValue` must be at most 1, got 1.01',
      },
    ],
    [
      'an integer default value with a fraction',
      {
        invalid: () => Hyperparameter.integer('a', { min: 0, max: 9, defaultValue: 1.5 }),
        valid: () => Hyperparameter.integer('a', { min: 0, max: 9, defaultValue: 2 }),
        message: '`defaultValue` must be a whole number, got 1.5',
      },
    ],
    [
      'an integer limit with a fraction',
      {
        invalid: () => Hyperparameter.integer('a', { min: 0.5, max: 9 }),
        valid: () => Hyperparameter.integer('a', { min: 0, max: 9 }),
        message: '`min` must be a whole number, got 0.5',
      },
    ],
    [
      'an infinite limit',
      {
        invalid: () => Hyperparameter.continuous('a', { min: 0, max: Infinity }),
        valid: () => Hyperparameter.continuous('a', { min: 0, max: 1e300 }),
        message: '`max` must be a number',
      },
    ],
    [
      'a minimum greater than the maximum',
      {
        invalid: () => Hyperparameter.integer('a', { min: 2, max: 1 }),
        valid: () => Hyperparameter.integer('a', { min: 1, max: 1 }),
        message: '`min` must not be greater than `max`, got 2 and 1',
      },
    ],
    [
      'a default value that is not one of the values',
      {
        invalid: () => Hyperparameter.categorical('a', { values: ['x', 'y'], defaultValue: 'z' }),
        valid: () => Hyperparameter.categorical('a', { values: ['x', 'y'], defaultValue: 'y' }),
        message: '`defaultValue` must be one of x, y, got: "z"',
      },
    ],
    [
      'more than 30 categorical values',
      {
        invalid: () => Hyperparameter.categorical('a', { values: [...Array(31).keys()].map(String) }),
        valid: () => Hyperparameter.categorical('a', { values: [...Array(30).keys()].map(String) }),
        message: '`values` must have 1 to 30 entries, got 31',
      },
    ],
    [
      'a categorical value of more than 256 characters',
      {
        invalid: () => Hyperparameter.categorical('a', { values: [long(257)] }),
        valid: () => Hyperparameter.categorical('a', { values: [long(256)] }),
        message: '`values[0]` must have at most 256 characters, got 257',
      },
    ],
    [
      'duplicate categorical values',
      {
        invalid: () => Hyperparameter.categorical('a', { values: ['x', 'x'] }),
        valid: () => Hyperparameter.categorical('a', { values: ['x', 'X'] }),
        message: '`values` must be unique, got more than one "x"',
      },
    ],
  ])('rejects %s', (_, { invalid, valid, message }) => {
    expect(errorOf(invalid)).toContain(message);
    expect(valid).not.toThrow();
  });

  test('lists all errors in one message with its name', () => {
    expect(errorOf(() => Hyperparameter.integer('depth', { min: 3, max: 1, defaultValue: 0.5, required: true }))).toBe(
      'Hyperparameter "depth" has 2 validation errors:' +
        '\n  - `min` must not be greater than `max`, got 3 and 1' +
        '\n  - `defaultValue` must be a whole number, got 0.5',
    );
  });
});
