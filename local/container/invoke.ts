import { LIMITS, SECONDS, SERVING } from '../contract';

export interface InvocationRequest {
  readonly body: Uint8Array;
  readonly contentType?: string;
  readonly accept?: string;
  readonly customAttributes?: string;
  readonly timeoutSeconds?: number;

  /** What a request may have at most: as a real-time endpoint allows, unless something else is said. */
  readonly maxBytes?: number;
}

export interface InvocationResult {
  readonly contentType?: string;
  readonly customAttributes?: string;
  readonly body: Uint8Array;
}

/** The container answered with something else than success. */
export class ModelError extends Error {
  public override readonly name = 'ModelError';

  constructor(
    public readonly originalStatusCode: number,
    public readonly originalMessage: string,
  ) {
    super(`Received status ${originalStatusCode} from the model with message "${originalMessage}".`);
  }
}

/** Asks a serving container as InvokeEndpoint does. */
export async function invoke(url: string, request: InvocationRequest): Promise<InvocationResult> {
  const { body, contentType, accept, customAttributes, timeoutSeconds = SECONDS.invocation } = request;
  const { maxBytes = LIMITS.realtimePayloadBytes } = request;
  if (body.byteLength > maxBytes) throw new Error(`A request has at most ${maxBytes} bytes, got ${body.byteLength}.`);
  const response = await send(`${url}${SERVING.invocations}`, timeoutSeconds, {
    method: 'POST',
    headers: {
      ...(contentType === undefined ? {} : { 'Content-Type': contentType }),
      ...(accept === undefined ? {} : { Accept: accept }),
      ...(customAttributes === undefined ? {} : { 'X-Amzn-SageMaker-Custom-Attributes': customAttributes }),
    },
    body,
  });
  const answer = new Uint8Array(await response.arrayBuffer());
  if (!response.ok) throw new ModelError(response.status, Buffer.from(answer).toString().slice(0, 2048));
  return {
    contentType: response.headers.get('Content-Type') ?? undefined,
    customAttributes: response.headers.get('X-Amzn-SageMaker-Custom-Attributes') ?? undefined,
    body: answer,
  };
}

async function send(url: string, timeoutSeconds: number, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(timeoutSeconds * 1000) });
  } catch (error) {
    if ((error as Error).name === 'TimeoutError') {
      throw new Error(
        `The model did not answer within ${timeoutSeconds} s, the time that a real-time endpoint gives it.`,
      );
    }
    throw new Error(`The model cannot be reached at ${url}: ${String((error as Error).cause ?? error)}`);
  }
}
