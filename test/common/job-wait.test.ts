import { Duration } from 'aws-cdk-lib';
import { JobWait } from '../../lib';
import { errorOf } from '../stacks';

describe('JobWait', () => {
  test('rejects a wait of a day', () => {
    expect(errorOf(() => JobWait.upTo(Duration.days(1)))).toContain('more than 30 minutes and at most 12 hours');
  });
});
