import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { EngineError } from '../../../../local/container';
import type { Inside, Program } from '../../fake-engine';
import {
  HANDLERS,
  type Handler,
  type Reply,
  directoryWith,
  findingIds,
  outcomeOf,
  routes,
  serving,
} from '../check-engine';
import { type Container, SHORT, checkServing, invocations, program, valid } from '../serving-container';

/** A program that only serves in a container that meets a condition. */
const servesIf = (isServing: (inside: Inside) => boolean): Program =>
  serving((inside) => (isServing(inside) ? { listener: routes(HANDLERS) } : 1));

const exits = (line: string): Program =>
  serving((inside) => {
    inside.print(line);
    return 1;
  });

const LABEL = 'com.amazonaws.sagemaker.capabilities.';

function rejectsHeaders(request: IncomingMessage, body: string): Reply {
  const isKnown = !Object.keys(request.headers).some((name) => name.startsWith('x-amzn-'));
  return isKnown ? valid(request, body) : { status: 400 };
}

/** Handles the sample request, which is sent twice, alone. Of the concurrent ones the second fails, for which the first waits. */
function oneAtATime(): Handler {
  let count = 0;
  let fail = (): void => undefined;
  const secondFailed = new Promise<void>((resolve) => (fail = resolve));
  return async (request, body) => {
    count++;
    if (count === 4) {
      fail();
      return { status: 503 };
    }
    if (count === 3) await secondFailed;
    return valid(request, body);
  };
}

function withParameters(MaxConcurrentTransforms: number, MaxPayloadInMB: number): Program {
  const body = JSON.stringify({ MaxConcurrentTransforms, BatchStrategy: 'MULTI_RECORD', MaxPayloadInMB });
  return program({ '/execution-parameters': () => ({ body }) });
}

function loadsModelPerRequest(): Program {
  return serving((inside) => ({
    listener: routes({
      ...HANDLERS,
      'POST /invocations': (request, body) => {
        readFileSync(`${inside.host('/opt/ml/model')}/model.json`);
        return valid(request, body);
      },
    }),
  }));
}

