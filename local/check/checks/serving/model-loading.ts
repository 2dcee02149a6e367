import type { Check } from '../../core/check';
import { farewell, isAnswered } from './websocket-close';
import { hasSample } from './invocations';

export const modelLoading: Check = {
  id: 'model-loading',
  group: 'serving',
  severity: 'warning',
  fact: 'B13, B19',
  title: 'The model is loaded once, and not for each request',
  unless: hasSample,
  run: async (lab) => {
    const { withoutModel, evidence } = await farewell(lab);
    if (isAnswered(withoutModel)) return [];
    return [
      {
        message:
          'A request is not answered when the files of the model have gone after the first one: the model is loaded for each request.',
        fix: 'Load the model when the server starts, before it answers /ping with 200, and keep it.',
        evidence,
      },
    ];
  },
};
