import type { Check, Problem } from '../../core/check';
import { NoResponse, isSuccess } from '../../../http';
import { hasSample } from './invocations';

export const mimeOf = (header = ''): string => header.split(';')[0].trim().toLowerCase();

export const responseType: Check = {
  id: 'response-type',
  group: 'serving',
  severity: 'warning',
  fact: 'B22',
  title: 'Answers say their content type, and it is the one that was asked for',
  unless: hasSample,
  run: async (lab) => {
    await lab.serving.answering();
    const problems: Problem[] = [];
    for (const accept of lab.serving.specification.accepts ?? [undefined]) {
      const headers = accept === undefined ? undefined : { Accept: accept };
      const answer = await lab.serving.alone((url) =>
        lab.serving.invoke(url, lab.serving.invocation(undefined, headers)),
      );
      if (answer instanceof NoResponse || !isSuccess(answer)) continue;
      const type = mimeOf(answer.headers['content-type']);
      if (accept === undefined ? type !== '' : type === mimeOf(accept)) continue;
      problems.push({
        message:
          type === ''
            ? 'The answer has no Content-Type, which InvokeEndpoint would pass on to its caller.'
            : `HttpRequest for ${accept}, the container answers with Content-Type ${type}.`,
        fix: 'Set Content-Type to the format of the answer, and answer in the format that Accept names.',
      });
    }
    return problems;
  },
};
