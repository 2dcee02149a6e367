import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '../context';
import type { Permissions } from '../iam';
import type { Functions } from '../lambda';
import { type ResourceRequest, type ResourceState, type ResourceType, generatedName } from '../resource-type';
import type { Route } from '../service';
import type { Store } from '../store';
import { type Request, type Response, readBody } from '../wire/request';

/** The response that the function of a custom resource sends to the response URL. */
interface CustomResourceResponse {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly PhysicalResourceId?: string;
  readonly Reason?: string;
  readonly Data?: Record<string, unknown>;
}

/** An invocation of the function whose response is not processed yet. */
interface Invocation {
  readonly functionArn: string;
  readonly event: { readonly StackId: string; readonly LogicalResourceId: string; readonly RequestId: string };
  readonly response?: CustomResourceResponse;
}

type Owner = Pick<ResourceRequest, 'stackId' | 'logicalId' | 'type' | 'properties'>;

/** The members of an event that differ between the request types. */
interface EventDetails {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly PhysicalResourceId?: string;
  readonly OldResourceProperties?: unknown;
}

const PATH = '/_cloudformation/responses/';
const POLL_MS = 100;
const TIMEOUT_SECONDS = 3600;

/** Custom resources: their functions run, and respond to a URL of this service. */
export class CustomResources {
  public readonly route: Route = {
    path: new RegExp(`^${PATH}`),
    respond: (request) => this.receive(request),
  };
  public readonly type: ResourceType = {
    create: async (request) => {
      // A function that never responds may have created something: a rollback lets it delete that under this ID.
      request.onCreated(generatedName(request));
      return this.invoke(request, { RequestType: 'Create' }, (physicalId) => request.onCreated(physicalId));
    },
    update: ({ physicalId: PhysicalResourceId, properties }, request) => {
      const OldResourceProperties = asText(properties);
      return this.invoke(request, { RequestType: 'Update', PhysicalResourceId, OldResourceProperties });
    },
    delete: async (current, { stackId }) => {
      const owner = { ...current, stackId };
      const PhysicalResourceId = (await this.repeatInterrupted(owner)) ?? current.physicalId;
      await this.invoke(owner, { RequestType: 'Delete', PhysicalResourceId });
    },
  };
  private readonly invocations: Store<Invocation>;

  constructor(
    private readonly context: Context,
    private readonly functions: Functions,
    private readonly permissions: Permissions,
  ) {
    this.invocations = context.store<Invocation>('custom-resource-invocations');
  }

  private async receive(request: Request): Promise<Response> {
    if (request.method !== 'PUT') return { status: 405 };
    const id = request.path.slice(PATH.length);
    const response = JSON.parse((await readBody(request)).toString()) as CustomResourceResponse;
    if (this.invocations.get(id) === undefined) return { status: 403, body: 'Request has expired' };
    this.invocations.update(id, { response });
    return {};
  }

  private async invoke(
    { stackId, logicalId, type, properties }: Owner,
    details: EventDetails,
    onPhysicalId: (physicalId: string) => void = () => undefined,
  ): Promise<ResourceState> {
    const id = randomUUID();
    const event = {
      RequestId: id,
      StackId: stackId,
      LogicalResourceId: logicalId,
      ResourceType: type,
      ResourceProperties: asText(properties),
      ...details,
    };
    this.invocations.put(id, { functionArn: String(properties.ServiceToken), event });
    try {
      const { Status, Reason, PhysicalResourceId, Data: attributes = {} } = await this.responseTo(id);
      const physicalId = PhysicalResourceId ?? details.PhysicalResourceId ?? id;
      onPhysicalId(physicalId);
      if (Status === 'FAILED') {
        throw new Error(`Received response status [FAILED] from custom resource. Message returned: ${Reason}`);
      }
      return { physicalId, attributes };
    } finally {
      this.invocations.delete(id);
    }
  }

  /**
   * Repeats the invocations that were interrupted when the service stopped, as Lambda retries them. Returns the physical ID
   * that a function responds with, under which the resource can be deleted.
   */
  private async repeatInterrupted({ stackId, logicalId }: Owner): Promise<string | undefined> {
    let physicalId: string | undefined;
    for (const { event } of this.invocations.list()) {
      if (event.StackId !== stackId || event.LogicalResourceId !== logicalId) continue;
      const response = await this.responseTo(event.RequestId).catch(() => undefined);
      this.invocations.delete(event.RequestId);
      physicalId = response?.PhysicalResourceId ?? physicalId;
    }
    return physicalId;
  }

  /** Invokes the function asynchronously: the result is not what it returns, but what it sends to the response URL. */
  private async responseTo(id: string): Promise<CustomResourceResponse> {
    const { functionArn, event } = this.invocations.get(id) as Invocation;
    let failure: Error | undefined;
    const ResponseURL = `${this.context.url}${PATH}${id}`;
    const invocation = this.functions
      .invoke(this.permissions.administrator, functionArn, { ...event, ResponseURL })
      .catch((error: Error) => (failure = error));
    const deadline = Date.now() + TIMEOUT_SECONDS * 1000;
    for (;;) {
      const response = this.invocations.get(id)?.response;
      if (response !== undefined) {
        await invocation;
        return response;
      }
      if (failure !== undefined) throw new Error(`The function of the custom resource failed: ${failure.message}`);
      if (Date.now() > deadline) {
        throw new Error('CloudFormation did not receive a response from your Custom Resource.');
      }
      await pause(POLL_MS);
    }
  }
}

/** CloudFormation converts every scalar in the properties of a custom resource to text. */
function asText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asText);
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, asText(part)]));
}
