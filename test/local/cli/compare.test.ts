import { XMLParser } from 'fast-xml-parser';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { type RequestListener, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { ComparisonResult } from '../../../local/compare';
import { byoa } from './byoa';

const directory = mkdtempSync(path.join(tmpdir(), 'compare-'));
const rows = path.join(directory, 'rows.csv');
const servers: Server[] = [];

beforeAll(() => writeFileSync(rows, '1\n2\n3\n4\n'));
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A model that responds with a function of the row; undefined is an error. */
function model(respond: (row: number) => number | undefined): Promise<string> {
  return listen((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const score = respond(Number(Buffer.concat(chunks).toString()));
      if (score === undefined) return response.writeHead(500).end('no score');
      return response.setHeader('content-type', 'application/json').end(JSON.stringify({ score, time: Math.random() }));
    });
  });
}

const COMMON = ['--request', rows, '--split', 'line', '--json-path', '$.score'];
const compare = (a: string, b: string, ...options: string[]): ReturnType<typeof byoa> =>
  byoa(['compare', a, b, ...COMMON, ...options]);

describe('`byoa compare`', () => {
  test('exits with code 0 and prints the figures when all responses are the same', async () => {
    const [a, b] = [await model((row) => row), await model((row) => row + 0.001)];
    const { code, stdout, stderr } = await compare(a, b, '--tolerance', '0.01');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('4 of 4 requests have the same response (100 %)\n');
    expect(stdout).toMatch(/^errors +0 +0$/m);
    expect(stdout).toMatch(/^latency p99 +[0-9.]+ ms +[0-9.]+ ms$/m);
    expect(stdout).toMatch(/^memory +unknown +unknown$/m);
  });

  test('exits with code 1 and names the requests when fewer responses are the same than specified', async () => {
    const [a, b] = [await model((row) => row), await model((row) => (row === 2 ? 0 : row))];
    const { code, stdout } = await compare(a, b, '--min-agreement', '0.8');
    expect(code).toBe(1);
    expect(stdout).toContain('3 of 4 requests have the same response (75 %), less than --min-agreement 80 %\n');
    expect(stdout).toContain(`  ${rows}:2: $.score[0] is 2 in a, and 0 in b\n`);
    expect(await compare(a, b, '--min-agreement', '0.75')).toMatchObject({ code: 0 });
  });

  test('exits with code 0 if exactly the specified part of the responses is the same', async () => {
    const hundred = path.join(directory, 'hundred.csv');
    writeFileSync(hundred, Array.from({ length: 100 }, (_, index) => `${index}\n`).join(''));
    const [a, b] = [await model((row) => row), await model((row) => (row < 7 ? -1 : row))];
    const { code, stdout } = await byoa([
      ...[
        'compare',
        a,
        b,
        '--request',
        hundred,
        '--split',
        'line',
        '--json-path',
        '$.score',
        '--min-agreement',
        '0.93',
      ],
    ]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('93 of 100 requests have the same response (93 %)\n') as unknown,
    });
  });

  test('exits with code 2 if --json-path selects no value in any response, in which all of them would be the same', async () => {
    const a = await model((row) => row);
    const { code, stdout, stderr } = await compare(a, a, '--json-path', '$.scores');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('--json-path: "$.scores" selects no value in any response');
  });

  test('counts a request that fails as no agreement, also if both models fail', async () => {
    const failing = await model((row) => (row === 4 ? undefined : row));
    const { code, stdout } = await compare(failing, failing, '--format', 'json', '--repeat', '2');
    const { agreement, sides, disagreements } = JSON.parse(stdout) as ComparisonResult;
    expect([code, agreement, sides.a.errorCount, sides.b.errorCount]).toEqual([1, 0.75, 2, 2]);
    const error = 'Received status 500 from the model with message "no score".';
    expect(disagreements).toEqual([{ request: `${rows}:4`, errors: { a: error, b: error } }]);
  });

  test('writes a JUnit report whose cases fail only if there are too many of them', async () => {
    const [a, b] = [await model((row) => row), await model((row) => (row === 2 ? 0 : row))];
    const suiteOf = async (...options: string[]): Promise<Record<string, unknown>> => {
      const { stdout } = await compare(a, b, '--format', 'junit', ...options);
      const parser = new XMLParser({ ignoreAttributes: false });
      return (parser.parse(stdout) as { testsuites: { testsuite: Record<string, unknown> } }).testsuites.testsuite;
    };
    expect(await suiteOf()).toMatchObject({ '@_tests': '2', '@_failures': '2', '@_skipped': '0' });
    expect(await suiteOf('--min-agreement', '0.5')).toMatchObject({
      '@_tests': '2',
      '@_failures': '0',
      '@_skipped': '1',
    });
  });

  test('sends the files of a directory in their order, with the content type of their names', async () => {
    const files = mkdtempSync(path.join(tmpdir(), 'compare-'));
    writeFileSync(path.join(files, 'b.json'), '{}');
    writeFileSync(path.join(files, 'a.csv'), '1');
    writeFileSync(path.join(files, '.hidden'), '1');
    const types: unknown[] = [];
    const url = await listen((request, response) => {
      types.push(request.headers['content-type']);
      response.end('same');
    });
    expect(await byoa(['compare', url, url, '--request', files])).toMatchObject({ code: 0 });
    expect(types).toEqual(['text/csv', 'text/csv', 'application/json', 'application/json']);
    expect(await byoa(['compare', url, url, '--request', `${files},type=text/x`])).toMatchObject({ code: 0 });
    expect(types.slice(4)).toEqual(Array(4).fill('text/x'));
  });

  test('exits with code 2 when a model does not respond at all', async () => {
    const a = await model((row) => row);
    const { code, stdout, stderr } = await compare(a, 'http://127.0.0.1:1');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('The model at http://127.0.0.1:1/invocations cannot be invoked');
  });

  test('prints all errors of its options at once', async () => {
    const { code, stderr } = await byoa([
      ...['compare', 'http://', directory, '--request', path.join(directory, 'none'), '--tolerance', '-1'],
      ...['--min-agreement', '95', '--json-path', 'score', '--repeat', '0'],
    ]);
    expect(code).toBe(2);
    expect(stderr.split('\n').filter((line) => line !== '')).toEqual([
      'error: <a> and <b> must be an HTTP URL such as http://127.0.0.1:8080, got: "http://"',
      `error: "${directory}" has no Dockerfile; name another one with --file`,
      `error: --request: "${path.join(directory, 'none')}" does not exist`,
      'error: --repeat must be a whole number from 1 to 10000, got: "0"',
      'error: --tolerance must be a number of at least 0, got: "-1"',
      'error: --min-agreement must be a number from 0 to 1, such as 0.95, got: "95"',
      expect.stringMatching(/^error: --json-path: "score" is not a JSONPath such as \$\.predictions: /) as unknown,
    ]);
  });
});
