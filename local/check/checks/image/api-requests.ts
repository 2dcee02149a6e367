import { requestErrors } from '../../../aws-model/request-validation';
import type { Check } from '../../core/check';

/** A value that only the deployment knows. */
const UNKNOWN = '{{';

export const apiRequests: Check = {
  id: 'api-requests',
  group: 'image',
  severity: 'error',
  fact: 'I10',
  title: 'The requests of the app are such as the API takes',
  unless: ({ specification: { requests = [] } }) =>
    requests.length > 0 ? undefined : 'no app says what it asks for (--app)',
  run: ({ specification: { requests = [] } }) =>
    Promise.resolve(
      requests
        .flatMap(({ operation, input }) => requestErrors(operation, input).map((fault) => ({ operation, fault })))
        .filter(({ fault }) => !fault.includes(UNKNOWN) && !/JobName' failed/.test(fault))
        .map(({ operation, fault }) => ({
          message: `${operation} would be refused: ${fault}`,
          fix: 'Mend the property of the construct that says it.',
        })),
    ),
};
