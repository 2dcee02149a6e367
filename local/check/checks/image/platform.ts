import type { Check, Problem } from '../../core/check';

export const platform: Check = {
  id: 'platform',
  group: 'image',
  severity: 'error',
  fact: 'C8',
  title: 'The image is built for the processors of its instances',
  run: async (lab) => {
    const { training, serving, platforms } = lab.specification;
    const uses = [
      [training?.image, platforms.training],
      [serving?.image, platforms.serving],
    ] as const;
    const problems = new Map<string, Problem>();
    for (const [image, wanted] of uses) {
      const has = image === undefined ? wanted : (await lab.image.info(image)).platform;
      if (has === wanted) continue;
      problems.set(`${image} ${wanted}`, {
        message: `${image} is built for ${has}, and its instances are ${wanted}: it would end with "exec format error".`,
        fix: `Build it with --platform ${wanted}.`,
      });
    }
    return [...problems.values()];
  },
};
