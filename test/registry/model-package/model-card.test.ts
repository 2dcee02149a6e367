import { ModelCard } from '../../../lib';
import { errorOf } from '../../stacks';

describe('Model card', () => {
  test.each<[string, () => unknown, string]>([
    [
      'content that is not valid JSON',
      () => ModelCard.fromJson('card'),
      '`content` must be a JSON object, got: "card"',
    ],
    ['content that is a JSON array', () => ModelCard.fromJson('[]'), '`content` must be a JSON object, got: "[]"'],
  ])('rejects %s', (_, make, error) => {
    expect(errorOf(make)).toContain(error);
  });
});
