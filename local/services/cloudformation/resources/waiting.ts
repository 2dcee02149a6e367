import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Lambda } from '../../lambda/store';
import type { Context } from '../../context';
import type { Store } from '../../store';
import { type Answer, type Request, bodyOf } from '../../wire/request';
import { type Made, type Provider, type ProviderRequest, generatedName } from '../provider';

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

/** A function of a custom resource that has been called and has not answered yet. */
interface Call {
  readonly functionArn: string;
  readonly event: { readonly StackId: string; readonly LogicalResourceId: string; readonly RequestId: string };
  readonly received?: Response;
}

const SIGNALS = '/_cloudformation/signals/';
const RESPONSES = '/_cloudformation/responses/';
const POLL_MS = 100;
const CUSTOM_RESOURCE_TIMEOUT_SECONDS = 3600;

/** Resources that wait for somebody to call: custom resources for the answer of their function, wait conditions for signals. */
export class Waiting {
  private readonly signals: Store<{ received: Signal[] }>;
  private readonly calls: Store<Call>;

  constructor(
    private readonly context: Context,
    private readonly lambda: Lambda,
  ) {
    this.signals = context.store<{ received: Signal[] }>('signals');
    this.calls = context.store<Call>('calls');
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
      if (this.calls.get(id) === undefined) return { status: 403, body: 'Request has expired' };
      this.calls.update(id, { received: document as Response });
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
      await this.call('Delete', request, (await this.interrupted(stackId, logicalId)) ?? physicalId);
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
    // A function that never answers may have made something: it is asked to delete that under an id that it never gave.
    if (RequestType === 'Create') request.made(generatedName(request));
    const event = {
      RequestType,
      RequestId: id,
      StackId: request.stackId,
      LogicalResourceId: request.logicalId,
      ResourceType: request.type,
      PhysicalResourceId,
      ResourceProperties: strings(request.properties),
      ...(OldResourceProperties && { OldResourceProperties: strings(OldResourceProperties) }),
    };
    this.calls.put(id, { functionArn: String(request.properties.ServiceToken), event });
    try {
      const { Status, Reason, PhysicalResourceId: given, Data } = await this.answer(id);
      const physicalId = given ?? PhysicalResourceId ?? id;
      request.made(physicalId);
      if (Status === 'FAILED')
        throw new Error(`Received response status [FAILED] from custom resource. Message returned: ${Reason}`);
      return { physicalId, attributes: Data ?? {} };
    } finally {
      this.calls.delete(id);
    }
  }

  /**
   * What a function was doing for a resource when the service was killed is done again, as Lambda does it: then it is known
   * under which id it can be deleted.
   */
  private async interrupted(stackId: string, logicalId: string): Promise<string | undefined> {
    const isOfResource = ({ event }: Call): boolean =>
      event.StackId === stackId && event.LogicalResourceId === logicalId;
    let physicalId: string | undefined;
    for (const { event } of this.calls.list().filter(isOfResource)) {
      const { PhysicalResourceId } = await this.answer(event.RequestId).catch(() => ({
        PhysicalResourceId: undefined,
      }));
      this.calls.delete(event.RequestId);
      physicalId = PhysicalResourceId ?? physicalId;
    }
    return physicalId;
  }

  /** The function has been called asynchronously: what counts is what it PUTs. */
  private async answer(id: string): Promise<Response> {
    const { functionArn, event } = this.calls.get(id) as Call;
    let fault: Error | undefined;
    const ResponseURL = `${this.context.url}${RESPONSES}${id}`;
    const called = this.lambda.invoke(functionArn, { ...event, ResponseURL }).catch((error: Error) => (fault = error));
    const deadline = Date.now() + CUSTOM_RESOURCE_TIMEOUT_SECONDS * 1000;
    for (;;) {
      const received = this.calls.get(id)?.received;
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
