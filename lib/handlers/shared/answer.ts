import { fitting } from './fitting';
import { type Clock, isTransient, retrying } from './retrying';

/** What of an event of CloudFormation an answer repeats. */
export interface Answerable {
  readonly RequestId: string;
  readonly StackId: string;
  readonly LogicalResourceId: string;
  readonly ResponseURL: string;
}

/** What answering takes. */
export interface Answering extends Clock {
  /** PUTs JSON and returns the HTTP status. */
  put(url: string, body: string): Promise<number>;
}

const ANSWER_DEADLINE_MS = 30_000;

/** An answer has at most 4096 bytes; all but the reason is far shorter. */
const MAX_REASON_BYTES = 2500;

/** What an answer says of a failure. */
export function failed(error: Error, PhysicalResourceId: string): object {
  const { name, message } = error;
  const reason = name === 'Error' ? message : `${name}: ${message}`;
  return { Status: 'FAILED', PhysicalResourceId, Reason: fitting(reason, MAX_REASON_BYTES) };
}

/** CloudFormation waits for an answer to every event, and for an hour if there is none. */
export async function answer(event: Answerable, outcome: object, dependencies: Answering): Promise<void> {
  const { RequestId, StackId, LogicalResourceId } = event;
  const body = JSON.stringify({ RequestId, StackId, LogicalResourceId, ...outcome });
  await retrying(dependencies, dependencies.now() + ANSWER_DEADLINE_MS, isTransient, async () => {
    const status = await dependencies.put(event.ResponseURL, body);
    if (status >= 300) throw Object.assign(new Error(`Answer: HTTP ${status}`), { name: 'ServiceUnavailable' });
  });
}

/** Pre-signed URLs are signed without a content type. */
export async function put(url: string, body: string): Promise<number> {
  const response = await fetch(url, { method: 'PUT', body, headers: { 'content-type': '' } });
  await response.arrayBuffer();
  return response.status;
}
