import { createHash } from 'node:crypto';
import { type IncomingMessage, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { JobKind } from '../../../lib/handlers/contract';
import { newClient } from '../../../lib/handlers/jobs/client';
import type { Dependencies } from '../../../lib/handlers/jobs/dependencies';
import { handle } from '../../../lib/handlers/jobs/handler';
import { event, nameOf } from './cloudformation';

interface Received {
  readonly operation: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let server: Server;
let received: Received[];
/** The HTTP statuses of the next responses to requests that create a job. */
let statuses: number[];

beforeEach(async () => {
  received = [];
  statuses = [];
  server = createServer((request, response) => {
    void text(request).then((body) => {
      const operation = String(request.headers['x-amz-target']).replace('SageMaker.', '');
      received.push({ operation, headers: request.headers, body });
      const isMissing = operation.startsWith('Describe');
      const status = isMissing ? 400 : (statuses.shift() ?? 200);
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(isMissing ? { __type: 'ResourceNotFound', message: 'not found' } : {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => new Promise((resolve) => server.close(resolve)));

const REQUEST = {
  RoleArn: 'role',
  OutputDataConfig: { S3OutputPath: 's3://bucket/out' },
  ResourceConfig: { VolumeSizeInGB: 30, NewMember: { Deep: [1, 'a', true] } },
  AnotherNewMember: 'ä',
};

async function create(kind: JobKind): Promise<Received[]> {
  const sagemaker = newClient({
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
  });
  const dependencies: Dependencies = {
    sagemaker,
    s3: { send: () => Promise.reject(new Error('The job has no inputs')) },
    startWaiter: () => Promise.resolve(),
    put: () => Promise.resolve(200),
    sleep: () => Promise.resolve(),
    now: () => 0,
    random: () => 1,
  };
  const { ResourceProperties, ...rest } = event('Create', { kind });
  await handle(
    { ...rest, ResourceProperties: { ...ResourceProperties, Request: JSON.stringify(REQUEST) } },
    dependencies,
    900_000,
  );
  sagemaker.destroy();
  return received.filter(({ operation }) => operation.startsWith('Create'));
}

test.each([
  ['training', 'TrainingJob'],
  ['tuning', 'HyperParameterTuningJob'],
  ['transform', 'TransformJob'],
  ['processing', 'ProcessingJob'],
  ['algorithm', 'Algorithm'],
] as const)('The %s request is sent with the members that the SDK does not know', async (kind, noun) => {
  const [{ operation, body }] = await create(kind);
  expect(operation).toBe(`Create${noun}`);
  const sent = JSON.parse(body) as Record<string, unknown>;
  expect(sent).toMatchObject({ ...REQUEST, [`${noun}Name`]: nameOf('A', undefined, kind) });
  expect(sent.Tags).toContainEqual({ Key: 'team', Value: 'fraud' });
});

test('The signature and the length of a request cover the body that is sent', async () => {
  const [{ headers, body }] = await create('training');
  expect(headers['x-amz-content-sha256']).toBe(createHash('sha256').update(body).digest('hex'));
  expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
  expect(headers.authorization).toMatch(/^AWS4-HMAC-SHA256 .*SignedHeaders=[^,]*x-amz-content-sha256/);
});

test('A request that fails with an internal error is sent again with the same body', async () => {
  statuses = [500];
  const sent = await create('training');
  expect(sent.map(({ body }) => body)).toEqual([sent[0].body, sent[0].body]);
});
