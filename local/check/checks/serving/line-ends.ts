import { EngineError } from '../../../container';
import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';
import { defectiveScript } from '../script';
import { scriptProblem, startEvidence } from '../training/command';
import { causeOf } from './cause';

export const servingLineEnds: Check = {
  id: 'serving-line-ends',
  group: 'serving',
  severity: 'error',
  fact: 'B2',
  title: 'The serving program, if it is a script, has Unix line endings',
  run: async (context) => {
    const { error, lines } = await context.serving.baseline();
    const script = await defectiveScript(context, 'serve', lines);
    if (script === undefined || (await causeOf(context)) !== 'serving-line-ends') return [];
    const evidence = error instanceof EngineError ? startEvidence(error) : lastLines(lines);
    return [{ ...scriptProblem(script), evidence }];
  },
};
