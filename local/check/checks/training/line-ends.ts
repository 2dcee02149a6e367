import type { Problem } from '../../core/finding';
import type { Check } from '../check';
import { type Command, hasCarriageReturn, startEvidence } from './command';

/** Exit codes of a shell for a command that cannot be executed or found. */
const NOT_FOUND = [126, 127];

export const lineEnds: Check = {
  id: 'line-ends',
  group: 'training',
  severity: 'error',
  fact: 'A2',
  title: 'The training program, if it is a script, has Unix line endings',
  run: async (context) => {
    const { error, result } = await context.training.baseline();
    const [exitCode] = Object.values(result?.exitCodes ?? {});
    if (error === undefined && !NOT_FOUND.includes(exitCode)) return [];
    if (!(await hasCarriageReturn(context.image, context.training.specification, 'train'))) return [];
    return [carriageReturnProblem('train', error === undefined ? [] : startEvidence(error))];
  },
};

export function carriageReturnProblem(command: Command, evidence: string[]): Problem {
  return {
    message: `The first line of "${command}" ends with a carriage return (a Windows line ending), which becomes part of the name of the interpreter.`,
    fix: `Set the line endings in .gitattributes ("${command} text eol=lf"), or remove them in the Dockerfile: RUN sed -i 's/\\r$//' ${command}.`,
    evidence,
  };
}
