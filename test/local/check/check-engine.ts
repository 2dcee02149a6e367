import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, type RequestListener, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import * as tar from 'tar';
import { type CheckOptions, type CheckRequest, type CheckResult, checkIn, subjectOf } from '../../../local/check';
import { type ContainerSpec, type EngineError, type ImageInfo, type Listener, withRun } from '../../../local/container';
import { FakeEngine, type Inside, type Program } from '../fake-engine';

/** A new directory with files, by their relative paths. */
export function directoryWith(files: Record<string, string | Buffer> = {}): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'test-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), content);
  }
  return directory;
}

const servers = new WeakMap<ContainerSpec, { server: Server; port: Promise<number> }>();

/** A web server in a container; it ends when the container is stopped or removed. */
export interface WebServer {
  readonly listener: RequestListener;

  /** The port in the container. */
  readonly port?: number;

  /** The handler of SIGTERM; the default completes the requests in flight. */
  readonly onStop?: (server: Server) => Promise<void> | void;
}

/** A program that runs a web server. */
export function serving(serverOf: (inside: Inside) => WebServer | number): Program {
  return async (inside) => {
    const web = serverOf(inside);
    if (typeof web === 'number') return web;
    const { listener, port = 8080, onStop = complete } = web;
    if (port !== (inside.spec.publish?.port ?? 8080)) return inside.terminated.then(() => 0);
    const server = createServer(listener);
    const listening = new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
    );
    servers.set(inside.spec, { server, port: listening });
    await inside.terminated;
    await onStop(server);
    return 0;
  };
}

const complete = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

/** An engine whose image has a configuration and files, and whose containers may be web servers. */
export class CheckEngine extends FakeEngine {
  public imageInfo: Partial<ImageInfo> = {};

  /** The directory of this machine that is the root directory of the image. */
  public imageRoot?: string;
  public store = 'overlay2';

  /** Where programs listen in a container that does not respond. */
  public listeners?: Listener[];
  public startError?: EngineError;

  public override async inspectImage(image: string): Promise<ImageInfo | undefined> {
    const info = await super.inspectImage(image);
    return info && { ...info, ...this.imageInfo };
  }

  public override imageStore(): Promise<string> {
    return Promise.resolve(this.store);
  }

  public override fetchArchive(_container?: string, file = ''): Readable {
    const source = path.join(this.imageRoot ?? '/does-not-exist', file);
    if (!existsSync(source)) return super.fetchArchive();
    return Readable.from(tar.create({ cwd: path.dirname(source) }, [path.basename(source)]));
  }

  public override async start(id: string): Promise<void> {
    if (this.startError !== undefined) throw this.startError;
    await super.start(id);
  }

  public override async address(id: string): Promise<string> {
    const spec = this.containers.get(id)?.spec;
    const server = spec === undefined ? undefined : servers.get(spec);
    return server === undefined ? '127.0.0.1:1' : `127.0.0.1:${await server.port}`;
  }

  public override listening(): Promise<undefined> {
    return Promise.resolve(this.listeners as undefined);
  }

  public override async remove(id: string): Promise<void> {
    const spec = this.containers.get(id)?.spec;
    const server = spec === undefined ? undefined : servers.get(spec)?.server;
    server?.closeAllConnections();
    server?.close();
    await super.remove(id);
  }
}

export function check(
  engine: FakeEngine,
  request: Omit<CheckRequest, 'source'>,
  options: CheckOptions = {},
): Promise<CheckResult> {
  return withRun(engine, (run) => checkIn(run, subjectOf({ source: 'image', ...request }), options));
}

/** The ids of the checks with findings, each once. */
export const findingIds = ({ findings }: CheckResult): string[] => [...new Set(findings.map(({ id }) => id))];

export const outcomeOf = ({ checks }: CheckResult, id: string): CheckResult['checks'][number] | undefined =>
  checks.find((outcome) => outcome.id === id);

/** A training program that fulfills the contract. */
export function train(inside: Inside): number {
  const data = path.join(inside.host('/opt/ml/input/data/train'), 'rows.csv');
  if (readFileSync(data, 'utf8') !== ROWS) {
    writeFileSync(inside.host('/opt/ml/output/failure'), 'no rows');
    return 1;
  }
  inside.print('loss=0.5;');
  writeFileSync(inside.host('/opt/ml/model/model.json'), '{}');
  return 0;
}

export const ROWS = '1,2\n3,4\n';

export const channel = (): { name: string; directory: string } => ({
  name: 'train',
  directory: directoryWith({ 'rows.csv': ROWS }),
});

export interface Reply {
  readonly status?: number;
  readonly type?: string;
  readonly body?: string;
  readonly location?: string;
}

export type Handler = (request: IncomingMessage, body: string) => Reply | Promise<Reply>;

/** A web server with handlers by method and route, or by route for all methods. */
export function routes(handlers: Record<string, Handler>): RequestListener {
  return (request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const handler = handlers[`${request.method} ${request.url}`] ?? handlers[request.url ?? ''];
      const reply = handler === undefined ? { status: 404 } : await handler(request, Buffer.concat(chunks).toString());
      const { status = 200, type, body = '', location } = reply;
      response.writeHead(status, {
        'Content-Length': body.length,
        ...(type === undefined ? {} : { 'Content-Type': type }),
        ...(location === undefined ? {} : { Location: location }),
      });
      response.end(body);
    })().catch(() => response.destroy());
  };
}

/** Handlers of a server that fulfills the contract: it returns the rows of a request. */
export const HANDLERS = {
  '/ping': () => ({}),
  'POST /invocations': (request: IncomingMessage, body: string): Reply => {
    const [type] = (request.headers['content-type'] ?? '').split(';');
    if (type !== 'text/csv') return { status: 415 };
    return /^[\d,\n]+$/.test(body) ? { type, body } : { status: 400 };
  },
};
