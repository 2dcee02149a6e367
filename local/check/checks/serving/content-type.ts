import type { Check } from '../check';
import { describeResponse, skipWithoutSample } from './response';

/** Content types whose parameter is a charset: those of text. */
const TEXT = /^text\/|^application\/(.*[+.-])?(json|jsonlines|ndjson|xml|yaml)$/;

export const contentType: Check = {
  id: 'content-type',
  group: 'serving',
  severity: 'warning',
  fact: 'B17',
  title: 'A content type with a parameter is accepted',
  skipReason: (context) => {
    const [{ contentType: type = '' } = {}] = context.specification.serving?.requests ?? [];
    const isText = TEXT.test(type.split(';')[0].trim().toLowerCase());
    return skipWithoutSample(context) ?? (isText ? undefined : `the content type "${type}" has no charset`);
  },
  run: async ({ serving }) => {
    const reference = await serving.reference();
    const sample = serving.sample();
    // The sample request itself is the proof.
    if (sample.contentType.includes(';')) return [];
    const withCharset = `${sample.contentType}; charset=utf-8`;
    const response = await serving.exclusively((url) =>
      serving.invoke(url, serving.invocation(sample, { 'Content-Type': withCharset })),
    );
    if (reference.isLike(response)) return [];
    return [
      {
        message: `The sample request succeeds with content type "${sample.contentType}", but fails with "${withCharset}", which many clients send: ${describeResponse(response)}`,
        fix: 'Compare only the part before the first semicolon.',
      },
    ];
  },
};
