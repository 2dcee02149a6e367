import type { Check } from '../../core/check';

/** The shell form begins with a shell, perhaps with options, the last of which says that a command follows. */
function isShellForm([shell = '', ...words]: string[]): boolean {
  const options = words.slice(0, -1);
  return /^(.*\/)?(sh|bash|ash|dash)$/.test(shell) && options.some((word) => /^-[a-z]*c$/.test(word));
}

export const entrypoint: Check = {
  id: 'entrypoint',
  group: 'image',
  severity: 'error',
  fact: 'A3',
  title: 'The ENTRYPOINT is in exec form: the program gets its argument, and signals',
  run: async (lab) =>
    (await lab.image.all())
      .filter(({ info }) => isShellForm(info.entrypoint))
      .map(({ image, info }) => ({
        message:
          `The ENTRYPOINT of ${image} is in shell form. The shell drops the argument "train" or "serve", and keeps ` +
          'SIGTERM from the program, which is killed without a chance to save its model.',
        fix: 'Write it as a list: ENTRYPOINT ["python3", "/opt/program/entry.py"].',
        evidence: [`ENTRYPOINT ${JSON.stringify(info.entrypoint)}`],
      })),
};
