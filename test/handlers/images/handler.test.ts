import { Registry, URI, deliver } from './registry';

let registry: Registry;
beforeEach(() => {
  registry = new Registry();
});

describe('The handler of images', () => {
  test('sends the same response when an event is delivered twice', async () => {
    registry.push('1');
    expect(await deliver(registry)).toEqual(await deliver(registry));
  });

  test('does nothing for a Delete event', async () => {
    const body = await deliver(registry, {}, { RequestType: 'Delete', PhysicalResourceId: 'x' });
    expect(body).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'x' });
    expect(registry.requests).toEqual([]);
  });

  test('keeps the physical id when an Update event fails', async () => {
    const body = await deliver(registry, {}, { RequestType: 'Update', PhysicalResourceId: `${URI}@sha256:1` });
    expect(body).toMatchObject({ Status: 'FAILED', PhysicalResourceId: `${URI}@sha256:1` });
  });
});
