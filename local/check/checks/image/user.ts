import type { Check } from '../../core/check';

export const user: Check = {
  id: 'user',
  group: 'image',
  severity: 'warning',
  fact: 'A13, B4',
  title: 'The image runs as root, as SageMaker expects',
  run: async (lab) =>
    (await lab.image.all())
      .filter(({ info }) => !['', '0', 'root', '0:0', 'root:root'].includes(info.user))
      .map(({ image, info }) => ({
        message: `${image} runs as the user "${info.user}". The directories below /opt/ml belong to root there, and may not be writable for it.`,
        fix: 'Leave USER out of the Dockerfile. The container has no privileges on the instance either way.',
        evidence: [`USER ${info.user}`],
      })),
};
