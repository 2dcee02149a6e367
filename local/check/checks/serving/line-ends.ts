import { EngineError } from '../../../container';
import type { Check } from '../check';
import { hasCarriageReturn, startEvidence } from '../training/command';
import { carriageReturnProblem } from '../training/line-ends';

export const servingLineEnds: Check = {
  id: 'serving-line-ends',
  group: 'serving',
  severity: 'error',
  fact: 'B2',
  title: 'The serving program, if it is a script, has Unix line endings',
  run: async ({ serving, image }) => {
    const { error, server } = await serving.baseline();
    if (server !== undefined || !(await hasCarriageReturn(image, serving.specification, 'serve'))) return [];
    return [carriageReturnProblem('serve', error instanceof EngineError ? startEvidence(error) : [])];
  },
};
