import { isSuccessful } from '../../probe/serving-probe';
import type { Check } from '../check';
import { describeResponse, skipWithoutSample } from './response';

export const contentType: Check = {
  id: 'content-type',
  group: 'serving',
  severity: 'warning',
  fact: 'B17',
  title: 'A content type with a parameter is accepted',
  skipReason: skipWithoutSample,
  run: async ({ serving }) => {
    await serving.requireSuccess();
    const sample = serving.sample();
    const withCharset = `${sample.contentType}; charset=utf-8`;
    const response = await serving.exclusively((url) =>
      serving.invoke(url, serving.invocation(sample, { 'Content-Type': withCharset })),
    );
    if (isSuccessful(response)) return [];
    return [
      {
        message: `The sample request succeeds with content type "${sample.contentType}", but fails with "${withCharset}", which many clients send: ${describeResponse(response)}`,
        fix: 'Compare only the part before the first semicolon.',
      },
    ];
  },
};
