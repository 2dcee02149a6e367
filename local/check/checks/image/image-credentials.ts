import type { Check } from '../check';

const VARIABLES = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE'];
const FILE = '/root/.aws/credentials';

export const imageCredentials: Check = {
  id: 'image-credentials',
  group: 'image',
  severity: 'error',
  fact: 'A39',
  title: 'The image does not contain AWS credentials',
  run: async (context) => {
    const found = await Promise.all(
      (await context.image.all()).map(async ({ image, name, info }) => {
        const files = (await context.image.files(image, FILE)).map((file) => file.path);
        const credentials = [...VARIABLES.filter((variable) => (info.environment[variable] ?? '') !== ''), ...files];
        if (credentials.length === 0) return [];
        return [
          {
            message:
              `${name} contains AWS credentials (${credentials.join(', ')}). The SDK uses them instead of the execution ` +
              'role, and everyone who can pull the image can read them.',
            fix: 'Remove them from the Dockerfile and rotate the keys: they remain in the layers of images already pushed.',
          },
        ];
      }),
    );
    return found.flat();
  },
};
