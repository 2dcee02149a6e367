import { requestErrors } from '../../../aws-model/request-validation';
import type { Check } from '../check';

/** The start of a reference to a value that is only known at deployment. */
const REFERENCE = '{{';

export const apiRequests: Check = {
  id: 'api-requests',
  group: 'image',
  severity: 'error',
  fact: 'I10',
  title: 'The API requests of the app are valid',
  skipReason: ({ specification: { requests = [] } }) =>
    requests.length > 0 ? undefined : 'there are no API requests without an app (--app)',
  run: ({ specification: { requests = [] } }) =>
    Promise.resolve(
      requests
        .flatMap(({ operation, input }) => requestErrors(operation, input).map((error) => ({ operation, error })))
        // The name of a job is generated at deployment.
        .filter(({ error }) => !error.includes(REFERENCE) && !/JobName' failed/.test(error))
        .map(({ operation, error }) => ({
          message: `${operation} would fail with a validation error: ${error}`,
          fix: 'Correct the property of the construct that sets this member.',
        })),
    ),
};
