import type { Problem } from '../../core/finding';
import { isSuccessful } from '../../probe/serving-probe';
import type { Check } from '../check';
import { describeResponse, skipWithoutSample } from './response';

const ANY_TYPE = '*/*';

export const responseType: Check = {
  id: 'response-type',
  group: 'serving',
  severity: 'warning',
  fact: 'B22',
  title: 'Responses have a Content-Type, which is the one that Accept requests, and any type may be requested',
  skipReason: skipWithoutSample,
  run: async ({ serving }) => {
    await serving.requireSuccess();
    const problems: Problem[] = [];
    for (const accept of serving.specification.accepts ?? [undefined]) {
      const headers = accept === undefined ? undefined : { Accept: accept };
      const response = await serving.exclusively((url) => serving.invoke(url, serving.invocation(undefined, headers)));
      if (!isSuccessful(response)) continue;
      const type = mimeTypeOf(response.headers['content-type']);
      if (accept === undefined ? type !== '' : type === mimeTypeOf(accept)) continue;
      problems.push({
        message:
          type === ''
            ? 'The response has no Content-Type, which InvokeEndpoint returns to its caller.'
            : `A request with Accept ${accept} gets a response with Content-Type ${type}.`,
        fix: 'Respond in the format that Accept requests, and set Content-Type to this format.',
      });
    }
    const any = await serving.exclusively((url) =>
      serving.invoke(url, serving.invocation(undefined, { Accept: ANY_TYPE })),
    );
    if (isSuccessful(any)) return problems;
    return [
      ...problems,
      {
        message: `The sample request fails with Accept: ${ANY_TYPE}, which many clients send: ${describeResponse(any)}`,
        fix: `Respond to Accept: ${ANY_TYPE} in the default format of the model, as to a request without Accept.`,
      },
    ];
  },
};

/** A content type without its parameters. */
function mimeTypeOf(header = ''): string {
  return header.split(';')[0].trim().toLowerCase();
}
