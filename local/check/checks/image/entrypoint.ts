import type { Check } from '../check';

/** The shell form starts a shell with options, the last of which is followed by the command. */
function isShellForm([shell = '', ...words]: string[]): boolean {
  const options = words.slice(0, -1);
  return /^(.*\/)?(sh|bash|ash|dash)$/.test(shell) && options.some((word) => /^-[a-z]*c$/.test(word));
}

/** The exec form of a command without shell syntax, and a pattern for others. */
function execFormOf(shellForm: string[]): string {
  const command = (shellForm[shellForm.length - 1] ?? '').replace(/^exec\s+/, '');
  return /^[\w./:=@ -]+$/.test(command) ? JSON.stringify(command.trim().split(/\s+/)) : '["PROGRAM", "ARGUMENT"]';
}

export const entrypoint: Check = {
  id: 'entrypoint',
  group: 'image',
  severity: 'error',
  fact: 'A3',
  title: 'The ENTRYPOINT is in exec form, so that the program receives its argument and signals',
  run: async (context) =>
    (await context.image.all())
      .filter(({ info }) => isShellForm(info.entrypoint))
      .map(({ name, info }) => ({
        message:
          `The ENTRYPOINT of ${name} is in shell form. The shell drops its arguments, such as "train" or "serve", and does not ` +
          'forward SIGTERM, so the program is killed before it can save its results.',
        fix: `Use the exec form: ENTRYPOINT ${execFormOf(info.entrypoint)}.`,
        evidence: [`ENTRYPOINT ${JSON.stringify(info.entrypoint)}`],
      })),
};
