import { type Clock, isTransient, retry } from './retry';
import { truncate } from './truncate';

/** The members of a CloudFormation event that its response repeats, and the URL of the response. */
export interface ResourceEvent {
  readonly RequestId: string;
  readonly StackId: string;
  readonly LogicalResourceId: string;
  readonly ResponseURL: string;
}

/** The dependencies of a handler that sends responses. */
export interface ResponseDependencies extends Clock {
  /** PUTs JSON and returns the HTTP status. */
  put(url: string, body: string): Promise<number>;
}

/** The time before the end of the function that is reserved for the response. Work must stop before it. */
export const RESPONSE_MS = 60_000;

/** The maximum duration of an HTTP request. */
const REQUEST_MS = 15_000;

/** A response has at most 4096 bytes. All members except the reason are short. */
const MAX_REASON_BYTES = 2500;

/** The outcome of an event that has succeeded. */
export interface Outcome {
  readonly PhysicalResourceId: string;
  readonly Data?: object;
}

/**
 * Processes an event and sends the response that CloudFormation expects to every event; without it, the resource fails after its
 * service timeout. The response is sent before the function ends, even if a request hangs, and retried until then.
 *
 * @param failedId the physical id in the response if the event fails
 */
export async function respond(
  event: ResourceEvent,
  failedId: string,
  work: () => Promise<Outcome>,
  dependencies: ResponseDependencies,
  functionEnd: number,
): Promise<void> {
  const { RequestId, StackId, LogicalResourceId } = event;
  const remaining = functionEnd - RESPONSE_MS / 2 - dependencies.now();
  const outcome = await within(remaining, work).then(succeeded, (error: Error) => failed(error, failedId));
  const body = JSON.stringify({ RequestId, StackId, LogicalResourceId, ...outcome });
  await retry(dependencies, functionEnd - REQUEST_MS, isTransient, async () => {
    const status = await dependencies.put(event.ResponseURL, body);
    if (status >= 300) throw Object.assign(new Error(`Response: HTTP ${status}`), { name: 'ServiceUnavailable' });
  });
}

/** Waits for work, which stops in time unless a request hangs. */
async function within<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('A request to AWS did not end in time')), milliseconds);
  });
  return Promise.race([work(), expired]).finally(() => clearTimeout(timer));
}

function succeeded(outcome: Outcome): object {
  return { Status: 'SUCCESS', ...outcome };
}

function failed({ name, message }: Error, PhysicalResourceId: string): object {
  const reason = name === 'Error' ? message : `${name}: ${message}`;
  return { Status: 'FAILED', PhysicalResourceId, Reason: truncate(reason, MAX_REASON_BYTES) };
}

/** The signature of a pre-signed URL covers no content type. */
export async function put(url: string, body: string): Promise<number> {
  const response = await fetch(url, {
    method: 'PUT',
    body,
    headers: { 'content-type': '' },
    signal: AbortSignal.timeout(REQUEST_MS),
  });
  await response.arrayBuffer();
  return response.status;
}
