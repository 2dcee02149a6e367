import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { type IncomingHttpHeaders, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { text } from 'node:stream/consumers';
import * as cloudformation from '@aws-sdk/client-cloudformation';
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as ecr from '@aws-sdk/client-ecr';
import * as eventbridge from '@aws-sdk/client-eventbridge';
import * as s3 from '@aws-sdk/client-s3';
import * as sagemaker from '@aws-sdk/client-sagemaker';
import * as runtime from '@aws-sdk/client-sagemaker-runtime';
import * as sfn from '@aws-sdk/client-sfn';
import * as ssm from '@aws-sdk/client-ssm';
import * as complete from './clients';
import { type SampleOptions, type Schema, sampleOf } from './schema-sample';

const ROOT = path.join(__dirname, '..', '..');
const HANDLERS = path.join(ROOT, 'lib', 'handlers');

/** The complete clients, with their schemas, and the protocol of their responses. */
const SERVICES = {
  CloudFormationClient: [cloudformation, 'query'],
  CloudWatchClient: [cloudwatch, 'json'],
  DynamoDBClient: [dynamodb, 'json'],
  ECRClient: [ecr, 'json'],
  EventBridgeClient: [eventbridge, 'json'],
  S3Client: [s3, 's3'],
  SageMakerClient: [sagemaker, 'json'],
  SageMakerRuntimeClient: [runtime, 'rest-json'],
  SFNClient: [sfn, 'json'],
  SSMClient: [ssm, 'json'],
} as const;

type ClientName = keyof typeof SERVICES;
type Protocol = (typeof SERVICES)[ClientName][1];
type Clients = Record<string, new (input: unknown) => { send(command: unknown): Promise<object>; schema: Schema[] }>;

interface Response {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

interface Received {
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The request of a command and its result: for an error, with the type by which it is retried. */
interface Outcome {
  readonly received?: Received;
  readonly result?: unknown;
  readonly error?: object;
  readonly errorType?: string;
}

const ENVIRONMENT = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
};

const words = new Set(
  readdirSync(HANDLERS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => readFileSync(path.join(HANDLERS, file), 'utf8').match(/\w+/g) ?? []),
);

let lean: Clients;
let server: Server;
let response: Response;
let received: Received | undefined;
const environment = { ...process.env };

beforeAll(async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'clients-'));
  const script = `
    const { bundle } = await import('./scripts/handler-bundles.mjs');
    const { leanSdk } = await import('./scripts/lean-sdk.mjs');
    await bundle('test/handlers/clients.ts', process.argv[1], [leanSdk('lib/handlers').plugin]);`;
  const build = spawnSync(process.execPath, ['--input-type=module', '-e', script, directory], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (build.status !== 0) throw new Error(build.stderr);
  lean = (await import(path.join(directory, 'clients.js'))) as Clients;
  server = createServer((request, answer) => {
    void text(request).then((body) => {
      received = { target: `${request.method} ${request.url}`, headers: request.headers, body };
      answer.writeHead(response.status ?? 200, { 'x-amzn-requestid': 'request', ...response.headers });
      answer.end(response.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
});

afterAll(async () => {
  process.env = environment;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function outcomeOf(clients: Clients, client: ClientName, command: string, input: unknown): Promise<Outcome> {
  received = undefined;
  let errorType: string | undefined;
  const retryStrategy = {
    acquireInitialRetryToken: () => Promise.resolve({ getRetryCount: () => 0, getRetryDelay: () => 0 }),
    refreshRetryTokenForRetry: (_: unknown, failure: { errorType: string }) => {
      ({ errorType } = failure);
      return Promise.reject(new Error('The test sends each request once'));
    },
    recordSuccess: () => undefined,
  };
  try {
    const result = await new clients[client]({ retryStrategy }).send(new clients[command](input));
    return { received: comparable(received), result: await contentOf(result) };
  } catch (error) {
    const { name, message } = error as Error;
    expect(error).toBeInstanceOf(Error);
    return { received: comparable(received), error: { ...(error as Error), name, message }, errorType };
  }
}

/** A request without what differs each time. */
function comparable(request: Received | undefined): Received | undefined {
  if (request === undefined) return undefined;
  const {
    'amz-sdk-invocation-id': _,
    'x-amz-date': __,
    'x-amz-content-sha256': ___,
    authorization = '',
    ...headers
  } = request.headers;
  // The CommonJS modules of a client can name an earlier version.
  for (const name of ['user-agent', 'x-amz-user-agent'])
    headers[name] = String(headers[name]).replace(/3\.\d+\.\d+/g, '');
  const uuid = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g;
  return {
    ...request,
    headers: { ...headers, authorization: authorization.replace(/Signature=.*|\d{8}/g, '') },
    body: request.body.replace(uuid, 'uuid'),
  };
}

/** The members of a result that handlers name, with the content of its body. */
async function contentOf(result: object): Promise<object> {
  const used = Object.fromEntries(Object.entries(result).filter(([name]) => name === '$metadata' || isUsed(name)));
  const { Body } = used as { Body?: { transformToString?: () => Promise<string> } };
  return Body?.transformToString === undefined ? used : { ...used, Body: await Body.transformToString() };
}

/** Sends a command with the clients of the bundles and with the complete ones, and compares the outcomes. */
async function expectSameOutcome(
  client: ClientName,
  command: string,
  input: unknown,
  nextResponse: Response,
): Promise<Outcome> {
  response = nextResponse;
  const expected = await outcomeOf(complete as unknown as Clients, client, command, input);
  const actual = await outcomeOf(lean, client, command, input);
  expect({ command, ...actual }).toEqual({ command, ...expected });
  return actual;
}

const commands = Object.keys(complete).filter((name) => name.endsWith('Command'));

function clientOf(command: string): ClientName {
  return (Object.keys(SERVICES) as ClientName[]).find((client) => command in SERVICES[client][0]) as ClientName;
}

function schemasOf(command: string): [input: Schema, output: Schema] {
  const { schema } = new (complete as unknown as Clients)[command]({});
  return [schema[4], schema[5]];
}

const isUsed = (member: string): boolean => words.has(member);
const INPUT: SampleOptions = { isUsed, time: new Date(0), blob: Buffer.from('text') };
const OUTPUT: SampleOptions = { isUsed, time: 1.5e9, blob: 'dGV4dA==' };

const inputOf = (command: string): unknown => sampleOf(schemasOf(command)[0], INPUT);

const STACK = `
  <StackId>arn</StackId><StackName>name</StackName><StackStatus>UPDATE_COMPLETE</StackStatus><RoleARN>role</RoleARN>
  <CreationTime>2026-01-01T00:00:00.000Z</CreationTime>
  <Parameters><member><ParameterKey>a</ParameterKey><ParameterValue>b</ParameterValue><ResolvedValue>c</ResolvedValue></member></Parameters>
  <Capabilities><member>CAPABILITY_IAM</member></Capabilities>`;

/** The responses that are not JSON. */
const RESPONSES: Record<string, Response> = {
  DescribeStacksCommand: xmlOf('DescribeStacks', `<Stacks><member>${STACK}</member></Stacks>`),
  DescribeStackEventsCommand: xmlOf(
    'DescribeStackEvents',
    `<NextToken>next</NextToken><StackEvents><member><StackId>arn</StackId><StackName>name</StackName>
      <Timestamp>2026-01-01T00:00:00.123Z</Timestamp><LogicalResourceId>A</LogicalResourceId>
      <PhysicalResourceId>a</PhysicalResourceId><ResourceType>T</ResourceType><ResourceStatus>UPDATE_FAILED</ResourceStatus>
      <ResourceStatusReason>a &lt; b &amp; &#xE4;</ResourceStatusReason><ClientRequestToken>token</ClientRequestToken></member></StackEvents>`,
  ),
  UpdateStackCommand: xmlOf('UpdateStack', '<StackId>arn</StackId>'),
  GetObjectCommand: { headers: { etag: '"a"', 'x-amz-checksum-crc32': 'O4unxw==' }, body: 'text' },
  PutObjectCommand: { headers: { etag: '"a"' } },
  DeleteObjectCommand: { status: 204 },
  ListObjectsV2Command: {
    body: `<ListBucketResult><NextContinuationToken>next</NextContinuationToken>
      <Contents><Key>a &amp; b</Key><ETag>"a"</ETag><Size>7</Size><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>
      <Contents><Key>c</Key><Size>0</Size></Contents></ListBucketResult>`,
  },
  CreateMultipartUploadCommand: {
    body: '<InitiateMultipartUploadResult><Bucket>bucket</Bucket><Key>key</Key><UploadId>id</UploadId></InitiateMultipartUploadResult>',
  },
  UploadPartCommand: { headers: { etag: '"a"', 'x-amz-checksum-crc32': 'O4unxw==' } },
  CompleteMultipartUploadCommand: {
    body: '<CompleteMultipartUploadResult><Location>l</Location><Bucket>bucket</Bucket><Key>key</Key><ETag>"a"</ETag></CompleteMultipartUploadResult>',
  },
  AbortMultipartUploadCommand: { status: 204 },
  InvokeEndpointCommand: { headers: { 'content-type': 'text/csv' }, body: '1,2' },
};

function xmlOf(operation: string, result: string): Response {
  const body = `<${operation}Response><${operation}Result>${result}</${operation}Result></${operation}Response>`;
  return { headers: { 'content-type': 'text/xml' }, body };
}

function jsonOf(content: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', ...headers },
    body: JSON.stringify(content),
  };
}

test('The compared commands are those that the handlers send', () => {
  const code = [...words].filter((word) => /^[A-Z]\w+Command$/.test(word));
  expect(code.filter((word) => !commands.includes(word))).toEqual([]);
});

test.each(commands)(
  '%s sends the same request from a bundle as from the complete client, and reads the same members',
  async (command) => {
    const client = clientOf(command);
    const [input, output] = schemasOf(command);
    const success = RESPONSES[command] ?? jsonOf(sampleOf(output, OUTPUT));
    const { result } = await expectSameOutcome(client, command, sampleOf(input, INPUT), success);
    expect(result).toBeDefined();
    // The SDK warns about an object without a body.
    const body = command === 'PutObjectCommand' ? { Body: 'text' } : {};
    const minimal = sampleOf(input, { ...INPUT, isMinimal: true }) as object;
    await expectSameOutcome(client, command, { ...minimal, ...body }, success);
  },
);

interface ErrorTraits {
  readonly error?: 'client' | 'server';
  readonly httpError?: number;
  readonly awsQueryError?: readonly [code: string, status: number];
}

/** The errors of a service without a model, or without a body. */
const UNMODELLED: Record<Protocol, Response[]> = {
  json: [
    jsonOf({ __type: 'com.amazonaws.unknown#StrangeException', Message: 'strange', Code: 'a' }, 400),
    jsonOf({ __type: 'ThrottlingException', message: 'Rate exceeded' }, 400),
    jsonOf({ __type: 'AccessDeniedException', Message: 'not authorized to perform' }, 400),
    jsonOf({ __type: 'ValidationException', message: 'strange' }, 400, { 'x-amzn-query-error': 'Strange;Sender' }),
    jsonOf({ message: 'gone' }, 400, { 'x-amzn-errortype': 'GoneException:http://internal.amazon.com/' }),
    jsonOf({ __type: 'InternalFailure' }, 500),
    { status: 400, headers: { 'content-type': 'application/json' }, body: '{"__type": "Cut' },
    { status: 503, body: '<html>unavailable</html>' },
    { status: 500 },
  ],
  query: [
    errorXml('ValidationError', 'Stack [a] does not exist', 400),
    errorXml('Throttling', 'Rate exceeded', 400),
    errorXml('AccessDenied', 'not authorized to perform', 403),
    errorXml('InternalFailure', '', 500),
    { status: 503, body: 'unavailable' },
    { status: 500 },
  ],
  s3: [
    s3Error('NoSuchKey', 404),
    s3Error('NoSuchBucket', 404),
    s3Error('AccessDenied', 403),
    s3Error('SlowDown', 503),
    s3Error('PermanentRedirect', 301),
    s3Error('InvalidRange', 416),
    s3Error('InternalError', 200),
    { status: 403 },
    { status: 404 },
    { status: 500 },
    { status: 503, body: 'unavailable' },
  ],
  'rest-json': [
    jsonOf({ Message: 'container', OriginalMessage: 'original', OriginalStatusCode: 500, LogStreamArn: 'arn' }, 424, {
      'x-amzn-errortype': 'ModelError:http://internal.amazon.com/coral/',
    }),
    jsonOf({ message: 'strange' }, 400, { 'x-amzn-errortype': 'StrangeException' }),
    jsonOf({ Message: 'Rate exceeded' }, 429, { 'x-amzn-errortype': 'ThrottlingException' }),
    { status: 500 },
    { status: 503, body: '<html>unavailable</html>' },
  ],
};

function errorXml(code: string, message: string, status: number): Response {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  const body = `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">${error}<RequestId>id</RequestId></ErrorResponse>`;
  return { status, headers: { 'content-type': 'text/xml' }, body };
}

function s3Error(code: string, status: number): Response {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>a &amp; b</Message><Key>key</Key><Endpoint>e</Endpoint><RequestId>r</RequestId><HostId>h</HostId></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

test.each(commands)('%s fails in a bundle with the same error as the complete client', async (command) => {
  const client = clientOf(command);
  for (const failure of UNMODELLED[SERVICES[client][1]])
    await expectSameOutcome(client, command, inputOf(command), failure);
});

test.each(Object.keys(SERVICES) as ClientName[])(
  '%s of a bundle has the errors of the complete client, also those of other commands',
  async (client) => {
    const [service, protocol] = SERVICES[client];
    const command = commands.find((name) => name in service) as string;
    const errors = Object.values(service as object).filter(
      (value): value is [-3, string, string, ErrorTraits, ...unknown[]] =>
        Array.isArray(value) && value[0] === -3 && String(value[1]).startsWith('com.amazonaws'),
    );
    expect(errors.length).toBeGreaterThan(1);
    for (const error of errors) {
      const [, , name, traits] = error;
      const [code, status] = traits.awsQueryError ?? [
        name,
        traits.httpError ?? (traits.error === 'server' ? 500 : 400),
      ];
      const failure = failureOf(protocol, { name, code, status, content: sampleOf(error, OUTPUT) as object });
      await expectSameOutcome(client, command, inputOf(command), failure);
    }
  },
);

function failureOf(
  protocol: Protocol,
  { name, code, status, content }: { name: string; code: string; status: number; content: object },
): Response {
  if (protocol === 'query') return errorXml(code, 'message', status);
  if (protocol === 's3') return s3Error(code, status);
  return jsonOf({ __type: name, ...content }, status, {
    'x-amzn-errortype': name,
    ...(code === name ? {} : { 'x-amzn-query-error': `${code};Sender` }),
  });
}

test('A bundle rejects an object whose checksum differs, like the complete client', async () => {
  const corrupt = { headers: { 'x-amz-checksum-crc32': 'AAAAAA==' }, body: 'text' };
  const { error } = await expectSameOutcome('S3Client', 'GetObjectCommand', { Bucket: 'bucket', Key: 'key' }, corrupt);
  expect(error).toMatchObject({ message: expect.stringContaining('Checksum mismatch') as string });
});

test('A bundle sends members of a job request that no handler names', async () => {
  response = jsonOf({});
  const { newClient } = lean as unknown as typeof complete;
  const request = { ProcessingJobName: 'job', StrangeMember: { Deep: [1] } };
  const command = new lean.CreateProcessingJobCommand(request) as unknown as complete.CreateProcessingJobCommand;
  await newClient({}).send(command);
  expect(JSON.parse(received?.body ?? '')).toEqual(request);
});
