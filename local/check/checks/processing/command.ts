import type { Problem } from '../../core/finding';
import type { CheckContext } from '../../probe/check-context';
import type { Check } from '../check';
import { scriptProblem, startEvidence } from '../training/command';
import { defectiveScriptIn } from '../script';

export const processingCommand: Check = {
  id: 'processing-command',
  group: 'processing',
  severity: 'error',
  fact: 'H1',
  title: 'The processing container can be started with its entrypoint and arguments',
  run: async (context) => {
    const { error, lines, result } = await context.processing.baseline();
    const words = await commandOf(context);
    const { image } = context.processing.specification;
    const script = result?.status === 'Completed' ? undefined : await defectiveScriptIn(context, image, words, lines);
    if (script !== undefined)
      return [{ ...scriptProblem(script), evidence: error === undefined ? [] : startEvidence(error) }];
    if (error === undefined) return [];
    return [{ ...(await problemOf(context, error.startFailure, words)), evidence: startEvidence(error) }];
  },
};

/** The words of the command line: an entrypoint of the job replaces the command of the image too. */
async function commandOf(context: CheckContext): Promise<string[]> {
  const { image, entrypoint, arguments: args } = context.processing.specification;
  const info = await context.image.info(image);
  const command = args ?? (entrypoint === undefined ? info.command : []);
  return [...(entrypoint ?? info.entrypoint), ...command];
}

async function problemOf(
  context: CheckContext,
  failure: string | undefined,
  [command]: string[],
): Promise<Omit<Problem, 'evidence'>> {
  const program = await context.image.program(context.processing.specification.image, command ?? '');
  const name = program?.path ?? `"${command ?? ''}"`;
  if (failure === 'not executable') {
    return {
      message: `The program ${name} is not executable.`,
      fix: 'Set its mode in the Dockerfile (RUN chmod 755): a Git checkout may lose the mode, on Windows always.',
    };
  }
  if (failure === 'architecture') {
    return {
      message: `The program ${name} is built for another architecture.`,
      fix: 'Build the image with the --platform of its instances.',
    };
  }
  return {
    message: `SageMaker runs ${name}, but the image has no such program, or its interpreter does not exist.`,
    fix: 'Set an ENTRYPOINT in exec form in the image, or specify another entrypoint for the job (--entrypoint).',
  };
}
