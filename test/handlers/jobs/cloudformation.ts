import type { JobKind, PollInput } from '../../../lib/handlers/contract';
import type { StartEvent } from '../../../lib/handlers/jobs/events';
import { baseName } from '../../../lib/handlers/jobs/names';
import { createHash } from '../../../lib/handlers/jobs/owners';
import { physicalId } from '../../../lib/handlers/jobs/physical-id';
import type { World } from './simulation';

export const STACK_ID = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Prod/1';
export const PREFIX = 'prod-1a2b-train';

let requests = 0;

/** An event of a custom resource that starts a job, as CloudFormation sends it. */
export function event(
  type: StartEvent['RequestType'],
  overrides: Partial<StartEvent> & { identity?: string; kind?: JobKind } = {},
): StartEvent {
  const { identity = 'A', kind = 'training', ...rest } = overrides;
  const id = `request-${++requests}`;
  return {
    RequestType: type,
    RequestId: id,
    StackId: STACK_ID,
    LogicalResourceId: `Start${identity}`,
    ResponseURL: `https://response/${id}`,
    ResourceProperties: {
      Kind: kind,
      // The name of an algorithm, with the hash of its properties, is complete at synthesis.
      Prefix: kind === 'algorithm' ? nameOf(identity, STACK_ID, kind) : PREFIX,
      IsExactName: kind === 'algorithm' ? 'true' : undefined,
      Request: JSON.stringify({ OutputDataConfig: { S3OutputPath: 's3://bucket/out' }, RoleArn: 'role' }),
      Identity: identity,
      Tags: '[{"Key":"team","Value":"fraud"}]',
      StateMachineArn: 'waiter',
      WaitHandle: `https://handle/${identity}`,
    },
    ...rest,
  };
}

/** The name of the first attempt at a job. */
export function nameOf(identity = 'A', stackId = STACK_ID, kind: JobKind = 'training'): string {
  if (kind === 'algorithm') return `${PREFIX}-${identity.toLowerCase()}`;
  return baseName(PREFIX, identity, stackId);
}

export interface Response {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly PhysicalResourceId: string;
  readonly Reason?: string;
  readonly Data?: Record<string, string>;
}

/** The physical id of a job that a Create event has created. */
export function idOf(name: string, created: StartEvent): string {
  return physicalId(name, createHash(created.RequestId));
}

/** The physical id that CloudFormation has stored for a resource: that of the last response that created it. */
export function storedId(world: World, LogicalResourceId = 'StartA'): string | undefined {
  const created = world.requests.filter(
    ({ body }) => body.LogicalResourceId === LogicalResourceId && body.Status === 'SUCCESS',
  );
  return created.at(-1)?.body.PhysicalResourceId as string | undefined;
}

/** Delivers an event and returns the response. */
export async function deliver(world: World, sent: StartEvent): Promise<Response> {
  await world.until(world.invoke(sent));
  return responseTo(world, sent);
}

/** The last response to an event. */
export function responseTo(world: World, { ResponseURL }: StartEvent): Response {
  const responses = world.requests.filter(({ url }) => url === ResponseURL);
  if (responses.length === 0) throw new Error('The handler sent no response');
  return responses[responses.length - 1].body as unknown as Response;
}

/** The signals that were sent to a wait condition handle. */
export function signals(world: World, identity = 'A'): { Status: string; Reason: string; UniqueId: string }[] {
  return world.requests
    .filter(({ url }) => url === `https://handle/${identity}`)
    .map(({ body }) => body as unknown as { Status: string; Reason: string; UniqueId: string });
}

/** Polls a job as the waiter does, and returns whether the waiter is finished. */
export async function poll(world: World, overrides: Partial<PollInput> = {}): Promise<boolean> {
  const input: PollInput = {
    Kind: 'training',
    JobName: nameOf(),
    WaitHandle: 'https://handle/A',
    AllowMaxRuntimeExceeded: false,
    ...overrides,
  };
  return (await world.until(world.invoke(input)))?.IsFinished ?? false;
}
