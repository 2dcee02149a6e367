import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import * as tar from 'tar';
import { type CheckOptions, type CheckRequest, type CheckResult, checkIn, subjectOf } from '../../../local/check';
import { type EngineError, type ImageInfo, type Listener, withRun } from '../../../local/container';
import { FakeEngine, type Inside } from '../fake-engine';

export { type WebServer, serving } from '../fake-engine';

/** A new directory with files, by their relative paths. They are executable by default. */
export function directoryWith(files: Record<string, string | Buffer> = {}, mode = 0o755): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'test-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), content, { mode });
  }
  return directory;
}

/** An engine whose image has a configuration and files, and whose containers may be web servers. */
export class CheckEngine extends FakeEngine {
  public imageInfo: Partial<ImageInfo> = {};

  /** The directory of this machine that is the root directory of the image. */
  public imageRoot?: string;
  public store = 'overlay2';

  /** Where programs listen in a container that does not respond. */
  public listeners?: Listener[];
  public startError?: EngineError;

  /** Whether the containers are idle; not known by default. */
  public idle?: boolean;

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

  public override isIdle(): Promise<boolean | undefined> {
    return Promise.resolve(this.idle);
  }

  public override listening(): Promise<undefined> {
    return Promise.resolve(this.listeners as undefined);
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
