import { LIMITS } from '../../../contract';
import type { Check } from '../../core/check';

const GIB = 1024 ** 3;

export const imageSize: Check = {
  id: 'image-size',
  group: 'image',
  severity: 'error',
  fact: 'C4',
  title: 'The image of a serverless endpoint has at most 10 GiB',
  unless: (lab) =>
    lab.specification.serving?.isServerless === true ? undefined : 'the image is not for a serverless endpoint',
  run: async (lab) => {
    const { sizeBytes } = await lab.image.info(lab.serving.specification.image);
    if (sizeBytes <= LIMITS.serverlessImageBytes) return [];
    return [
      {
        message: `The image has ${(sizeBytes / GIB).toFixed(1)} GiB; serverless endpoints take at most ${LIMITS.serverlessImageBytes / GIB} GiB.`,
        fix: 'Leave build tools and training libraries out of the image that serves: `byoa images` tells what two images would weigh.',
      },
    ];
  },
};
