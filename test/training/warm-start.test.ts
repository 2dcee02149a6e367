import { WarmStart } from '../../lib';
import { errorOf } from '../stacks';

describe('WarmStart', () => {
  test('rejects an empty list of tuning jobs', () => {
    expect(errorOf(() => WarmStart.transferLearning())).toContain('`tuningJobNames` must have 1 to 5 entries, got 0');
  });
});
