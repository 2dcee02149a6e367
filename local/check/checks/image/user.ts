import type { Check } from '../check';

const ROOT = ['', '0', 'root', '0:0', 'root:root'];

export const user: Check = {
  id: 'user',
  group: 'image',
  severity: 'warning',
  fact: 'A13, B4',
  title: 'The image runs as root, as SageMaker requires',
  run: async (context) =>
    (await context.image.all())
      .filter(({ info }) => !ROOT.includes(info.user))
      .map(({ name, info }) => ({
        message: `${name} runs as user "${info.user}", but root owns the directories below /opt/ml, which this user may not be able to write to.`,
        fix: 'Remove the USER instruction. On SageMaker, a container has no privileges on the instance as root either.',
        evidence: [`USER ${info.user}`],
      })),
};
