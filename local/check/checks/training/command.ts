import type { EngineError } from '../../../container';
import type { Problem } from '../../core/finding';
import type { ImageProbe } from '../../probe/image-probe';
import type { Check } from '../check';

export type Command = 'train' | 'serve';

export const trainCommand: Check = {
  id: 'train-command',
  group: 'training',
  severity: 'error',
  fact: 'A2',
  title: 'The image can be started with the argument "train"',
  run: async (context) => {
    const { error } = await context.training.baseline();
    if (error === undefined) return [];
    // The check of the line endings reports this cause.
    if (await hasCarriageReturn(context.image, context.training.specification, 'train')) return [];
    return [startProblem('train', error)];
  },
};

/** Why a program could not be started. */
export function startProblem(command: Command, error: EngineError): Problem {
  const evidence = startEvidence(error);
  if (error.startFailure === 'not executable') {
    return {
      message: `The program "${command}" is not executable.`,
      fix: 'Set its mode in the Dockerfile (RUN chmod 755): a Git checkout may lose the mode, on Windows always.',
      evidence,
    };
  }
  if (error.startFailure === 'architecture') {
    return {
      message: `The program "${command}" is built for another architecture, or is a script without an interpreter line (#!).`,
      fix: 'Build the image with the --platform of its instances, and begin scripts with a line such as #!/usr/bin/env python3.',
      evidence,
    };
  }
  return {
    message: `SageMaker runs the image with the argument "${command}", but the image has no such program.`,
    fix:
      `Put an executable named "${command}" on PATH, or set an ENTRYPOINT in exec form that handles the argument. If the ` +
      `image is not for ${command === 'train' ? 'training, pass --no-training' : 'serving, pass --no-serving'}.`,
    evidence,
  };
}

/** The error message of the engine, without its remarks about removed containers. */
export function startEvidence(error: EngineError): string[] {
  const [message] = error.message.split('\n').slice(-1);
  return [message.replace(/^\(|\)$/g, '').replace(/:? ?(unknown)? ?Error: failed to start containers.*$/s, '')];
}

/** Whether the program is a script whose interpreter line has a Windows line ending. */
export async function hasCarriageReturn(
  images: ImageProbe,
  { image, entrypoint }: { image: string; entrypoint?: string[] },
  command: Command,
): Promise<boolean> {
  const [first = command] = entrypoint ?? (await images.info(image)).entrypoint;
  const program = await images.program(image, first);
  return /^#![^\n]*\r\n/.test(program?.start ?? '');
}
