import type { Check } from '../../core/check';
import { NoResponse, isSuccess } from '../../../http';
import { hasSample, said } from './invocations';

const HEADERS = {
  'X-Amzn-SageMaker-Custom-Attributes': 'trace=1',
  'X-Amzn-SageMaker-Inference-Id': 'an-id',
  'X-Amzn-Something-New': 'whatever comes',
};

export const extraHeaders: Check = {
  id: 'extra-headers',
  group: 'serving',
  severity: 'error',
  fact: 'B17, B21',
  title: 'Headers that the platform adds are ignored',
  unless: hasSample,
  run: async (lab) => {
    await lab.serving.answering();
    const answer = await lab.serving.alone((url) =>
      lab.serving.invoke(url, lab.serving.invocation(undefined, HEADERS)),
    );
    if (!(answer instanceof NoResponse) && isSuccess(answer)) return [];
    return [
      {
        message: `With headers such as X-Amzn-SageMaker-Custom-Attributes the sample is not answered: ${said(answer)}`,
        fix: 'Ignore headers that are not known: SageMaker may add some at any time.',
      },
    ];
  },
};
