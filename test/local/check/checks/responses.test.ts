import type { IncomingMessage, RequestListener } from 'node:http';
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
import { type Container, checkServing, invocations, program, valid } from '../serving-container';

const requestOf = (name: string, contentType: string): { file: string; contentType: string } => ({
  file: `${directoryWith({ [name]: '1,2\n3,4\n' })}/${name}`,
  contentType,
});

/** Responds with status 200 and a message instead of an error. */
const politely =
  (isValid: (request: IncomingMessage, body: string) => boolean, message: string): Handler =>
  (request, body) =>
    isValid(request, body) ? valid(request, body) : { type: 'text/csv', body: message };

const isExactCsv = (request: IncomingMessage): boolean => request.headers['content-type'] === 'text/csv';
const isValid = (request: IncomingMessage, body: string): boolean => valid(request, body).status === undefined;

/** Computes the requests after the first ones in a batch, which changes the last digits. */
function computesBatches(): Handler {
  let count = 0;
  return (request, body) => {
    const reply = valid(request, body);
    return reply.status === undefined && ++count > 2
      ? { ...reply, body: String(reply.body).replaceAll(/[\d.]+/g, (number) => String(Number(number) * 1.0001)) }
      : reply;
  };
}

/** Responds to the valid requests after the first ones, which are sent alone, with the rows of another request. */
function mixesUpRows(): Handler {
  let count = 0;
  return (request, body) => {
    const reply = valid(request, body);
    return reply.status === undefined && ++count > 2 ? { ...reply, body: '9\n' } : reply;
  };
}

describe('A response with status 200', () => {
  test.each<[string, string, Container]>([
    [
      'bad-input',
      'to a corrupt body with a 4xx status: status 200, "no rows"',
      { program: invocations(politely(isValid, 'no rows')) },
    ],
    [
      'bad-input',
      'to an unknown content type with a 4xx status: status 200, "Invalid Content-Type"',
      {
        program: invocations((request, body) =>
          request.headers['content-type'] === 'application/x-unknown'
            ? { body: 'Invalid Content-Type' }
            : valid(request, body),
        ),
      },
    ],
    [
      'content-type',
      'fails with "text/csv; charset=utf-8", which many clients send: status 200, "Invalid Content-Type"',
      { program: invocations(politely(isExactCsv, 'Invalid Content-Type')), checks: { only: ['content-type'] } },
    ],
    [
      'invocations',
      'POST /invocations with Content-Type application/json and Accept text/csv fails: status 200, "Invalid Content-Type"',
      {
        program: invocations(politely(isExactCsv, 'Invalid Content-Type')),
        options: { requests: [requestOf('rows.json', 'application/json')] },
        checks: { only: ['invocations'] },
      },
    ],
    [
      'chunked-requests',
      'fails with a chunked body, which batch transform sends with MaxPayloadInMB 0: status 200, ""',
      {
        program: invocations((request, body) =>
          request.headers['content-length'] === undefined ? { type: 'text/csv', body: '' } : valid(request, body),
        ),
        options: { transform: { maxPayloadInMB: 0 } },
        checks: { only: ['chunked-requests'] },
      },
    ],
    [
      'concurrency',
      '8 of 8 concurrent requests failed: status 200, "9\\n"',
      { program: invocations(mixesUpRows()), checks: { only: ['concurrency'] } },
    ],
  ])('is a finding of the check "%s" if it is not a success: %s', async (id, message, container) => {
    const result = await checkServing(container);
    expect(findingIds(result)).toEqual([id]);
    expect(result.findings[0].message).toContain(message);
  });

  test('to a changed request is accepted if the responses to the sample request also differ in their numbers', async () => {
    let time = 0;
    const handler: Handler = (request, body) => ({ ...valid(request, body), body: JSON.stringify({ time: time++ }) });
    const withTime: Handler = (...args) => (valid(...args).status === undefined ? handler(...args) : valid(...args));
    const only = ['content-type', 'extra-headers', 'concurrency', 'model-loading', 'draining'];
    const result = await checkServing({ program: invocations(withTime), checks: { only } });
    expect(result.checks.map(({ status }) => status)).toEqual(only.map(() => 'passed'));
  });

  test('to concurrent requests is accepted if its numbers differ in their last digits', async () => {
    const result = await checkServing({ program: invocations(computesBatches()), checks: { only: ['concurrency'] } });
    expect(outcomeOf(result, 'concurrency')?.status).toBe('passed');
  });

  test('to any text is accepted if the sample request is a text', async () => {
    const handler: Handler = (request, body): Reply =>
      request.headers['content-type'] === 'text/plain' ? { type: 'text/csv', body: '1' } : valid(request, body);
    const result = await checkServing({
      program: invocations(handler),
      options: { requests: [requestOf('note.txt', 'text/plain')] },
      checks: { only: ['bad-input'] },
    });
    expect(outcomeOf(result, 'bad-input')?.status).toBe('passed');
  });

  test('to an empty batch is accepted', async () => {
    const handler: Handler = (request, body) => (body === '' ? { type: 'text/csv' } : valid(request, body));
    expect(findingIds(await checkServing({ program: invocations(handler) }))).toEqual([]);
  });
});

