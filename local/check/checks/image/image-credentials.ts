import type { Check } from '../../core/check';

const CREDENTIALS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE'];
const FILE = '/root/.aws/credentials';

export const imageCredentials: Check = {
  id: 'image-credentials',
  group: 'image',
  severity: 'error',
  fact: 'A39',
  title: 'The image holds no credentials',
  run: async (lab) => {
    const found = await Promise.all(
      (await lab.image.all()).map(async ({ image, info }) => {
        const files = (await lab.image.files(image, FILE)).map((file) => file.path);
        const held = [...CREDENTIALS.filter((name) => (info.environment[name] ?? '') !== ''), ...files];
        if (held.length === 0) return [];
        return [
          {
            message: `${image} has ${held.join(', ')}. These are used instead of the role of the job or endpoint, and whoever pulls the image reads them.`,
            fix: 'Remove them from the Dockerfile, and change the keys: they stay in the layers.',
          },
        ];
      }),
    );
    return found.flat();
  },
};
