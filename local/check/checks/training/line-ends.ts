import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';
import { defectiveScript } from '../script';
import { causeOf } from './cause';
import { scriptProblem, startEvidence } from './command';

export const lineEnds: Check = {
  id: 'line-ends',
  group: 'training',
  severity: 'error',
  fact: 'A2',
  title: 'The training program, if it is a script, has Unix line endings',
  run: async (context) => {
    const { error, lines } = await context.training.baseline();
    const script = await defectiveScript(context, 'train', lines);
    if (script === undefined || (await causeOf(context)) !== 'line-ends') return [];
    return [{ ...scriptProblem(script), evidence: error === undefined ? lastLines(lines) : startEvidence(error) }];
  },
};
