import { type HttpResponse, NoResponse } from '../../../http';
import type { Check } from '../check';

const SHOWN_CHARACTERS = 200;

export function shown(body: Buffer): string {
  return body.toString().slice(0, SHOWN_CHARACTERS);
}

/** The status and body of a response, or why there is none. */
export function describeResponse(response: HttpResponse | NoResponse): string {
  if (response instanceof NoResponse) return response.message;
  return `status ${response.status}, ${JSON.stringify(shown(response.body))}`;
}

/** Skips checks that send the sample request to /invocations. */
export const skipWithoutSample = (({ specification: { serving } }) => {
  if (serving?.isMultiModel === true) return 'a multi-model endpoint does not use /invocations';
  return (serving?.requests ?? []).length > 0 ? undefined : 'there is no sample request (--request)';
}) satisfies Check['skipReason'];
