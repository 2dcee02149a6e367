import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import { WaitConditions } from '../../../../local/services/cloudformation/wait-conditions';
import { Context } from '../../../../local/services/context';
import type { ResourceRequest, ResourceState } from '../../../../local/services/resource-type';
import type { Request } from '../../../../local/services/wire/request';
import { FakeEngine } from '../../fake-engine';

let conditions: WaitConditions;
let handle: string;

const resource = (properties: object = {}, cancelled = new AbortController().signal): ResourceRequest => ({
  stackName: 'Stack',
  stackId: 'stack-id',
  logicalId: 'Condition',
  type: 'AWS::CloudFormation::WaitCondition',
  properties: properties as Record<string, unknown>,
  tags: [],
  onCreated: () => undefined,
  cancelled,
});

beforeEach(async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'conditions-'));
  conditions = new WaitConditions(new Context(directory, 'us-east-1', new FakeEngine(), () => '127.0.0.1:1'));
  handle = (await conditions.handle.create(resource())).physicalId;
});

async function signal(UniqueId: string, Status = 'SUCCESS', method = 'PUT'): Promise<number | undefined> {
  const body = JSON.stringify({ Status, UniqueId, Data: `data of ${UniqueId}`, Reason: `reason of ${UniqueId}` });
  const { pathname, searchParams } = new URL(handle);
  const stream = Readable.from([Buffer.from(body)]) as Request['stream'];
  const request = { method, path: pathname, query: searchParams, headers: {}, stream };
  const isUnsigned = (): never => {
    throw new Error('The request is not signed.');
  };
  return (await conditions.route.respond(request, isUnsigned)).status;
}

function create(properties: object = {}, cancelled?: AbortSignal): Promise<ResourceState> {
  return conditions.condition.create(resource({ Handle: handle, Timeout: '60', ...properties }, cancelled));
}

describe('A wait condition', () => {
  test('is complete when it has received its number of signals, and has their data', async () => {
    await signal('a');
    await signal('a');
    const created = create({ Count: '2' });
    await signal('b');
    const { attributes } = await created;
    expect(attributes).toEqual({ Data: '{"a":"data of a","b":"data of b"}' });
  });

  test('fails with the reason of a failure signal', async () => {
    await signal('a', 'FAILURE');
    await expect(create()).rejects.toThrow("WaitCondition received failed message: 'reason of a' for uniqueId: a");
  });

  test('fails after its timeout, and when another resource has failed', async () => {
    await expect(create({ Timeout: '-1' })).rejects.toThrow(
      'WaitCondition timed out. Received 0 conditions when expecting 1',
    );
    await expect(create({}, AbortSignal.abort())).rejects.toThrow('Resource creation cancelled');
  });

  test('receives signals by PUT only, and none after its handle was deleted', async () => {
    expect(await signal('a', 'SUCCESS', 'POST')).toBe(405);
    await conditions.handle.delete({ ...resource(), physicalId: handle, attributes: {} }, resource());
    expect(await signal('a')).toBe(403);
  });
});
