import type { Check } from '../check';

export const platform: Check = {
  id: 'platform',
  group: 'image',
  severity: 'error',
  fact: 'C8',
  title: 'The image is built for the processors of its instances',
  run: async (lab) => {
    const wanted = lab.specification.platform;
    return (await lab.image.all())
      .filter(({ info }) => info.platform !== wanted)
      .map(({ image, info }) => ({
        message: `${image} is built for ${info.platform}, and its instances are ${wanted}: it would end with "exec format error".`,
        fix: `Build it with --platform ${wanted}.`,
      }));
  },
};
