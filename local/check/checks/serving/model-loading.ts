import { Inconclusive } from '../../core/inconclusive';
import type { Check } from '../check';
import { describeResponse, skipWithoutSample } from './response';
import { observeShutdown } from './shutdown';

export const modelLoading: Check = {
  id: 'model-loading',
  group: 'serving',
  severity: 'warning',
  fact: 'B13, B19',
  title: 'The model is loaded once, not for each request',
  skipReason: skipWithoutSample,
  run: async (context) => {
    const reference = await context.serving.reference();
    const { withoutModel, evidence } = await observeShutdown(context);
    if (withoutModel === undefined) throw new Inconclusive('the model is part of the image, and cannot be removed');
    if (reference.isLike(withoutModel)) return [];
    return [
      {
        message: `The model is loaded for each request: a request failed after the files of the model had been removed (${describeResponse(withoutModel)}).`,
        fix: 'Load the model at start, before /ping responds with status 200, and keep it in memory.',
        evidence,
      },
    ];
  },
};
