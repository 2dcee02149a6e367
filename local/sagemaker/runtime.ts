import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { LIMITS, SECONDS, SERVING } from '../../lib/private/contract';
import type { Endpoints, Host } from './control/endpoints';
import { type Answer, type Request, bodyOf } from './wire/request';
import { ServiceError } from './wire/service-error';

const PATH = /^\/endpoints\/([^/]+)\/invocations$/;

/** What travels from the caller to the container, and back. */
const TO_CONTAINER = [
  'content-type',
  'accept',
  'x-amzn-sagemaker-custom-attributes',
  'x-amzn-sagemaker-session-id',
  'x-amzn-sagemaker-inference-id',
];
const FROM_CONTAINER = ['content-type', 'x-amzn-sagemaker-custom-attributes'];

export function isInvocation({ path }: Request): boolean {
  return PATH.test(path);
}

/** SageMaker's runtime: passes requests on to the containers of endpoints. */
export class Runtime {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(private readonly endpoints: Endpoints) {}

  public async handle(request: Request): Promise<Answer> {
    try {
      return await this.invoke(request, PATH.exec(request.path)?.[1] ?? '');
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const original =
        error instanceof ModelFailure
          ? { OriginalStatusCode: error.originalStatus, OriginalMessage: error.originalMessage }
          : {};
      return {
        status: error.status,
        headers: { 'content-type': 'application/json', 'x-amzn-errortype': error.code },
        body: JSON.stringify({ message: error.message, Message: error.message, ...original }),
      };
    }
  }

  public close(): void {
    this.agent.destroy();
  }

  private async invoke(request: Request, name: string): Promise<Answer> {
    const host = choose(this.endpoints.hosts(name), request.headers['x-amzn-sagemaker-target-variant']);
    const body = await bodyOf(request, LIMITS.realtimePayloadBytes).catch((error: Error) => {
      throw new ServiceError(
        'ValidationError',
        `${error.message} An invocation has at most ${LIMITS.realtimePayloadBytes}.`,
      );
    });
    const response = await this.ask(host, request, body);
    const status = response.statusCode ?? 500;
    if (status < 200 || status > 299) throw new ModelFailure(host.variant, status, await textOf(response));
    const headers = picked(response.headers as Record<string, string | undefined>, FROM_CONTAINER);
    return { headers: { ...headers, 'x-amzn-invoked-production-variant': host.variant }, body: response };
  }

  private ask(host: Host, { headers }: Request, body: Buffer): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const asked = httpRequest(
        `${host.server.url}${SERVING.invocations}`,
        {
          method: 'POST',
          agent: this.agent,
          headers: { ...picked(headers, TO_CONTAINER), 'content-length': body.length },
        },
        resolve,
      );
      asked.setTimeout(SECONDS.invocation * 1000, () =>
        asked.destroy(new Error(`did not answer within ${SECONDS.invocation} s`)),
      );
      asked.on('error', (error) =>
        reject(
          new ModelFailure(host.variant, 0, `Your invocation timed out or failed: the container ${error.message}`),
        ),
      );
      asked.end(body);
    });
  }
}

/** The container answered with something else than success. */
class ModelFailure extends ServiceError {
  constructor(
    variant: string,
    public readonly originalStatus: number,
    public readonly originalMessage: string,
  ) {
    super(
      'ModelError',
      `Received server error (${originalStatus}) from ${variant} with message "${originalMessage}".`,
      424,
    );
  }
}

/** The variant that is asked for, or one by the weights. */
function choose(hosts: Host[], target?: string): Host {
  if (target !== undefined) {
    const host = hosts.find(({ variant }) => variant === target);
    if (host === undefined) throw new ServiceError('ValidationError', `Variant ${target} not found.`);
    return host;
  }
  const total = hosts.reduce((sum, { weight }) => sum + weight, 0);
  let left = Math.random() * total;
  return hosts.find(({ weight }) => (left -= weight) < 0) ?? hosts[0];
}

function picked(headers: Record<string, string | undefined>, names: string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])));
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response) text += (chunk as Buffer).toString();
  return text.slice(0, 2048);
}
