import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Lambda } from '../../aws/lambda';
import type { Context } from '../../context';
import type { Store } from '../../store';
import { type Answer, type Request, bodyOf } from '../../wire/request';
import type { Made, Provider, ProviderRequest } from '../provider';

interface Signal {
  readonly Status: 'SUCCESS' | 'FAILURE';
  readonly UniqueId: string;
  readonly Data?: string;
  readonly Reason?: string;
}

interface Response {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly PhysicalResourceId?: string;
  readonly Reason?: string;
  readonly Data?: Record<string, unknown>;
}

const SIGNALS = '/_cloudformation/signals/';
const RESPONSES = '/_cloudformation/responses/';
const POLL_MS = 100;
const CUSTOM_RESOURCE_TIMEOUT_SECONDS = 3600;

/** Resources that wait for somebody to call: custom resources for the answer of their function, wait conditions for signals. */
export class Waiting {
  private readonly signals: Store<{ received: Signal[] }>;
  private readonly responses: Store<{ received?: Response }>;

  constructor(
    private readonly context: Context,
    private readonly lambda: Lambda,
  ) {
    this.signals = context.store<{ received: Signal[] }>('signals');
    this.responses = context.store<{ received?: Response }>('responses');
  }

  /** Whether a request is such a call. */
  public isCall({ path }: Request): boolean {
    return path.startsWith(SIGNALS) || path.startsWith(RESPONSES);
  }

  public async onCall(request: Request): Promise<Answer> {
    if (request.method !== 'PUT') return { status: 405 };
    const id = request.path.split('/').pop() ?? '';
    const document: unknown = JSON.parse((await bodyOf(request)).toString());
    if (request.path.startsWith(RESPONSES)) {
      if (this.responses.get(id) === undefined) return { status: 403, body: 'Request has expired' };
      this.responses.put(id, { received: document as Response });
      return {};
    }
    const handle = this.signals.get(id);
    if (handle === undefined) return { status: 403, body: 'Request has expired' };
    const signal = document as Signal;
    const others = handle.received.filter(({ UniqueId }) => UniqueId !== signal.UniqueId);
    this.signals.put(id, { received: [...others, signal] });
    return {};
  }

  public readonly handle: Provider = {
    create: () => {
      const id = randomUUID();
      this.signals.put(id, { received: [] });
      return Promise.resolve({ physicalId: `${this.context.url}${SIGNALS}${id}` });
    },
    update: (current) => Promise.resolve({ physicalId: current.physicalId }),
    delete: ({ physicalId }) => Promise.resolve(this.signals.delete(physicalId.split('/').pop() ?? '')),
  };

  public readonly condition: Provider = {
    create: ({ properties, stackId, logicalId, cancelled }) =>
      this.untilSignalled(properties, `${stackId}/${logicalId}`, cancelled),
    // Its properties cannot change; a condition is met once.
    update: (current) => Promise.resolve({ physicalId: current.physicalId, attributes: current.attributes }),
    delete: () => Promise.resolve(),
  };

  public readonly custom: Provider = {
    create: async (request) => this.call('Create', request),
    update: async (current, request) => this.call('Update', request, current.physicalId, current.properties),
    delete: async ({ physicalId, properties, logicalId, type }, { stackId, stackName }) => {
      const request = {
        stackId,
        stackName,
        logicalId,
        type,
        properties,
        tags: [],
        made: () => undefined,
        cancelled: new AbortController().signal,
      };
      await this.call('Delete', request, physicalId);
    },
  };

  private async untilSignalled(
    properties: Record<string, unknown>,
    physicalId: string,
    cancelled: AbortSignal,
  ): Promise<Made> {
    const id = String(properties.Handle).split('/').pop() ?? '';
    const count = Number(properties.Count ?? 1);
    const deadline = Date.now() + Number(properties.Timeout) * 1000;
    for (;;) {
      const received = this.signals.get(id)?.received ?? [];
      const failure = received.find(({ Status }) => Status === 'FAILURE');
      if (failure !== undefined)
        throw new Error(`WaitCondition received failed message: '${failure.Reason}' for uniqueId: ${failure.UniqueId}`);
      if (received.length >= count) {
        const Data = JSON.stringify(
          Object.fromEntries(received.map(({ UniqueId, Data: data = '' }) => [UniqueId, data])),
        );
        return { physicalId, attributes: { Data } };
      }
      if (cancelled.aborted) throw new Error('Resource creation cancelled');
      if (Date.now() > deadline)
        throw new Error(`WaitCondition timed out. Received ${received.length} conditions when expecting ${count}`);
      await pause(POLL_MS);
    }
  }

  private async call(
    RequestType: 'Create' | 'Update' | 'Delete',
    request: ProviderRequest,
    PhysicalResourceId?: string,
    OldResourceProperties?: Record<string, unknown>,
  ): Promise<Made> {
    const id = randomUUID();
    this.responses.put(id, {});
    const event = {
      RequestType,
      RequestId: id,
      StackId: request.stackId,
      LogicalResourceId: request.logicalId,
      ResourceType: request.type,
      PhysicalResourceId,
      ResponseURL: `${this.context.url}${RESPONSES}${id}`,
      ResourceProperties: strings(request.properties),
      ...(OldResourceProperties && { OldResourceProperties: strings(OldResourceProperties) }),
    };
    try {
      const {
        Status,
        Reason,
        PhysicalResourceId: given,
        Data,
      } = await this.answer(id, String(request.properties.ServiceToken), event);
      const physicalId = given ?? PhysicalResourceId ?? id;
      request.made(physicalId);
      if (Status === 'FAILED')
        throw new Error(`Received response status [FAILED] from custom resource. Message returned: ${Reason}`);
      return { physicalId, attributes: Data ?? {} };
    } finally {
      this.responses.delete(id);
    }
  }

  /** The function has been called asynchronously: what counts is what it PUTs. */
  private async answer(id: string, functionArn: string, event: object): Promise<Response> {
    let fault: Error | undefined;
    const called = this.lambda.invoke(functionArn, event).catch((error: Error) => (fault = error));
    const deadline = Date.now() + CUSTOM_RESOURCE_TIMEOUT_SECONDS * 1000;
    for (;;) {
      const received = this.responses.get(id)?.received;
      if (received !== undefined) {
        await called;
        return received;
      }
      if (fault !== undefined) throw new Error(`The function of the custom resource failed: ${fault.message}`);
      if (Date.now() > deadline)
        throw new Error('CloudFormation did not receive a response from your Custom Resource.');
      await pause(POLL_MS);
    }
  }
}

/** CloudFormation turns every scalar of a custom resource's properties into text. */
function strings(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strings);
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, strings(part)]));
}
