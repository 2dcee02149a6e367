import { InstanceType, TransformResources } from '../../lib';
import { errorOf } from '../stacks';

describe('TransformResources', () => {
  test.each([
    ['an instance count with a fraction', 0.5, '`instanceCount` must be a whole number, got 0.5'],
    ['no instances', 0, '`instanceCount` must be at least 1, got 0'],
  ])('rejects %s', (_, instanceCount, message) => {
    expect(errorOf(() => TransformResources.of(InstanceType.ML_M5_XLARGE, { instanceCount }))).toContain(message);
  });
});
