import { EngineError } from '../../../container';
import type { Check } from '../check';
import { startProblem } from '../training/command';
import { causeOf } from './cause';

export const serveCommand: Check = {
  id: 'serve-command',
  group: 'serving',
  severity: 'error',
  fact: 'B1, B2',
  title: 'The image can be started with the argument "serve"',
  run: async (context) => {
    const { error, lines } = await context.serving.baseline();
    if (!(error instanceof EngineError) || context.isSelected(await causeOf(context))) return [];
    return [await startProblem(context, 'serve', error, lines)];
  },
};
