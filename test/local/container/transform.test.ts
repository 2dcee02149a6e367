import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { transform, withRun } from '../../../local/container';
import { FakeEngine } from '../fake-engine';

type TransformRequest = Parameters<typeof transform>[1];

interface Seen {
  readonly bodies: string[];
  readonly headers: Record<string, unknown>[];
  mostPending: number;
  environment: Record<string, string>;
}

interface Container {
  /** The response to /execution-parameters. */
  readonly parameters?: object;

  /** The number of requests that must be pending before the container responds to them, the last one first. */
  readonly concurrency?: number;
}

/** Transforms objects by a container that responds to each request with its text in capitals. */
async function transformed(
  objects: Record<string, string | Buffer>,
  overrides: Partial<TransformRequest> = {},
  { parameters, concurrency = 1 }: Container = {},
): Promise<{ seen: Seen; outputs: Record<string, string>; directory: string; error?: string }> {
  const seen: Seen = { bodies: [], headers: [], mostPending: 0, environment: {} };
  const pending: (() => void)[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/ping') return void response.end();
    if (request.url === '/execution-parameters') {
      if (parameters === undefined) return void response.writeHead(404).end();
      return void response.end(JSON.stringify(parameters));
    }
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.bodies.push(body);
      seen.headers.push(request.headers);
      pending.unshift(() => response.writeHead(body.includes('bad') ? 400 : 200).end(body.toUpperCase()));
      seen.mostPending = Math.max(seen.mostPending, pending.length);
      // Requests beyond the expected concurrency get the time to arrive.
      if (pending.length >= concurrency) setTimeout(() => pending.splice(0).forEach((respond) => respond()), 10);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  class Engine extends FakeEngine {
    public override address(): Promise<string> {
      return Promise.resolve(address);
    }
  }
  const engine = new Engine(async ({ spec, terminated }) => {
    seen.environment = spec.environment;
    await terminated;
    return 0;
  });
  const directory = mkdtempSync(path.join(tmpdir(), 'transform-'));
  const files = Object.entries(objects).map(([name, content], index) => {
    const file = path.join(directory, `object-${index}`);
    writeFileSync(file, content);
    return { name, file };
  });
  const request: TransformRequest = {
    image: 'image',
    objects: files,
    split: 'Line',
    assembleWith: 'Line',
    outputDirectory: path.join(directory, 'out'),
    ...overrides,
  };
  let error: string | undefined;
  await withRun(engine, (run) => transform(run, request)).catch((thrown: Error) => (error = thrown.message));
  server.closeAllConnections();
  server.close();
  const written = Object.keys(objects).filter((name) => existsSync(path.join(directory, 'out', `${name}.out`)));
  const outputs = written.map((name): [string, string] => [
    name,
    readFileSync(path.join(directory, 'out', `${name}.out`), 'utf8'),
  ]);
  return { seen, outputs: Object.fromEntries(outputs), directory, error };
}

describe('A transform job', () => {
  test('sends several requests of one record at a time, and writes the responses in the order of the records', async () => {
    const { seen, outputs } = await transformed(
      { 'day/rows.csv': 'a\nb\r\n\nc\nd\n' },
      { batchStrategy: 'SingleRecord', maxConcurrentTransforms: 2, contentType: 'text/csv', accept: 'text/plain' },
      { concurrency: 2 },
    );
    expect([...seen.bodies].sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(outputs).toEqual({ 'day/rows.csv': 'A\nB\nC\nD\n' });
    expect(seen.mostPending).toBe(2);
    expect(seen.headers[0]).toMatchObject({ 'content-type': 'text/csv', accept: 'text/plain' });
  });

  test('sends as many records as fit, and passes the parameters of the job to the container', async () => {
    const record = 'x'.repeat(400 * 1024);
    const { seen } = await transformed(
      { rows: `${record}\n${record}\n${record}\n` },
      { batchStrategy: 'MultiRecord', maxPayloadInMB: 1 },
    );
    expect(seen.bodies.map((body) => body.split('\n').length)).toEqual([2, 1]);
    expect(seen.environment).toMatchObject({
      SAGEMAKER_BATCH: 'true',
      SAGEMAKER_BATCH_STRATEGY: 'MULTI_RECORD',
      SAGEMAKER_MAX_PAYLOAD_IN_MB: '1',
    });
    expect(seen.environment).not.toHaveProperty('SAGEMAKER_MAX_CONCURRENT_TRANSFORMS');
  });

  test('uses the parameters that the container suggests, unless the job specifies them', async () => {
    const suggestion = { MaxConcurrentTransforms: 2, BatchStrategy: 'SINGLE_RECORD', MaxPayloadInMB: 1 };
    const suggested = await transformed({ rows: 'a\nb' }, {}, { parameters: suggestion, concurrency: 2 });
    expect(suggested.seen.bodies).toHaveLength(2);
    const specified = await transformed(
      { rows: 'a\nb\nc' },
      { batchStrategy: 'MultiRecord' },
      { parameters: suggestion },
    );
    expect(specified.seen.bodies).toEqual(['a\nb\nc']);
  });

  test('sends a whole object when its split type is None, and decompresses it', async () => {
    const { seen, outputs } = await transformed(
      { packed: gzipSync('a\nb\n') },
      { split: 'None', isCompressed: true, assembleWith: 'None' },
    );
    expect([seen.bodies, outputs]).toEqual([['a\nb\n'], { packed: 'A\nB\n' }]);
  });

  test.each([
    ['the container rejects a record', { bad: 'a\nbad\n' }, {}, 'Received status 400 from the model'],
    [
      'a record is too large',
      { bad: 'x'.repeat(2 * 1024 * 1024) },
      { maxPayloadInMB: 1 },
      'MaxPayloadInMB allows 1048576',
    ],
  ])('fails when %s, and keeps the outputs of all other objects', async (_, bad, overrides, message) => {
    const { outputs, error } = await transformed({ good: 'a\n', ...bad, last: 'z\n' }, overrides);
    expect(outputs).toEqual({ good: 'A\n', last: 'Z\n' });
    expect(error).toContain('1 of 3 objects have failed, and have no output.\nbad: ');
    expect(error).toContain(message);
  });

  test('of one object fails with the reason of that object', async () => {
    const { outputs, error } = await transformed({ bad: 'a\nbad\n' });
    expect([outputs, error]).toEqual([{}, 'Received status 400 from the model with message "A\nBAD".']);
  });
});
