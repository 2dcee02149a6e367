import { isSuccessful } from '../../probe/serving-probe';
import type { Check } from '../check';
import { skipWithoutSample } from './response';
import { observeShutdown } from './shutdown';

export const modelLoading: Check = {
  id: 'model-loading',
  group: 'serving',
  severity: 'warning',
  fact: 'B13, B19',
  title: 'The model is loaded once, not for each request',
  skipReason: skipWithoutSample,
  run: async (context) => {
    const { withoutModel, evidence } = await observeShutdown(context);
    if (withoutModel === undefined || isSuccessful(withoutModel)) return [];
    return [
      {
        message:
          'The model is loaded for each request: a request failed after the files of the model had been removed.',
        fix: 'Load the model at start, before /ping responds with status 200, and keep it in memory.',
        evidence,
      },
    ];
  },
};
