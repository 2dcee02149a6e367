import { LABELS } from '../../../contract';
import type { Check, Problem } from '../../core/check';

export const labels: Check = {
  id: 'labels',
  group: 'image',
  severity: 'error',
  fact: 'B12, B39',
  title: 'The image has the labels that its way of serving needs',
  unless: ({ specification: { serving } }) =>
    serving?.isMultiModel === true || serving?.isPipeline === true
      ? undefined
      : 'an image that serves one model alone needs no label',
  run: async (lab) => {
    const { image, isMultiModel, isPipeline } = lab.serving.specification;
    const { labels: given } = await lab.image.info(image);
    const lacks = (isNeeded: boolean | undefined, label: string, what: string): Problem[] =>
      isNeeded !== true || given[label] === 'true'
        ? []
        : [
            {
              message: `${image} has no label ${label}=true, without which SageMaker refuses ${what}.`,
              fix: `Add it to the Dockerfile: LABEL ${label}=true.`,
            },
          ];
    return [
      ...lacks(isMultiModel, LABELS.multiModels, 'it for many models'),
      ...lacks(isPipeline, LABELS.acceptBindToPort, 'it beside other containers'),
    ];
  },
};
