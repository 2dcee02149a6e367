import type { Check } from '../check';

const CREDENTIALS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE'];

export const imageCredentials: Check = {
  id: 'image-credentials',
  group: 'image',
  severity: 'error',
  fact: 'A39',
  title: 'The image holds no credentials',
  run: async (lab) =>
    (await lab.image.all()).flatMap(({ image, info }) => {
      const found = CREDENTIALS.filter((name) => name in info.environment);
      if (found.length === 0) return [];
      return [
        {
          message: `${image} sets ${found.join(', ')}. These are used instead of the role of the job or endpoint, and whoever pulls the image reads them.`,
          fix: 'Remove them from the Dockerfile, and change the keys: they stay in the layers.',
        },
      ];
    }),
};
