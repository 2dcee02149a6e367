import type { Wire } from '../services/wire/record';
import type { Operations } from './operations';

const { region = '', account = '' } = document.documentElement.dataset;

/** The account and the region of the local service, which it writes into the page. */
export const SERVICE = { region, account };

/** The prefixes of the operations in `X-Amz-Target`, by the signing names of the services. */
const TARGETS: Record<keyof Operations, string> = {
  sagemaker: 'SageMaker',
  logs: 'Logs_20140328',
  states: 'AWSStepFunctions',
};

/** A request that the service has rejected, or that got no response. */
export class RequestError extends Error {
  constructor(
    public readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Calls an operation of a service with a JSON protocol. */
export async function call<Service extends keyof Operations, Name extends keyof Operations[Service] & string>(
  service: Service,
  operation: Name,
  input: object = {},
): Promise<Wire<Operations[Service][Name]>> {
  const response = await send(service, '/', {
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `${TARGETS[service]}.${operation}` },
    body: JSON.stringify(input),
  });
  const output = (await response.json()) as Wire<Operations[Service][Name]> & ErrorBody;
  if (!response.ok) throw new RequestError(response.headers.get('x-amzn-errortype') ?? '', output.message ?? '');
  return output;
}

interface ErrorBody {
  readonly message?: string;
}

/** Calls an operation of CloudFormation. Returns the elements of the list in its result. */
export async function list(Action: string, parameters: Record<string, string> = {}): Promise<Element[]> {
  const response = await send('cloudformation', '/', { body: new URLSearchParams({ Action, ...parameters }) });
  const document = new DOMParser().parseFromString(await response.text(), 'application/xml');
  if (!response.ok) throw new RequestError(textIn(document, 'Code'), textIn(document, 'Message'));
  return [...document.querySelectorAll(`${Action}Result > * > member`)];
}

/** The text of the first element with a name; empty if there is none. */
export function textIn(parent: ParentNode, name: string): string {
  return parent.querySelector(name)?.textContent ?? '';
}

/** The request of an invocation: the payload, and the headers of the request with their values. */
export interface Invocation {
  readonly body: BodyInit;
  readonly headers: Record<string, string>;
}

/** Invokes an endpoint. The response can be an error of the model. */
export function invoke(endpoint: string, invocation: Invocation): Promise<Response> {
  return send('sagemaker', `/endpoints/${encodeURIComponent(endpoint)}/invocations`, invocation);
}

/** Queues a request of an asynchronous endpoint, whose headers name the object with the input. */
export function invokeAsynchronously(endpoint: string, headers: Record<string, string>): Promise<Response> {
  return send('sagemaker', `/endpoints/${encodeURIComponent(endpoint)}/async-invocations`, { headers });
}

/** Reads or writes an object in S3. */
export function object(method: 'GET' | 'PUT', uri: string, content: Partial<Invocation> = {}): Promise<Response> {
  const path = uri
    .replace(/^s3:\/\//, '')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
  return send('s3', `/${path}`, content, method);
}

/** The deployed stacks, with their resources that are recorded but not emulated, as `byoa local status` prints them. */
export async function status(): Promise<{ readonly stacks: { readonly name: string; readonly recorded: string[] }[] }> {
  return (await fetched('/_status', {})).json() as ReturnType<typeof status>;
}

function send(
  service: string,
  path: string,
  { body, headers }: Partial<Invocation>,
  method = 'POST',
): Promise<Response> {
  return fetched(path, { method, body, headers: { ...headers, authorization: authorization(service) } });
}

/**
 * The page acts as the user with the credentials of `byoa local run`. The service reads the access key, the region and the service of a
 * signature, but does not verify it, so that the page need not compute one: browsers compute none on other addresses than this machine.
 */
function authorization(service: string): string {
  const date = new Date().toISOString().slice(0, 10).replace(/-/g, '');
  const scope = `local/${date}/${region}/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`;
}

async function fetched(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch {
    throw new RequestError('', 'The local service does not respond. Start it with `byoa local up`.');
  }
}
