import type { Problem } from '../../core/finding';
import type { Check } from '../check';

export const platform: Check = {
  id: 'platform',
  group: 'image',
  severity: 'error',
  fact: 'C8',
  title: 'The image is built for the platform of its instances',
  run: async (context) => {
    const { training, serving, processing, platforms } = context.specification;
    const uses = [
      [training?.image, platforms.training],
      [serving?.image, platforms.serving],
      [processing?.image, platforms.processing],
    ] as const;
    const problems = new Map<string, Problem>();
    for (const [image, required] of uses) {
      const actual = image === undefined ? required : (await context.image.info(image)).platform;
      if (actual === required) continue;
      problems.set(`${image} ${required}`, {
        message: `${context.image.nameOf(image ?? '')} is built for ${actual}, but its instances are ${required}. It would fail with "exec format error".`,
        fix: `Build it with --platform ${required}.`,
      });
    }
    return [...problems.values()];
  },
};