describe('The checks of serving', () => {
  test('find nothing in a server that fulfills the contract', async () => {
    const result = await checkServing({
      program: program(),
      options: { transform: { maxPayloadInMB: 0 } },
    });
    expect(result.findings).toEqual([]);
    expect(result.checks.filter(({ status }) => status === 'inconclusive')).toEqual([]);
    const passed = result.checks.filter(({ status }) => status === 'passed').map(({ id }) => id);
    expect(passed).toEqual(expect.arrayContaining(['batch', 'chunked-requests', 'concurrency', 'draining', 'payload']));
  });

  test.each<[string, string, Container]>([
    ['ping', 'did not become healthy', { program: program({ '/ping': () => ({ status: 503 }) }), checks: SHORT }],
    ['ping-body', 'has a body of 2 bytes', { program: program({ '/ping': () => ({ body: 'ok' }) }) }],
    ['ping-verbs', 'does not respond with status 200', { program: program({ 'POST /ping': () => ({ status: 405 }) }) }],
    ['invocations', 'and Accept text/csv fails: status 500', { program: invocations(() => ({ status: 500 })) }],
    [
      'response-time',
      'gets no response within 0.3 s',
      { program: invocations(() => new Promise(() => undefined)), checks: { ...SHORT, only: ['response-time'] } },
    ],
    [
      'response-type',
      'gets a response with Content-Type application/json',
      { program: invocations((...args) => ({ ...valid(...args), type: 'application/json' })) },
    ],
    [
      'content-type',
      'fails with "text/csv; charset=utf-8"',
      { program: invocations((request, body) => isExactly(request, 'text/csv') ?? valid(request, body)) },
    ],
    ['extra-headers', 'X-Amzn-SageMaker-Custom-Attributes', { program: invocations(rejectsHeaders) }],
    [
      'bad-input',
      'respond to a corrupt body with a 4xx status: status 500',
      { program: invocations((...args) => (valid(...args).status === undefined ? valid(...args) : { status: 500 })) },
    ],
    [
      'payload',
      'A request body of 6 MB',
      { program: invocations((request, body) => (body.length > 5e6 ? { status: 413 } : valid(request, body))) },
    ],
    [
      'concurrency',
      'concurrent requests failed: status 503',
      { program: invocations(oneAtATime()), checks: { only: ['concurrency'] } },
    ],
    [
      'chunked-requests',
      'fails with a chunked body',
      {
        program: invocations((request, body) =>
          request.headers['content-length'] === undefined ? { status: 411 } : valid(request, body),
        ),
        options: { transform: { maxPayloadInMB: 0 } },
        checks: { only: ['chunked-requests'] },
      },
    ],
    [
      'execution-parameters',
      'is invalid: MaxPayloadInMB must be a whole number',
      {
        program: program({
          '/execution-parameters': () => ({
            body: JSON.stringify({ MaxConcurrentTransforms: 1, BatchStrategy: 'MULTI_RECORD', MaxPayloadInMB: 0.5 }),
          }),
        }),
      },
    ],
    [
      'execution-parameters',
      'MaxConcurrentTransforms times MaxPayloadInMB must be at most 100, got: 101',
      { program: withParameters(101, 1) },
    ],
    [
      'batch',
      'returns 1 lines for 2 records',
      {
        program: invocations((request, body) => {
          const reply = valid(request, body);
          return { ...reply, body: reply.body?.split('\n')[0] };
        }),
        options: { transform: {} },
      },
    ],
    [
      'batch',
      'also splits 1 of its records, which have line breaks in quotation marks',
      {
        program: program(),
        options: {
          requests: [
            { file: `${directoryWith({ 'notes.csv': '1,"a, b"\n2,"a\nb"\n' })}/notes.csv`, contentType: 'text/csv' },
          ],
          transform: {},
        },
        checks: { only: ['batch'] },
      },
    ],
    ['streaming', 'is sent as a whole', { program: program(), options: { isStreaming: true } }],
    ['model-loading', 'The model is loaded for each request', { program: loadsModelPerRequest() }],
    [
      'serving-sigterm',
      'ignores SIGTERM',
      {
        program: program({}, { onStop: () => new Promise(() => undefined) }),
        checks: { only: ['serving-sigterm'], times: { servingStopGrace: 0.1 } },
      },
    ],
    [
      'draining',
      'A request in flight failed',
      {
        program: program(
          {},
          {
            onStop: (server) => {
              server.closeAllConnections();
              server.close();
            },
          },
        ),
      },
    ],
    [
      'multi-model',
      'POST /models (load) must respond with status 200, got: status 404',
      { program: program(), options: { isMultiModel: true } },
    ],
    [
      'bind-to-port',
      'does not respond on that port',
      {
        program: program({}, { port: 8080 }),
        info: { labels: { [`${LABEL}accept-bind-to-port`]: 'true' } },
        checks: { only: ['bind-to-port'], times: { startUp: 2 } },
      },
    ],
    [
      'bidirectional-stream',
      'cannot be opened',
      { program: program(), info: { labels: { [`${LABEL}bidirectional-streaming`]: 'true' } } },
    ],
    ['round-trip', 'does not serve the model', { program: exits('/opt/ml/model/model.bin does not exist') }],
    ['start-up', 'does not serve: it exited with code 1', { program: exits('SyntaxError') }],
    [
      'port',
      'listens on 0.0.0.0:5000',
      { program: silent, listeners: [{ address: '0.0.0.0', port: 5000 }], checks: SHORT },
    ],
    [
      'listen-address',
      'listens on 127.0.0.1:8080 only',
      { program: silent, listeners: [{ address: '127.0.0.1', port: 8080 }], checks: SHORT },
    ],
    ['start-up', 'Nothing listens on port 8080', { program: silent, listeners: [], checks: SHORT }],
    [
      'start-up',
      'does not respond to GET /ping over HTTP',
      { program: silent, listeners: [{ address: '0.0.0.0', port: 8080 }], checks: SHORT },
    ],
  ])('find with the check "%s" a container that %s', async (id, message, container) => {
    const result = await checkServing(container);
    expect(findingIds(result)).toEqual([id]);
    expect(result.findings[0].message).toContain(message);
  });

  const returnsOneLine = invocations((request, body) => {
    const reply = valid(request, body);
    return { ...reply, body: reply.body?.split('\n')[0] };
  });

  test.each<[string, string, Container]>([
    ['execution-parameters', 'returns the largest parameters', { program: withParameters(4, 25) }],
    [
      'payload',
      'rejects more than the limit of its serverless endpoint',
      {
        program: invocations((request, body) => (body.length > 5e6 ? { status: 413 } : valid(request, body))),
        options: { isServerless: true },
      },
    ],
    [
      'batch',
      'returns one line in a format that is not that of the records',
      { program: returnsOneLine, options: { accepts: ['application/json'], transform: {} } },
    ],
    [
      'batch',
      'returns one line for a job that filters or joins the records',
      { program: returnsOneLine, options: { transform: { hasDataProcessing: true } } },
    ],
  ])('find nothing with the check "%s" in a container that %s', async (id, _, container) => {
    const result = await checkServing({ ...container, checks: { only: [id] } });
    expect(outcomeOf(result, id)?.status).toBe('passed');
  });

  test.each<[string, Container]>([
    [
      'serving-isolation',
      { program: servesIf(({ spec }) => spec.publish !== undefined), options: { networkIsolation: true } },
    ],
    ['serverless-user', { program: servesIf(({ spec }) => spec.user === undefined), options: { isServerless: true } }],
    ['readonly-model', { program: servesIf(({ spec }) => spec.mounts[0].readOnly !== true) }],
  ])('identify the cause "%s" by a variation of the container', async (id, container) => {
    expect(findingIds(await checkServing(container))).toEqual([id]);
  });

  test('report a command that does not exist', async () => {
    const startError = new EngineError('It cannot start.\n(exec failed)', 'not found');
    expect(findingIds(await checkServing({ program: silent, startError }))).toEqual(['serve-command']);
  });

  test('report Windows line endings instead of a command that does not exist', async () => {
    const startError = new EngineError('It cannot start.\n(no such file)', 'not found');
    const files = { 'usr/bin/serve': '#!/usr/bin/env python3\r\n' };
    expect(findingIds(await checkServing({ program: silent, startError, files }))).toEqual(['serving-line-ends']);
  });

  test('report a script whose lines end with carriage returns, also if the engine reports it in the log', async () => {
    const program: Program = (inside) => {
      inside.print('exec /usr/bin/serve: no such file or directory', 'stderr');
      return 1;
    };
    const files = { 'usr/bin/serve': '#!/bin/sh\r\n' };
    expect(findingIds(await checkServing({ program, files }))).toEqual(['serving-line-ends']);
  });

  test.each<[string, Program, string]>([
    ['the container is not healthy', exits('SyntaxError'), 'start-up'],
    ['the sample request fails', invocations(() => ({ status: 500 })), 'invocations'],
  ])('are an error if %s, and no selected check reports it', async (_, program, id) => {
    const result = await checkServing({ program, checks: { only: ['content-type'] } });
    expect(result.findings).toEqual([]);
    expect(outcomeOf(result, id)).toMatchObject({ status: 'inconclusive', isError: true });
  });

  test.each([
    ['PK\u0003\u0004', 'it is a ZIP archive, but must be a gzipped tar archive.', 'Create it with: tar -czf'],
    ['\u001f\u008b\b\0\0\0\0\0\0\u0003', 'it is truncated or damaged', 'Create or download it again.'],
  ])('report a model artifact that cannot be extracted, and do not serve it: %j', async (content, reason, fix) => {
    const model = `${directoryWith({ 'model.tar.gz': Buffer.from(content, 'latin1') })}/model.tar.gz`;
    const result = await checkServing({ program: program(), options: { model } });
    const message = expect.stringContaining(`The model artifact ${model} cannot be extracted: ${reason}`) as string;
    const fixForCause = expect.stringContaining(fix) as string;
    expect(result.findings).toMatchObject([{ id: 'model-archive', message, fix: fixForCause }]);
    expect(outcomeOf(result, 'ping')).toMatchObject({
      status: 'inconclusive',
      reason: 'the model artifact cannot be extracted',
    });
  });

  test('are an error if the model artifact cannot be extracted, and no selected check reports it', async () => {
    const model = `${directoryWith({ 'model.tar.gz': '' })}/model.tar.gz`;
    const result = await checkServing({ program: program(), options: { model }, checks: { only: ['ping'] } });
    expect(outcomeOf(result, 'model-archive')).toMatchObject({ status: 'inconclusive', isError: true });
  });

  test('suggest --model for a container that fails without its model', async () => {
    const { findings } = await checkServing({
      program: exits('/opt/ml/model/model.json does not exist'),
      options: { model: undefined },
    });
    expect(findings.map(({ id, fix }) => [id, fix])).toEqual([
      ['start-up', expect.stringContaining('pass the model artifact with --model')],
    ]);
  });

  const fails = (status: number, ...lines: string[]): Program =>
    serving((inside) => {
      lines.forEach((line) => inside.print(line));
      return {
        listener: routes({ ...HANDLERS, '/ping': () => ({ status }), 'POST /invocations': () => ({ status }) }),
      };
    });
  const prints =
    (line: string): Program =>
    (inside) => {
      inside.print(line);
      return inside.terminated.then(() => 0);
    };

  test.each<[string, string, string, Omit<Container, 'checks'>]>([
    ['port', 'another port', 'Listen on', { program: silent, listeners: [{ address: '0.0.0.0', port: 5000 }] }],
    [
      'listen-address',
      '127.0.0.1',
      'Listen on',
      { program: silent, listeners: [{ address: '127.0.0.1', port: 8080 }] },
    ],
    ['ping', 'a port without /ping', 'Respond to GET /ping with status 200', { program: fails(404) }],
    ['ping', 'its port after an error', 'Fix the error in the log.', { program: fails(503, 'ValueError: no model') }],
    [
      'start-up',
      'no port after an error',
      'Fix the error in the log, and exit if the server cannot start.',
      { program: prints('ValueError: no model'), listeners: [] },
    ],
  ])(
    'find with the check "%s" an idle container that listens on %s, before the time limit',
    async (id, _, fix, one) => {
      const checks = { times: { startUp: 300, standstill: 0.3 } };
      const { findings } = await checkServing({ ...one, isIdle: true, checks });
      expect(findings.map((finding) => [finding.id, finding.fix])).toEqual([[id, expect.stringContaining(fix)]]);
    },
  );

  test.each([
    [
      'the error that the log shows',
      ['Traceback (most recent call last):', 'ValueError: 3 features'],
      'that the log shows',
    ],
    ['an error that is not in the log', [], 'write each error with its stack trace to the log'],
  ])('suggest to fix %s if /invocations responds with 500', async (_, lines, fix) => {
    const listener = routes({ ...HANDLERS, 'POST /invocations': () => ({ status: 500 }) });
    const container = serving((inside) => {
      lines.forEach((line) => inside.print(line));
      return { listener };
    });
    const { findings } = await checkServing({ program: container });
    expect(findings.map((finding) => [finding.id, finding.fix])).toEqual([
      ['invocations', expect.stringContaining(fix) as string],
    ]);
  });

  test.each([
    ['Python', '#!/usr/bin/env python3\n', ' The setting of Flask is MAX_CONTENT_LENGTH.'],
    [
      'a shell script that starts Node.js',
      '#!/bin/sh\nexec node server.js\n',
      ' The options are limit of express.json() and bodyLimit of Fastify.',
    ],
    ['another language', '\u007fELF', ''],
  ])('fit their fixes to a program in %s', async (_, serve, hint) => {
    const { findings } = await checkServing({
      program: invocations((request, body) => (body.length > 5e6 ? { status: 413 } : valid(request, body))),
      files: { 'usr/bin/serve': serve },
    });
    expect(findings.map(({ fix }) => fix)).toEqual([
      `Raise the limit of the server, and of a proxy before it: client_max_body_size 0 in nginx.${hint}`,
    ]);
  });

  test('are inconclusive for a container that does not become healthy', async () => {
    const result = await checkServing({ program: exits('SyntaxError') });
    expect(outcomeOf(result, 'invocations')).toMatchObject({
      status: 'inconclusive',
      reason: 'the container did not become healthy',
    });
  });

  test('are skipped if they need a sample request and there is none', async () => {
    const result = await checkServing({ program: program(), options: { requests: [] } });
    expect(outcomeOf(result, 'invocations')).toMatchObject({
      status: 'skipped',
      reason: 'there is no sample request (--request)',
    });
  });
});

/** A program that neither serves nor ends. */
function silent(inside: Inside): Promise<number> {
  return inside.terminated.then(() => 0);
}

function isExactly(request: IncomingMessage, type: string): Reply | undefined {
  return request.headers['content-type'] === type ? undefined : { status: 415 };
}
