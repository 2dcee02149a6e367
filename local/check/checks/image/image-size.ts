import { LIMITS } from '../../../contract';
import type { Check } from '../check';

const GIB = 1024 ** 3;

export const imageSize: Check = {
  id: 'image-size',
  group: 'image',
  severity: 'error',
  fact: 'C4',
  title: 'The image of a serverless endpoint is at most 10 GiB',
  skipReason: (context) =>
    context.specification.serving?.isServerless === true ? undefined : 'the endpoint is not serverless (--serverless)',
  run: async (context) => {
    const { sizeBytes } = await context.image.info(context.serving.specification.image);
    if (sizeBytes <= LIMITS.serverlessImageBytes) return [];
    const [size, limit] = [sizeBytes / GIB, LIMITS.serverlessImageBytes / GIB];
    return [
      {
        message: `The size of the image is ${size.toFixed(1)} GiB, and the limit for serverless endpoints is ${limit} GiB.`,
        fix: 'Remove build tools and training libraries from the serving image. `byoa images` compares the sizes of one combined and two separate images.',
      },
    ];
  },
};
