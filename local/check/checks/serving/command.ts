import { EngineError } from '../../../container';
import type { Check } from '../check';
import { hasCarriageReturn, startProblem } from '../training/command';

export const serveCommand: Check = {
  id: 'serve-command',
  group: 'serving',
  severity: 'error',
  fact: 'B1, B2',
  title: 'The image can be started with the argument "serve"',
  run: async ({ serving, image }) => {
    const { error } = await serving.baseline();
    if (!(error instanceof EngineError)) return [];
    // The check of the line endings reports this cause.
    return (await hasCarriageReturn(image, serving.specification, 'serve')) ? [] : [startProblem('serve', error)];
  },
};
