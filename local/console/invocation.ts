import { RequestError, invoke, invokeAsynchronously, object } from './aws';

/** The optional headers of InvokeEndpoint, by their labels. */
export const HEADERS: Record<string, string> = {
  Accept: 'accept',
  'Target variant': 'x-amzn-sagemaker-target-variant',
  'Target model': 'x-amzn-sagemaker-target-model',
  'Target container': 'x-amzn-sagemaker-target-container-hostname',
  'Inference component': 'x-amzn-sagemaker-inference-component',
  'Custom attributes': 'x-amzn-sagemaker-custom-attributes',
};

/** The optional headers of InvokeEndpointAsync, by their labels. */
export const ASYNC_HEADERS: Record<string, string> = {
  Accept: 'x-amzn-sagemaker-accept',
  'Custom attributes': 'x-amzn-sagemaker-custom-attributes',
  'Inference ID': 'x-amzn-sagemaker-inference-id',
};

const POLL_MILLISECONDS = 1000;

/** The response to an invocation, of the model or of the service. */
export interface Result {
  readonly contentType: string;

  /** The variant that has responded, or the object with the response. */
  readonly source: string;
  readonly milliseconds: number;
  readonly body: Blob;

  /** The body, if it is text. */
  readonly text?: string;
}

/** Invokes an endpoint with the fields of a form. */
export async function invoked(endpoint: string, form: FormData): Promise<Result> {
  const started = performance.now();
  const response = await invoke(endpoint, {
    body: payloadOf(form),
    headers: { 'content-type': valueOf(form, 'contentType'), ...headersOf(form, HEADERS) },
  });
  const variant = response.headers.get('x-amzn-invoked-production-variant') ?? '';
  return resultOf(response, `variant ${variant}`, started);
}

/** Uploads the input, if the form contains one, invokes an asynchronous endpoint with it, and waits for the output. */
export async function invokedAsynchronously(endpoint: string, form: FormData, signal: AbortSignal): Promise<Result> {
  const started = performance.now();
  const [input, contentType] = [valueOf(form, 'input'), valueOf(form, 'contentType')];
  const payload = payloadOf(form);
  if (payload !== '')
    await succeeded(await object('PUT', input, { body: payload, headers: { 'content-type': contentType } }));
  const headers = {
    'x-amzn-sagemaker-inputlocation': input,
    'x-amzn-sagemaker-content-type': contentType,
    ...headersOf(form, ASYNC_HEADERS),
  };
  const accepted = await succeeded(await invokeAsynchronously(endpoint, headers));
  const location = (name: string): string | null => accepted.headers.get(`x-amzn-sagemaker-${name}location`);
  const [output, failure] = [location('output') ?? '', location('failure')];
  for (;;) {
    signal.throwIfAborted();
    const response = await object('GET', output);
    if (response.ok) return resultOf(response, output, started);
    if (response.status !== 404) await succeeded(response);
    const failed = failure === null ? undefined : await object('GET', failure);
    if (failed?.ok === true) throw new RequestError('', await failed.text());
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
}

function valueOf(form: FormData, name: string): string {
  return form.get(name) as string;
}

function payloadOf(form: FormData): string | File {
  const file = form.get('file') as File;
  return file.name === '' ? valueOf(form, 'text') : file;
}

function headersOf(form: FormData, names: Record<string, string>): Record<string, string> {
  const given = Object.values(names).filter((name) => valueOf(form, name) !== '');
  return Object.fromEntries(given.map((name) => [name, valueOf(form, name)]));
}

async function resultOf(response: Response, source: string, started: number): Promise<Result> {
  const body = await (await succeeded(response)).blob();
  return {
    contentType: response.headers.get('content-type') ?? 'no content type',
    source,
    milliseconds: Math.round(performance.now() - started),
    body,
    text: textOf(await body.arrayBuffer()),
  };
}

/** @throws the error of the service, or of the model, whose original message has the reason */
async function succeeded(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw errorOf(response, await response.text());
}

function errorOf({ headers, status }: Response, text: string): RequestError {
  try {
    const { message = text } = JSON.parse(text) as { readonly message?: string };
    return new RequestError(headers.get('x-amzn-errortype') ?? String(status), message);
  } catch {
    return new RequestError(String(status), text);
  }
}

/** The text of a body; undefined if it is not text. */
function textOf(body: ArrayBuffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
