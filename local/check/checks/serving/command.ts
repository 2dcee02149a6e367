import { EngineError } from '../../../container';
import type { Check } from '../../core/check';
import { commandProblem, hasCarriageReturn } from '../training/command';

export const serveCommand: Check = {
  id: 'serve-command',
  group: 'serving',
  severity: 'error',
  fact: 'B1, B2',
  title: 'The image can be started with "serve"',
  run: async (lab) => {
    const { fault } = await lab.serving.base();
    if (!(fault instanceof EngineError)) return [];
    return (await hasCarriageReturn(lab.image, lab.serving.specification, 'serve'))
      ? []
      : commandProblem('serve', fault);
  },
};
