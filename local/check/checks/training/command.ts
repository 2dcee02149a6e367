import type { EngineError } from '../../../container';
import type { Problem } from '../../core/finding';
import type { CheckContext } from '../../probe/check-context';
import type { ImageFile } from '../../probe/image-probe';
import type { Check } from '../check';
import { type Command, type DefectiveScript, defectiveScript } from '../script';
import { causeOf } from './cause';

export const trainCommand: Check = {
  id: 'train-command',
  group: 'training',
  severity: 'error',
  fact: 'A2',
  title: 'The image can be started with the argument "train"',
  run: async (context) => {
    const { error, lines } = await context.training.baseline();
    if (error === undefined || context.isSelected(await causeOf(context))) return [];
    return [await startProblem(context, 'train', error, lines)];
  },
};

/** Why a program could not be started. */
export async function startProblem(
  context: CheckContext,
  command: Command,
  error: EngineError,
  lines: readonly { text: string }[],
): Promise<Problem> {
  const evidence = startEvidence(error);
  const script = await defectiveScript(context, command, lines);
  if (script !== undefined) return { ...scriptProblem(script), evidence };
  const program = await programOf(context, command);
  const name = program?.path ?? `"${command}"`;
  // The search on PATH skips a file that is not executable: some engines report that no such program exists.
  const isSkipped = error.startFailure === 'not found' && program !== undefined && (program.mode & 0o111) === 0;
  if (isSkipped || error.startFailure === 'not executable') {
    return {
      message: `The program ${name} is not executable.`,
      fix: 'Set its mode in the Dockerfile (RUN chmod 755): a Git checkout may lose the mode, on Windows always.',
      evidence,
    };
  }
  if (error.startFailure === 'architecture') {
    return {
      message: `The program ${name} is built for another architecture.`,
      fix: 'Build the image with the --platform of its instances.',
      evidence,
    };
  }
  if (program !== undefined) {
    const interpreter = /^#!\s*(\S+)/.exec(program.start)?.[1];
    return {
      message:
        interpreter === undefined
          ? `The image has no loader for the program ${name}, which was built for another C library.`
          : `The first line of ${name} names the interpreter ${interpreter}, which does not exist in the image.`,
      fix:
        interpreter === undefined
          ? 'Build the program in a stage with the same base image (Alpine has musl instead of glibc), or link it statically.'
          : 'Install the interpreter in the image, or correct the first line, which must name a program of the image.',
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

/** The first program that the container executes. */
async function programOf(context: CheckContext, command: Command): Promise<ImageFile | undefined> {
  const specification = command === 'train' ? context.training.specification : context.serving.specification;
  const { entrypoint = (await context.image.info(specification.image)).entrypoint } = specification as {
    entrypoint?: string[];
  };
  return context.image.program(specification.image, entrypoint[0] ?? command);
}

export function scriptProblem({ path, defect }: DefectiveScript): Omit<Problem, 'evidence'> {
  if (defect === 'carriage returns') {
    return {
      message: `The lines of ${path} end with carriage returns (Windows line endings), which become part of the name of its interpreter or of its commands.`,
      fix: `Set the line endings in .gitattributes ("${path.split('/').slice(-1)[0]} text eol=lf"), or remove them in the Dockerfile: RUN sed -i 's/\\r$//' ${path}.`,
    };
  }
  if (defect === 'byte order mark') {
    return {
      message: `${path} begins with a byte order mark, so its first line is not recognized as an interpreter line (#!).`,
      fix: `Save the file as UTF-8 without a byte order mark, or remove it in the Dockerfile: RUN sed -i '1s/^\\xEF\\xBB\\xBF//' ${path}.`,
    };
  }
  return {
    message: `${path} is a script without an interpreter line (#!): it cannot be executed ("exec format error").`,
    fix: 'Begin the script with a line that names the program that runs it, for example #!/bin/sh.',
  };
}

/** The error message of the engine, without its remarks about removed containers. */
export function startEvidence(error: EngineError): string[] {
  const [message] = error.message.split('\n').slice(-1);
  return [message.replace(/^\(|\)$/g, '').replace(/:? ?(unknown)? ?Error: failed to start containers.*$/s, '')];
}
