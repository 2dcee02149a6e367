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
  mostAtATime: number;
  environment: Record<string, string>;
}

/** Answers each request with its text in capitals, the first ones the slowest. */
async function transformed(
  objects: Record<string, string | Buffer>,
  overrides: Partial<TransformRequest> = {},
  parameters?: object,
): Promise<{ seen: Seen; outputs: Record<string, string>; directory: string; fault?: string }> {
  const seen: Seen = { bodies: [], headers: [], mostAtATime: 0, environment: {} };
  let current = 0;
  const server = createServer((request, response) => {
    if (request.url === '/ping') return void response.end();
    if (request.url === '/execution-parameters') {
      if (parameters === undefined) return void response.writeHead(404).end();
      return void response.end(JSON.stringify(parameters));
    }
    seen.mostAtATime = Math.max(seen.mostAtATime, ++current);
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.bodies.push(body);
      seen.headers.push(request.headers);
      // Answers come in another order than requests, once there are several at a time.
      setTimeout(() => {
        current--;
        response.writeHead(body.includes('bad') ? 400 : 200).end(body.toUpperCase());
      }, 30 / seen.bodies.length);
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
  let fault: string | undefined;
  await withRun(engine, (run) => transform(run, request)).catch((error: Error) => (fault = error.message));
  server.closeAllConnections();
  server.close();
  const made = Object.keys(objects).filter((name) => existsSync(path.join(directory, 'out', `${name}.out`)));
  const outputs = made.map((name): [string, string] => [
    name,
    readFileSync(path.join(directory, 'out', `${name}.out`), 'utf8'),
  ]);
  return { seen, outputs: Object.fromEntries(outputs), directory, fault };
}

describe('A transform job', () => {
  test('sends one record a request, several at a time, and writes the answers in the order of the records', async () => {
    const { seen, outputs } = await transformed(
      { 'day/rows.csv': 'a\nb\r\n\nc\nd\n' },
      { batchStrategy: 'SingleRecord', maxConcurrentTransforms: 2, contentType: 'text/csv', accept: 'text/plain' },
    );
    expect([...seen.bodies].sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(outputs).toEqual({ 'day/rows.csv': 'A\nB\nC\nD\n' });
    expect(seen.mostAtATime).toBe(2);
    expect(seen.headers[0]).toMatchObject({ 'content-type': 'text/csv', accept: 'text/plain' });
  });

  test('sends as many records as fit, and tells the container what the job says', async () => {
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

  test('does as the container suggests where the job says nothing, and as the job says where it does', async () => {
    const suggestion = { MaxConcurrentTransforms: 2, BatchStrategy: 'SINGLE_RECORD', MaxPayloadInMB: 1 };
    const suggested = await transformed({ rows: 'a\nb\nc' }, {}, suggestion);
    expect(suggested.seen.bodies).toHaveLength(3);
    const said = await transformed({ rows: 'a\nb\nc' }, { batchStrategy: 'MultiRecord' }, suggestion);
    expect(said.seen.bodies).toEqual(['a\nb\nc']);
  });

  test('sends an object as it is when nothing splits it, and unpacks it when it is packed', async () => {
    const { seen, outputs } = await transformed(
      { packed: gzipSync('a\nb\n') },
      { split: 'None', isCompressed: true, assembleWith: 'None' },
    );
    expect([seen.bodies, outputs]).toEqual([['a\nb\n'], { packed: 'A\nB\n' }]);
  });

  test.each([
    ['the container refuses a record', { bad: 'a\nbad\n' }, {}, 'Received status 400 from the model'],
    [
      'a record is too large',
      { bad: 'x'.repeat(2 * 1024 * 1024) },
      { maxPayloadInMB: 1 },
      'MaxPayloadInMB allows 1048576',
    ],
  ])('fails when %s, keeps what was made before, and leaves nothing in part', async (_, bad, overrides, message) => {
    const { outputs, fault, seen } = await transformed({ good: 'a\n', ...bad, never: 'z\n' }, overrides);
    expect([outputs, fault]).toEqual([{ good: 'A\n' }, expect.stringContaining(message)]);
    expect(seen.bodies).not.toContain('z');
  });
});
