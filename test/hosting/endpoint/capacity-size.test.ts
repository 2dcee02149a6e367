import { CapacitySize } from '../../../lib';
import { errorOf } from '../../stacks';

describe('Capacity size', () => {
  test.each<[number, string]>([
    [0, '`percent` must be at least 1, got 0'],
    [101, '`percent` must be at most 100, got 101'],
  ])('rejects %i percent', (percent, error) => {
    expect(errorOf(() => CapacitySize.percent(percent))).toContain(error);
  });
});
