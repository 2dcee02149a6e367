import { CfnParameter, Duration } from 'aws-cdk-lib';
import { JobWait } from '../../lib';
import { errorOf, newStack } from '../stacks';

describe('A job wait', () => {
  const token = (): Duration => {
    const parameter = new CfnParameter(newStack(), 'Minutes', { type: 'Number' });
    return Duration.minutes(parameter.valueAsNumber);
  };

  test('has no duration when the deployment does not wait', () => {
    expect(JobWait.none().duration).toBeUndefined();
  });

  test.each([31, 12 * 60])('accepts a duration of %i minutes', (minutes) => {
    expect(JobWait.upTo(Duration.minutes(minutes)).duration?.toMinutes()).toBe(minutes);
  });

  test.each([30, 12 * 60 + 1])('rejects a duration of %i minutes', (minutes) => {
    expect(errorOf(() => JobWait.upTo(Duration.minutes(minutes)))).toContain(
      '`duration` must be more than 30 minutes and at most 12 hours, got: ',
    );
  });

  test('accepts a token, whose longest run time is that of the longest wait', () => {
    expect(JobWait.upTo(token()).duration?.isUnresolved()).toBe(true);
    expect(JobWait._longestRun(token()).toMinutes()).toBe(11 * 60 + 30);
  });

  test('is 30 minutes longer than the run time of the job', () => {
    expect(JobWait._for(Duration.hours(1)).duration?.toMinutes()).toBe(90);
    expect(JobWait._longestRun(Duration.minutes(90)).toMinutes()).toBe(60);
  });
});
