import { ExplainerBaseline } from '../../../lib';
import { bucket, newConfig } from '../../features';
import { additionalStatements, arn, objects } from '../../hosting-fixtures';
import { errorOf, newStack, placedStack } from '../../stacks';

describe('Explainer', () => {
  test('grants the execution role permission to read the baseline', () => {
    const stack = placedStack();
    newConfig(stack, { explainer: { baseline: ExplainerBaseline.fromObject(bucket(stack), 'base.csv') } });
    expect(additionalStatements(stack)).toEqual([
      expect.objectContaining({ Resource: [arn(':s3:::models'), objects('base.csv')] }),
    ]);
  });

  test('is rejected with an empty baseline', () => {
    const explainer = { baseline: ExplainerBaseline.inline('') };
    expect(errorOf(() => newConfig(newStack(), { explainer }))).toContain(
      '`explainer.baseline` must have 1 to 4096 characters, got 0',
    );
  });
});
