import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as tar from 'tar';
import {
  type Listener,
  ModelError,
  type NotHealthy,
  type Server,
  type ServingRequest,
  type StartUpWait,
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

describe('The wait for a serving container', () => {
  /** An engine whose containers are observed; `isIdle` and `listeners` are those of each reading in turn. */
  class ObservedEngine extends FakeEngine {
    public idle: (reading: number) => boolean | undefined = () => true;
    public listeners: Listener[] = [];
    private readings = 0;

    public override isIdle(): Promise<boolean | undefined> {
      return Promise.resolve(this.idle(this.readings++));
    }

    public override listening(): Promise<undefined> {
      return Promise.resolve(this.listeners as unknown as undefined);
    }
  }

  /** A container that runs until it is stopped, and has written some lines. */
  const running = (...lines: string[]): ObservedEngine =>
    new ObservedEngine((inside) => {
      lines.forEach((line) => inside.print(line));
      return inside.terminated.then(() => 0);
    });

  const statusOf =
    (status: number): RequestListener =>
    (_, response) =>
      void response.writeHead(status).end();

  async function errorOf(engine: FakeEngine, request: Partial<ServingRequest> = {}): Promise<NotHealthy> {
    const all = { startUpSeconds: 300, standstillSeconds: 0.5, ...request };
    return served(engine, all, () => Promise.resolve()).then(
      () => Promise.reject(new Error('It is healthy.')),
      (error: NotHealthy) => error,
    );
  }

  test.each([
    [
      '127.0.0.1 only',
      [{ address: '127.0.0.1', port: 8080 }],
      'it listens on port 8080 of 127.0.0.1 only. The container has been idle for 0.5 s. Listen on 0.0.0.0:8080.',
    ],
    [
      'other ports only',
      [
        { address: '0.0.0.0', port: 5000 },
        { address: '::', port: 5000 },
        { address: '0.0.0.0', port: 9000 },
      ],
      'it listens on port 5000, 9000, but not on port 8080. The container has been idle for 0.5 s. Listen on 0.0.0.0:8080.',
    ],
  ])('ends if it listens on %s, and is idle', async (_, listeners, reason) => {
    const engine = running();
    engine.listeners = listeners;
    expect(await errorOf(engine)).toMatchObject({ failure: 'silent', isStandstill: true, reason });
  });

  test('continues while it warms up on 127.0.0.1, and ends when it listens on all interfaces', async () => {
    const engine = running();
    engine.listeners = [{ address: '127.0.0.1', port: 8080 }];
    const server = createServer(healthy);
    // The port is free: a server had it before.
    const hostPort = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => {
        const { port } = server.address() as AddressInfo;
        server.close(() => resolve(port));
      }),
    );
    engine.idle = (reading) => {
      if (reading === 6) server.listen(hostPort, '127.0.0.1');
      return reading % 2 === 0;
    };
    const use = ({ url }: Server): Promise<void> => Promise.resolve(expect(url).toBe(`http://127.0.0.1:${hostPort}`));
    await served(engine, { hostPort, startUpSeconds: 300, standstillSeconds: 0.5 }, use).finally(() => server.close());
  });

  test.each([404, 405])('ends if /ping responds with status %d, and the container is idle', async (status) => {
    await withServer(statusOf(status), async (_, hostPort) => {
      expect(await errorOf(running(), { hostPort })).toMatchObject({
        failure: 'status',
        reason: `GET /ping responded with status ${status}, not 200. The container has been idle for 0.5 s.`,
      });
    });
  });

  test('ends if the container is idle after an error in its log, also if it responds with 503', async () => {
    const error = ['Traceback (most recent call last):', '  File "serve", line 3', 'FileNotFoundError: model.json'];
    await withServer(statusOf(503), async (_, hostPort) => {
      expect(await errorOf(running(...error), { hostPort })).toMatchObject({
        failure: 'status',
        reason:
          'GET /ping responded with status 503, not 200. The container has been idle for 0.5 s after the error in its log.',
      });
    });
  });

  test.each<[string, ObservedEngine, number]>([
    ['responds with 503, and its log has no error', running('loading'), 503],
    ['has handled the error in its log', running('ValueError: no cache', 'downloading the model'), 503],
    ['does not sleep', Object.assign(running(), { idle: (reading: number) => reading % 2 === 0 }), 404],
    ['runs where it cannot be observed', Object.assign(running(), { idle: () => undefined }), 404],
  ])('continues until the time limit if the container %s', async (_, engine, status) => {
    await withServer(statusOf(status), async (__, hostPort) => {
      const { isStandstill, reason } = await errorOf(engine, { hostPort, startUpSeconds: 1.5 });
      expect({ isStandstill, reason }).toEqual({
        isStandstill: false,
        reason: `GET /ping responded with status ${status}, not 200 (for 1.5 s).`,
      });
    });
  });

  test('continues while the log grows by more than the lines of pings', async () => {
    const print = (line: string): ObservedEngine =>
      new ObservedEngine(async (inside) => {
        const timer = setInterval(() => inside.print(line), 50).unref();
        await inside.terminated;
        clearInterval(timer);
        return 0;
      });
    await withServer(statusOf(404), async (_, hostPort) => {
      const growing = await errorOf(print('10% of the model'), { hostPort, startUpSeconds: 1.5 });
      const pinged = await errorOf(print('"GET /ping HTTP/1.1" 404 -'), { hostPort });
      expect([growing.isStandstill, pinged.isStandstill]).toEqual([false, true]);
    });
  });

  test('reports the last state and the time limit', async () => {
    const waits: StartUpWait[] = [];
    const engine = running();
    const work = withRun(engine, (run) =>
      serve(run, { image: 'image', startUpSeconds: 0.5 }, { onWait: (wait) => waits.push(wait) }),
    );
    await expect(work).rejects.toThrow('nothing listens on port 8080 (for 0.5 s). Listen on 0.0.0.0:8080.');
    expect(waits[0]).toMatchObject({ state: 'nothing listens on port 8080', limitSeconds: 0.5 });
  });

  test('that has failed shows the log from the beginning of its last error', async () => {
    const frames = Array.from({ length: 20 }, (_, index) => `  File "module_${index}.py", line 1`);
    const error = ['Traceback (most recent call last):', ...frames, 'ValueError: the model has 3 features'];
    const engine = new FakeEngine((inside) => (['starting', ...error].forEach((line) => inside.print(line)), 1));
    expect((await errorOf(engine)).message).toBe(
      [
        'The container did not become healthy: it exited with code 1 instead of serving.',
        'Its last lines:',
        ...error.map((line) => `  ${line}`),
      ].join('\n'),
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
