import type { ImageLab } from '../../probe/image-probe';
import type { Check, Problem } from '../../core/check';
import type { EngineError } from '../../../container';

/** A program that could not be started, for the reason that the engine gave and what the file shows. */
export function commandProblem(command: 'train' | 'serve', fault: EngineError): Problem[] {
  const evidence = proofOf(fault);
  if (fault.startFailure === 'not executable') {
    return [
      {
        message: `The program "${command}" is there and not executable.`,
        fix: `Add "RUN chmod 755" for it to the Dockerfile: a checkout, above all on Windows, does not keep the mode of the file.`,
        evidence,
      },
    ];
  }
  if (fault.startFailure === 'architecture') {
    return [
      {
        message: `The program "${command}" is no program of this architecture, or a script without a first line (#!).`,
        fix: 'Build the image with --platform of its instances, and begin scripts with a line such as #!/usr/bin/env python3.',
        evidence,
      },
    ];
  }
  return [
    {
      message: `SageMaker runs the image with the argument "${command}", and there is no such program.`,
      fix:
        `Put an executable named "${command}" on PATH, or set an ENTRYPOINT in exec form that takes the argument. Give ` +
        `${command === 'train' ? '--no-training' : '--no-serving'} if the image is not for that.`,
      evidence,
    },
  ];
}

/** What the engine says, without the names of containers that are no more. */
export function proofOf(fault: EngineError): string[] {
  const [said] = fault.message.split('\n').slice(-1);
  return [said.replace(/^\(|\)$/g, '').replace(/:? ?(unknown)? ?Error: failed to start containers.*$/s, '')];
}

/** The word that the container runs first. */
export async function firstWord(images: ImageLab, image: string, command: string): Promise<string> {
  const { entrypoint } = await images.info(image);
  return entrypoint[0] ?? command;
}

export const trainCommand: Check = {
  id: 'train-command',
  group: 'training',
  severity: 'error',
  fact: 'A2',
  title: 'The image can be started with "train"',
  run: async (lab) => {
    const { fault } = await lab.training.base();
    return fault === undefined || (await hasCarriageReturn(lab.image, lab.training.specification, 'train'))
      ? []
      : commandProblem('train', fault);
  },
};

/** Whether the program is a script whose first line ends as on Windows. */
export async function hasCarriageReturn(
  images: ImageLab,
  { image, entrypoint }: { image: string; entrypoint?: string[] },
  command: string,
): Promise<boolean> {
  const program = await images.program(image, entrypoint?.[0] ?? (await firstWord(images, image, command)));
  return /^#![^\n]*\r\n/.test(program?.start ?? '');
}
