import { LABELS } from '../../../contract';
import type { Problem } from '../../core/finding';
import type { Check } from '../check';

export const labels: Check = {
  id: 'labels',
  group: 'image',
  severity: 'error',
  fact: 'B12, B39',
  title: 'The image has the labels that multi-model endpoints and inference pipelines require',
  skipReason: ({ specification: { serving } }) =>
    serving?.isMultiModel === true || serving?.isPipeline === true
      ? undefined
      : 'the endpoint is neither multi-model nor an inference pipeline (--multi-model, --pipeline)',
  run: async (context) => {
    const { image, isMultiModel, isPipeline } = context.serving.specification;
    const { labels: actual } = await context.image.info(image);
    const missing = (isRequired: boolean | undefined, label: string, use: string): Problem[] =>
      isRequired !== true || actual[label] === 'true'
        ? []
        : [
            {
              message: `${context.image.nameOf(image)} does not have the label ${label}=true, which ${use} requires.`,
              fix: `Add it to the Dockerfile: LABEL ${label}=true.`,
            },
          ];
    return [
      ...missing(isMultiModel, LABELS.multiModels, 'a multi-model endpoint'),
      ...missing(isPipeline, LABELS.acceptBindToPort, 'a model with several containers'),
    ];
  },
};
