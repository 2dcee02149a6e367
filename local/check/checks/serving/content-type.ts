import type { Check } from '../../core/check';
import { NoResponse, isSuccess } from '../../../http';
import { hasSample, said } from './invocations';

export const contentType: Check = {
  id: 'content-type',
  group: 'serving',
  severity: 'warning',
  fact: 'B17',
  title: 'A content type with a parameter is understood',
  unless: hasSample,
  run: async (lab) => {
    await lab.serving.answering();
    const sample = lab.serving.sample();
    const withCharset = `${sample.contentType}; charset=utf-8`;
    const answer = await lab.serving.alone((url) =>
      lab.serving.invoke(url, lab.serving.invocation(sample, { 'Content-Type': withCharset })),
    );
    if (!(answer instanceof NoResponse) && isSuccess(answer)) return [];
    return [
      {
        message: `The sample is answered as "${sample.contentType}", and not as "${withCharset}", which many clients send: ${said(answer)}`,
        fix: 'Compare the part before the first semicolon alone.',
      },
    ];
  },
};
