import type { Check, Problem } from '../../core/check';
import { hasCarriageReturn, proofOf } from './command';

/** What there is to say of a script from a checkout on Windows. */
export function carriageReturn(command: 'train' | 'serve', evidence: string[]): Problem {
  return {
    message: `The first line of "${command}" ends with a carriage return, as on Windows: no program has that name.`,
    fix: `Have Git keep its line ends ("${command} text eol=lf" in .gitattributes), or remove them: RUN sed -i 's/\\r$//' ${command}.`,
    evidence,
  };
}

export const lineEnds: Check = {
  id: 'line-ends',
  group: 'training',
  severity: 'error',
  fact: 'A2',
  title: 'The training program is a script with the line ends of Unix',
  run: async (lab) => {
    const { fault, result } = await lab.training.base();
    const notFound = [126, 127].includes(Object.values(result?.exitCodes ?? {})[0]);
    if (fault === undefined && !notFound) return [];
    if (!(await hasCarriageReturn(lab.image, lab.training.specification, 'train'))) return [];
    return [carriageReturn('train', fault === undefined ? [] : proofOf(fault))];
  },
};
