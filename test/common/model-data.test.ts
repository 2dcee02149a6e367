import { ModelData } from '../../lib';
import { errorOf } from '../stacks';

describe('ModelData', () => {
  test('rejects an asset that is not a .tar.gz file', () => {
    expect(() => ModelData.fromAsset('model.tar.gz')).not.toThrow();
    expect(errorOf(() => ModelData.fromAsset('model.zip'))).toContain('`file` must end in ".tar.gz"');
  });
});
