import { MetricDefinition } from '../../lib';
import { errorOf } from '../stacks';

const long = (length: number): string => 'a'.repeat(length);

interface Case {
  readonly invalid: () => unknown;
  /** A valid value at the limit. */
  readonly valid: () => unknown;
  readonly message: string;
}

describe('MetricDefinition', () => {
  test.each<[string, Case]>([
    [
      'a name of more than 255 characters',
      {
        invalid: () => MetricDefinition.of(long(256), '(1)'),
        valid: () => MetricDefinition.of(long(255), '(1)'),
        message: '`name` must have 1 to 255 characters, got 256',
      },
    ],
    [
      'a regular expression of more than 500 characters',
      {
        invalid: () => MetricDefinition.of('m', `(${long(499)})`),
        valid: () => MetricDefinition.of('m', `(${long(498)})`),
        message: '`regex` must have 1 to 500 characters, got 501',
      },
    ],
    [
      'a regular expression without a capturing group',
      {
        invalid: () => MetricDefinition.of('m', 'auc=[0-9.]+'),
        valid: () => MetricDefinition.of('m', 'auc=(?P<value>[0-9.]+)'),
        message: '`regex` must capture the number in a group, for example "auc=([0-9.]+)", got: "auc=[0-9.]+"',
      },
    ],
  ])('rejects %s', (_, { invalid, valid, message }) => {
    expect(errorOf(invalid)).toContain(message);
    expect(valid).not.toThrow();
  });
});
