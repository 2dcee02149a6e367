import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as tar from 'tar';
import {
  ModelError,
  type Server,
  type ServingRequest,
  invoke,
  serve,
  untilUnhealthy,
  withRun,
} from '../../../local/container';
import FORWARDER from '../../../local/container/forwarder.json';
import { FakeEngine, type Inside, serving } from '../fake-engine';

function scratch(): string {
  return mkdtempSync(path.join(tmpdir(), 'test-'));
}

/** An engine whose container is a web server on a port of this machine. */
async function withServer<T>(
  listener: RequestListener,
  work: (engine: FakeEngine, hostPort: number) => Promise<T>,
  inspect: (inside: Inside) => void = () => undefined,
): Promise<T> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const engine = new FakeEngine(async (inside) => {
    inspect(inside);
    await inside.terminated;
    return 0;
  });
  try {
    return await work(engine, (server.address() as AddressInfo).port);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function served(
  engine: FakeEngine,
  request: Partial<ServingRequest>,
  use: (server: Server) => Promise<void>,
): Promise<void> {
  return withRun(engine, async (run) => use(await serve(run, { image: 'image', ...request })));
}

const healthy: RequestListener = (_, response) => void response.end();

describe('A serving container', () => {
  test('without a model sees the one that its image brings: nothing is mounted over it', async () => {
    await withServer(healthy, (engine, hostPort) =>
      served(engine, { hostPort }, () => Promise.resolve(expect(engine.history[0].mounts).toEqual([]))),
    );
  });

  test('gets "serve", the model read-only, and a port of the loopback interface', async () => {
    const model = scratch();
    writeFileSync(path.join(model, 'model.json'), '{}');
    let seen = '';
    await withServer(
      healthy,
      (engine, hostPort) =>
        served(engine, { model, hostPort, user: '65533', environment: { A: '1' } }, async () => {
          expect(engine.history[0]).toMatchObject({
            command: ['serve'],
            mounts: [{ source: model, target: '/opt/ml/model', readOnly: true }],
            publish: { port: 8080, hostPort },
            user: '65533',
            environment: { A: '1', AWS_REGION: 'us-east-1' },
          });
          await Promise.resolve();
        }),
      (inside) => (seen = readFileSync(inside.host('/opt/ml/model/model.json'), 'utf8')),
    );
    expect(seen).toBe('{}');
  });

  test('finds its model archive unpacked', async () => {
    const directory = scratch();
    writeFileSync(path.join(directory, 'model.json'), '{"a":1}');
    const model = path.join(scratch(), 'model.tar.gz');
    await tar.create({ gzip: true, file: model, cwd: directory }, ['model.json']);
    let seen = '';
    await withServer(
      healthy,
      (engine, hostPort) => served(engine, { model, hostPort }, () => Promise.resolve()),
      (inside) => (seen = readFileSync(inside.host('/opt/ml/model/model.json'), 'utf8')),
    );
    expect(seen).toBe('{"a":1}');
  });

  test('is reached through a container that forwards connections when it is isolated, and publishes nothing', async () => {
    const engine = new FakeEngine(serving(() => ({ listener: healthy })));
    await served(engine, { networkIsolation: true, hostPort: 8080 }, async ({ url }) => {
      const [container, forwarder] = engine.containers.values();
      const [[network, { isolated }]] = engine.networks;
      expect(isolated).toBe(true);
      expect(container).toMatchObject({ networks: [network], spec: { nameServer: '127.0.0.1' } });
      expect(container.spec.publish).toBeUndefined();
      expect(forwarder).toMatchObject({
        networks: ['bridge', network],
        files: ['/byoa-forwarder'],
        spec: {
          entrypoint: ['/byoa-forwarder'],
          command: ['8080', ...new URL(url).host.split(':')],
          environment: {},
          mounts: [],
          publish: { port: 8080, hostPort: 8080 },
          sysctls: { 'net.ipv4.ip_forward': '0' },
        },
      });
      await Promise.resolve();
    });
    expect([engine.containers.size, engine.networks.size]).toEqual([0, 0]);
  });

  test('with network isolation and a platform that SageMaker does not have is rejected', async () => {
    const engine = new FakeEngine(serving(() => ({ listener: healthy })));
    const info = await engine.inspectImage('image');
    engine.inspectImage = () => Promise.resolve(info && { ...info, platform: 'linux/s390x' });
    await expect(served(engine, { networkIsolation: true }, () => Promise.resolve())).rejects.toThrow(
      'must have one of the platforms linux/amd64, linux/arm64, got: "linux/s390x". Build the image with --platform linux/amd64.',
    );
  });

  test('is forwarded by a program that was compiled from its source', () => {
    const source = readFileSync(path.join(__dirname, '..', '..', '..', 'local', 'container', 'forwarder.c'));
    expect(createHash('sha256').update(source).digest('hex')).toBe(FORWARDER.sourceHash);
  });

  test('is healthy when it responds to /ping with 200', async () => {
    let pings = 0;
    const late: RequestListener = (_, response) => void response.writeHead(++pings < 3 ? 503 : 200).end();
    await withServer(late, (engine, hostPort) => served(engine, { hostPort }, () => Promise.resolve()));
    expect(pings).toBe(3);
  });

  test('that never becomes healthy is reported with the status of its pings', async () => {
    const sick: RequestListener = (_, response) => void response.writeHead(500).end();
    await withServer(sick, async (engine, hostPort) => {
      const serving = served(engine, { hostPort, startUpSeconds: 0.3, pingTimeoutSeconds: 60 }, () =>
        Promise.resolve(),
      );
      await expect(serving).rejects.toThrow(
        'did not become healthy: GET /ping responded with status 500, not 200 (for 0.3 s)',
      );
    });
  });

  test('that responds to no ping in time is reported with the time limit of a ping', async () => {
    const silent: RequestListener = () => undefined;
    await withServer(silent, async (engine, hostPort) => {
      const serving = served(engine, { hostPort, startUpSeconds: 0.2, pingTimeoutSeconds: 0.1 }, () =>
        Promise.resolve(),
      );
      await expect(serving).rejects.toThrow('GET /ping got no response within 0.1 s');
    });
  });

  test('that listens on 127.0.0.1 only is reported before the start-up time limit', async () => {
    class LoopbackEngine extends FakeEngine {
      public readings = 0;

      public override listening(): Promise<never> {
        this.readings++;
        return Promise.resolve([{ address: '127.0.0.1', port: 8080 }] as never);
      }
    }
    const engine = new LoopbackEngine(({ terminated }) => terminated.then(() => 0));
    const serving = served(engine, { startUpSeconds: 300 }, () => Promise.resolve());
    await expect(serving).rejects.toThrow('it listens on port 8080 of 127.0.0.1 only. Listen on 0.0.0.0.');
    expect(engine.readings).toBe(3);
  });

  test('that exits instead is reported at once, with its exit code and its last log lines', async () => {
    const engine = new FakeEngine((inside) => (inside.print('ModuleNotFoundError: flask', 'stderr'), 3));
    const serving = served(engine, { startUpSeconds: 60 }, () => Promise.resolve());
    await expect(serving).rejects.toThrow(
      'it exited with code 3 instead of serving.\nIts last lines:\n  ModuleNotFoundError: flask',
    );
    expect(engine.containers.size).toBe(0);
  });

  test('is stopped with SIGTERM and the grace period of SageMaker', async () => {
    await withServer(healthy, (engine, hostPort) =>
      served(engine, { hostPort }, async (server) => {
        expect(await server.stop()).toBe(0);
        expect(engine.graces).toEqual([30]);
      }),
    );
  });
});

describe('An invocation', () => {
  function invoked(listener: RequestListener, request: Partial<Parameters<typeof invoke>[1]> = {}) {
    return withServer(listener, (_, port) =>
      invoke(`http://127.0.0.1:${port}`, { body: Buffer.from('1,2'), ...request }),
    );
  }

  test('passes on body, content types and custom attributes, and returns those of the response', async () => {
    const echo: RequestListener = (request, response) => {
      const { 'content-type': type, accept, 'x-amzn-sagemaker-custom-attributes': custom } = request.headers;
      response.setHeader('Content-Type', 'text/plain').setHeader('X-Amzn-SageMaker-Custom-Attributes', 'mine');
      response.write(`${request.method} ${request.url} ${type} ${accept} ${String(custom)} `);
      request.pipe(response);
    };
    const response = await invoked(echo, { contentType: 'text/csv', accept: 'text/plain', customAttributes: 'yours' });
    expect(response).toMatchObject({ contentType: 'text/plain', customAttributes: 'mine' });
    expect(Buffer.from(response.body).toString()).toBe('POST /invocations text/csv text/plain yours 1,2');
  });

  test('fails with the status and the message of the model when the model responds with an error', async () => {
    const bad: RequestListener = (_, response) => void response.writeHead(415).end('send text/csv');
    const error = await invoked(bad).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({ originalStatusCode: 415, originalMessage: 'send text/csv' });
  });

  test('fails when the model does not respond within the time limit', async () => {
    await expect(invoked(() => undefined, { timeoutSeconds: 0.05 })).rejects.toThrow('no response within 0.05 s');
  });

  test('is rejected when the body is larger than the limit of an endpoint', async () => {
    await expect(invoked(healthy, { body: Buffer.alloc(25 * 1024 * 1024 + 1) })).rejects.toThrow(
      'at most 26214400 bytes, got 26214401',
    );
  });

  test('fails with the URL when nothing listens', async () => {
    await expect(invoke('http://127.0.0.1:1', { body: Buffer.alloc(0) })).rejects.toThrow(
      'The model at http://127.0.0.1:1/invocations cannot be invoked: the connection failed: connect ECONNREFUSED',
    );
  });
});

describe('A container in service is not healthy any more', () => {
  const HEALTH = { intervalSeconds: 0.01, failures: 3 };

  /** Waits with a web server that responds to pings, and returns the reason and the number of pings. */
  async function unhealthy(
    respond: (count: number) => number | 'nothing',
    { ended = new Promise<number>(() => undefined), isBusy = (): boolean => false } = {},
  ): Promise<{ reason: string | undefined; pings: number }> {
    let pings = 0;
    const stop = new AbortController();
    const listener: RequestListener = (_, response) => {
      const status = respond(++pings);
      if (status === 'nothing') response.destroy();
      else response.writeHead(status).end();
      if (pings === 20) stop.abort();
    };
    const reason = await withServer(listener, (_, port) =>
      untilUnhealthy({ url: `http://127.0.0.1:${port}`, ended }, stop.signal, { ...HEALTH, isBusy }),
    );
    return { reason, pings };
  }

  test('when three consecutive pings fail', async () => {
    expect(await unhealthy((count) => (count < 5 ? 200 : 503))).toEqual({
      reason: 'GET /ping responded with status 503, not 200, 3 consecutive times',
      pings: 7,
    });
  });

  test('when it does not respond to three consecutive pings', async () => {
    expect(await unhealthy(() => 'nothing')).toEqual({
      reason: 'GET /ping got no response, 3 consecutive times',
      pings: 3,
    });
  });

  test.each([
    ['one ping in three succeeds', (count: number) => (count % 3 === 0 ? 200 : 500), false],
    ['it fails while it processes a request', () => 500, true],
  ])('but not when %s', async (_, respond, isBusy) => {
    expect(await unhealthy(respond, { isBusy: () => isBusy })).toEqual({ reason: undefined, pings: 20 });
  });

  test('when it has ended, or was removed', async () => {
    expect(await unhealthy(() => 200, { ended: Promise.resolve(3) })).toMatchObject({
      reason: 'it exited with code 3',
    });
    const ended = Promise.reject<number>(new Error('No such container'));
    expect(await unhealthy(() => 200, { ended })).toMatchObject({ reason: 'it was removed' });
  });
});
