import { Readable } from 'node:stream';
import { ServiceError } from '../../../../local/aws-model/service-error';
import type { Caller } from '../../../../local/services/access';
import { type Service, respond } from '../../../../local/services/service';
import { type Request, type Response, readBody, signingNameOf } from '../../../../local/services/wire/request';
import { parseXml } from '../../../../local/services/wire/xml';

function request(body: string, headers: Record<string, string> = {}, path = '/', query = ''): Request {
  return {
    method: 'POST',
    path,
    query: new URLSearchParams(query),
    headers,
    stream: Readable.from(body === '' ? [] : [Buffer.from(body)]) as Request['stream'],
  };
}

const failure = (): never => {
  throw new ServiceError('NotHere', 'It does not exist.', 404);
};
const SERVICES: Service[] = [
  {
    signingName: 'json',
    api: {
      protocol: 'json',
      operations: { Echo: (input: object) => input, Nothing: () => undefined, Fail: failure },
      access: { Echo: () => [], Nothing: () => [], Fail: () => [] },
    },
  },
  {
    signingName: 'query',
    api: {
      protocol: 'query',
      namespace: 'urn:test',
      operations: {
        Echo: (parameters) => ({
          Name: parameters.required('Name'),
          Tags: parameters.structures('Tags', ['Key', 'Value']).map(({ Key, Value }) => `${Key}=${Value}`),
        }),
        Fail: failure,
      },
      access: { Echo: () => [], Fail: () => [] },
    },
    routes: [{ path: /^\/callback\//, respond: ({ path }) => Promise.resolve({ body: path }) }],
  },
  { signingName: 'internal' },
];

/** A caller who may do everything. */
const CALLER: Caller = { arn: '', userId: '', allows: () => true, check: () => undefined };

const responseTo = (one: Request, signingName?: string, region?: string): Promise<Response> =>
  respond(SERVICES, one, () => CALLER, signingName, region);

describe('A request', () => {
  test('is for the service in its signature, or in the query of a presigned URL', () => {
    const authorization = 'AWS4-HMAC-SHA256 Credential=local/20261124/us-east-1/sagemaker/aws4_request, Signature=1';
    const presigned = 'X-Amz-Signature=0&X-Amz-Credential=local%2F20261124%2Fus-east-1%2Fs3%2Faws4_request';
    expect(signingNameOf(request('', { authorization }))).toBe('sagemaker');
    expect(signingNameOf(request('', {}, '/', presigned))).toBe('s3');
    expect(signingNameOf(request(''))).toBeUndefined();
  });

  test('is for the service whose route matches the path, whatever the signature is', async () => {
    expect(await responseTo(request('', {}, '/callback/1'), 'json')).toEqual({ body: '/callback/1' });
  });

  test.each(['none', 'internal', ''])('for "%s", which has no API, gets the status 501', async (signingName) => {
    expect(await responseTo(request(''), signingName)).toMatchObject({ status: 501 });
  });

  test('fails when its body is larger than the limit', async () => {
    await expect(readBody(request('12345'), 4)).rejects.toThrow('The request has more than 4 bytes.');
  });
});

describe('The JSON protocol', () => {
  const send = (operation: string, body = ''): ReturnType<typeof respond> =>
    responseTo(request(body, { 'x-amz-target': `Test.${operation}` }), 'json');

  test('calls the operation of the X-Amz-Target header, and returns its output', async () => {
    expect(await send('Echo', '{"a":1}')).toMatchObject({ body: '{"a":1}' });
    expect(await send('Nothing')).toEqual({ headers: { 'content-type': 'application/x-amz-json-1.1' }, body: '{}' });
  });

  test('returns an error with its code, message and status', async () => {
    const { status, headers, body } = await send('Fail');
    expect([status, headers?.['x-amzn-errortype'], JSON.parse(body as string)]).toEqual([
      404,
      'NotHere',
      { __type: 'NotHere', message: 'It does not exist.', Message: 'It does not exist.' },
    ]);
  });

  test.each(['{', 'a=b', '[1]', 'null', '"text"'])('rejects the body %s, which is not a JSON object', async (body) => {
    const response = await send('Echo', body);
    expect([response.status, response.headers?.['x-amzn-errortype']]).toEqual([400, 'SerializationException']);
    expect(response.body).toMatch(/The body (is not valid JSON|must be a JSON object)/);
  });

  test('rejects a body that is larger than the limit', async () => {
    const { status, body } = await send('Echo', JSON.stringify({ a: 'x'.repeat(16 * 1024 * 1024) }));
    expect([status, body]).toEqual([413, expect.stringContaining('The request has more than 16777216 bytes.')]);
  });

  test('returns an error for an unknown operation, even if its name is a property of every object', async () => {
    for (const operation of ['Unknown', 'toString']) {
      const { status, body } = await send(operation);
      expect([status, body]).toEqual([
        400,
        expect.stringContaining(`The local service does not support ${operation} of json.`),
      ]);
    }
  });
});

describe('The query protocol', () => {
  const send = async (body: string): Promise<[number | undefined, unknown]> => {
    const response = await responseTo(request(body), 'query');
    return [response.status, parseXml(response.body as string)];
  };

  test('calls the operation of the Action parameter, and returns its output as XML', async () => {
    const [, document] = await send('Action=Echo&Name=a%26b&Tags.member.1.Key=k&Tags.member.1.Value=v');
    expect(document).toMatchObject({
      EchoResponse: { EchoResult: { Name: 'a&b', Tags: 'k=v' } },
    });
  });

  test('returns an error with its code, message and status', async () => {
    expect(await send('Action=Fail')).toMatchObject([
      404,
      { ErrorResponse: { Error: { Code: 'NotHere', Message: 'It does not exist.' } } },
    ]);
  });

  test('returns an error for a missing parameter and for an unknown operation', async () => {
    expect(await send('Action=Echo')).toMatchObject([400, { ErrorResponse: { Error: { Code: 'ValidationError' } } }]);
    expect(await send('Action=Unknown')).toMatchObject([
      400,
      { ErrorResponse: { Error: { Code: 'UnknownOperationException' } } },
    ]);
  });
});