describe('The checks of content types', () => {
  test('find a server that rejects Accept: */*', async () => {
    const handler: Handler = (request, body) =>
      request.headers.accept === '*/*' ? { status: 406, body: 'no */*' } : valid(request, body);
    const { findings } = await checkServing({ program: invocations(handler) });
    expect(findings.map(({ id, severity, message }) => [id, severity, message])).toEqual([
      [
        'response-type',
        'warning',
        'The sample request fails with Accept: */*, which many clients send: status 406, "no */*"',
      ],
    ]);
  });

  test.each<[string, string | undefined, string[]]>([
    ['accept any content type', 'application/json', []],
    ['find a response without a content type', undefined, ['The response has no Content-Type']],
  ])('%s if the sample request has no Accept', async (_, type, messages) => {
    const handler: Handler = (request, body) => ({ ...valid(request, body), type });
    const result = await checkServing({
      program: invocations(handler),
      options: { accepts: undefined },
      checks: { only: ['response-type'] },
    });
    expect(result.findings.map(({ message }) => message)).toEqual(
      messages.map((message) => expect.stringContaining(message) as string),
    );
  });

  test.each([
    ['image/png', 'skipped', []],
    ['text/csv; charset=utf-8', 'passed', []],
    ['application/vnd.model+json', 'failed', ['content-type']],
  ])('add no charset to a binary type, and no second one: %s', async (contentType, status, expected) => {
    const handler: Handler = (request, body) =>
      request.headers['content-type'] === contentType ? { body } : { status: 415 };
    const result = await checkServing({
      program: invocations(handler),
      options: { requests: [requestOf('sample', contentType)] },
      checks: { only: ['content-type'] },
    });
    expect(outcomeOf(result, 'content-type')?.status).toBe(status);
    expect(findingIds(result)).toEqual(expected);
  });
});

describe('A redirect, which SageMaker does not follow,', () => {
  const short = { only: ['ping', 'start-up', 'invocations'], times: { startUp: 0.3 } };

  test.each([
    ['/ping/', 'Serve the route without a slash at its end'],
    ['https://localhost/ping', 'Respond over plain HTTP'],
    ['/login', 'Serve the route itself, without a login'],
  ])('of /ping to %s is a finding whose fix fits its cause', async (location, fix) => {
    const redirect = program({ 'GET /ping': () => ({ status: 307, location }) });
    const { findings } = await checkServing({ program: redirect, checks: short });
    expect(findings.map((finding) => [finding.id, finding.message, finding.fix])).toEqual([
      ['ping', expect.stringContaining(`redirects to ${location}`), expect.stringContaining(fix)],
    ]);
  });

  test('of /invocations is a finding whose fix fits its cause', async () => {
    const redirect = invocations(() => ({ status: 308, location: '/invocations/' }));
    const { findings } = await checkServing({ program: redirect, checks: short });
    expect(findings.map(({ id, fix }) => [id, fix])).toEqual([
      ['invocations', expect.stringContaining('Serve the route without a slash at its end')],
    ]);
  });
});

/** Responds with a row per chunk, except for the first responses: a busy machine, or a proxy, makes one chunk of them. */
function streams(atOnce: number): RequestListener {
  const respond = routes(HANDLERS);
  let count = 0;
  return (request, response) => {
    if (request.url !== '/invocations') return respond(request, response);
    response.writeHead(200, { 'Content-Type': 'text/csv' }).flushHeaders();
    if (++count <= atOnce) return response.end('1\n2\n');
    response.write('1\n');
    setTimeout(() => response.end('2\n'), 50);
  };
}

/** Sends a response with a length in parts, as a slow network does. */
const sendsLengthInParts: RequestListener = (request, response) => {
  if (request.url !== '/invocations') return routes(HANDLERS)(request, response);
  response.writeHead(200, { 'Content-Type': 'text/csv', 'Content-Length': 4 });
  response.write('1\n');
  setTimeout(() => response.end('2\n'), 50);
};

describe('The check of response streaming', () => {
  test('finds a response with a length, also if it arrives in parts', async () => {
    const result = await checkServing({
      program: serving(() => ({ listener: sendsLengthInParts })),
      options: { isStreaming: true },
      checks: { only: ['streaming'] },
    });
    expect(result.findings.map(({ message }) => message)).toEqual([
      'The response is sent as a whole with a Content-Length, not in chunks.',
    ]);
  });

  test.each([
    ['passes if the chunks arrive one after the other once', 3, 'passed', []],
    ['finds chunks that arrive at once each time', Infinity, 'failed', ['all chunks arrive at once']],
  ])('%s', async (_, atOnce, status, messages) => {
    const container = serving(() => ({ listener: streams(atOnce) }));
    const result = await checkServing({
      program: container,
      options: { isStreaming: true },
      checks: { only: ['streaming'] },
    });
    expect(outcomeOf(result, 'streaming')?.status).toBe(status);
    expect(result.findings.map(({ message }) => message)).toEqual(
      messages.map((message) => expect.stringContaining(message) as string),
    );
  });
});
