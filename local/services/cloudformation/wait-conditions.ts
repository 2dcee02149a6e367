import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '../context';
import type { ResourceState, ResourceType } from '../resource-type';
import type { Route } from '../service';
import type { Store } from '../store';
import { type Request, type Response, readBody } from '../wire/request';

interface Signal {
  readonly Status: 'SUCCESS' | 'FAILURE';
  readonly UniqueId: string;
  readonly Data?: string;
  readonly Reason?: string;
}

interface ConditionProperties {
  readonly Handle: string;
  readonly Count?: number | string;
  readonly Timeout: number | string;
}

const PATH = '/_cloudformation/signals/';
const POLL_MS = 100;

/** Wait conditions, which are complete when they have received their signals. */
export class WaitConditions {
  public readonly route: Route = {
    path: new RegExp(`^${PATH}`),
    respond: (request) => this.receive(request),
  };
  public readonly handle: ResourceType = {
    create: () => {
      const id = randomUUID();
      this.signals.put(id, { received: [] });
      return Promise.resolve({ physicalId: `${this.context.url}${PATH}${id}` });
    },
    update: ({ physicalId }) => Promise.resolve({ physicalId }),
    delete: ({ physicalId }) => Promise.resolve(this.signals.delete(idOf(physicalId))),
  };
  public readonly condition: ResourceType = {
    create: ({ properties, stackId, logicalId, cancelled }) =>
      this.untilSignalled(properties as unknown as ConditionProperties, `${stackId}/${logicalId}`, cancelled),
    // CloudFormation does not support updates of wait conditions: a condition is complete only once.
    update: ({ physicalId, attributes }) => Promise.resolve({ physicalId, attributes }),
    delete: () => Promise.resolve(),
  };
  private readonly signals: Store<{ received: Signal[] }>;

  constructor(private readonly context: Context) {
    this.signals = context.store<{ received: Signal[] }>('signals');
  }

  private async receive(request: Request): Promise<Response> {
    if (request.method !== 'PUT') return { status: 405 };
    const id = idOf(request.path);
    const signal = JSON.parse((await readBody(request)).toString()) as Signal;
    const handle = this.signals.get(id);
    if (handle === undefined) return { status: 403, body: 'Request has expired' };
    const others = handle.received.filter(({ UniqueId }) => UniqueId !== signal.UniqueId);
    this.signals.put(id, { received: [...others, signal] });
    return {};
  }

  private async untilSignalled(
    { Handle, Count = 1, Timeout }: ConditionProperties,
    physicalId: string,
    cancelled: AbortSignal,
  ): Promise<ResourceState> {
    const deadline = Date.now() + Number(Timeout) * 1000;
    for (;;) {
      const received = this.signals.get(idOf(String(Handle)))?.received ?? [];
      const failure = received.find(({ Status }) => Status === 'FAILURE');
      if (failure !== undefined) {
        const { Reason, UniqueId } = failure;
        throw new Error(`WaitCondition received failed message: '${Reason}' for uniqueId: ${UniqueId}`);
      }
      if (received.length >= Number(Count)) {
        const data = Object.fromEntries(received.map(({ UniqueId, Data = '' }) => [UniqueId, Data]));
        return { physicalId, attributes: { Data: JSON.stringify(data) } };
      }
      if (cancelled.aborted) throw new Error('Resource creation cancelled');
      if (Date.now() > deadline) {
        throw new Error(`WaitCondition timed out. Received ${received.length} conditions when expecting ${Count}`);
      }
      await pause(POLL_MS);
    }
  }
}

function idOf(url: string): string {
  return url.split('/').pop() ?? '';
}
