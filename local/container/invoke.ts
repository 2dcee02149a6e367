import { LIMITS, SECONDS, SERVING } from '../contract';
import { type HttpRequest, type HttpResponse, NoResponse, isSuccess, sendRequest } from '../http';

export interface InvocationRequest {
  readonly body: Uint8Array;
  readonly contentType?: string;
  readonly accept?: string;
  readonly customAttributes?: string;
  readonly timeoutSeconds?: number;

  /** The maximum size of the request: the limit of a real-time endpoint, if undefined. */
  readonly maxBytes?: number;
}

export interface InvocationResult {
  readonly contentType?: string;
  readonly customAttributes?: string;
  readonly body: Uint8Array;
}

/** The container responded with an error status. */
export class ModelError extends Error {
  public override readonly name = 'ModelError';

  constructor(
    public readonly originalStatusCode: number,
    public readonly originalMessage: string,
  ) {
    super(`Received status ${originalStatusCode} from the model with message "${originalMessage}".`);
  }
}

const CUSTOM_ATTRIBUTES = 'X-Amzn-SageMaker-Custom-Attributes';

/** Invokes a serving container as InvokeEndpoint does. */
export async function invoke(url: string, request: InvocationRequest): Promise<InvocationResult> {
  const { body, contentType, accept, customAttributes, timeoutSeconds = SECONDS.invocation } = request;
  const { maxBytes = LIMITS.realtimePayloadBytes } = request;
  if (body.byteLength > maxBytes) throw new Error(`A request has at most ${maxBytes} bytes, got ${body.byteLength}.`);
  const response = await send(`${url}${SERVING.invocations}`, {
    method: 'POST',
    headers: {
      ...(contentType === undefined ? {} : { 'Content-Type': contentType }),
      ...(accept === undefined ? {} : { Accept: accept }),
      ...(customAttributes === undefined ? {} : { [CUSTOM_ATTRIBUTES]: customAttributes }),
    },
    body,
    timeoutSeconds,
  });
  if (!isSuccess(response)) throw new ModelError(response.status, response.body.toString().slice(0, 2048));
  return {
    contentType: response.headers['content-type'],
    customAttributes: response.headers[CUSTOM_ATTRIBUTES.toLowerCase()] as string | undefined,
    body: response.body,
  };
}

async function send(url: string, request: HttpRequest): Promise<HttpResponse> {
  const response = await sendRequest(url, request);
  if (!(response instanceof NoResponse)) return response;
  const reason = response.isLate
    ? `${response.message}, the time limit of an invocation.`
    : `${response.message}. Is this the address of a running container?`;
  throw new Error(`The model at ${url} cannot be invoked: ${reason}`);
}
