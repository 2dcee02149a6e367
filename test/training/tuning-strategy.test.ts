import { TuningStrategy } from '../../lib';
import { errorOf } from '../stacks';

describe('TuningStrategy', () => {
  test('rejects Hyperband with a minimum resource that is greater than the maximum resource', () => {
    expect(errorOf(() => TuningStrategy.hyperband({ minResource: 3, maxResource: 2 }))).toContain(
      '`minResource` must not be greater than `maxResource`, got 3 and 2',
    );
  });
});
