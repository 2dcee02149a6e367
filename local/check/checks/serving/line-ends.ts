import { EngineError } from '../../../container';
import type { Check } from '../../core/check';
import { hasCarriageReturn, proofOf } from '../training/command';
import { carriageReturn } from '../training/line-ends';

export const servingLineEnds: Check = {
  id: 'serving-line-ends',
  group: 'serving',
  severity: 'error',
  fact: 'B2',
  title: 'The serving program is a script with the line ends of Unix',
  run: async (lab) => {
    const { fault, server } = await lab.serving.base();
    if (server !== undefined || !(await hasCarriageReturn(lab.image, lab.serving.specification, 'serve'))) return [];
    return [carriageReturn('serve', fault instanceof EngineError ? proofOf(fault) : [])];
  },
};
