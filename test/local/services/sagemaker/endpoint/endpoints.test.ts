import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import {
  InvokeEndpointAsyncCommand,
  InvokeEndpointCommand,
  InvokeEndpointWithResponseStreamCommand,
  SageMakerRuntimeClient,
} from '@aws-sdk/client-sagemaker-runtime';
import { once } from 'node:events';
import { type IncomingMessage, type RequestListener, type ServerResponse, request } from 'node:http';
import { RequestsInProgress } from '../../../../../local/services/sagemaker/requests-in-progress';
import { serving } from '../../../fake-engine';
import { SIGNED_FOR_S3, ServiceFixture } from '../../fixture';

const service = ServiceFixture.forEachTest();

/** The number of requests on each connection. */
const SEEN = new WeakMap<object, number>();

/** An event that a test waits for. */
class Signal<T = void> {
  public send: (value: T) => void = () => undefined;
  public readonly sent = new Promise<T>((resolve) => (this.send = resolve));
}

/** The model server of the version "old": it responds to an invocation when the test does. */
let invocation = new Signal<ServerResponse>();

const listener =
  (version: string): RequestListener =>
  (message, response) => {
    message.resume();
    if (message.url === '/ping') response.end();
    else if (version === 'old') invocation.send(response);
    else response.end(version);
  };

beforeEach(async () => {
  invocation = new Signal();
  await service.restart({ program: serving(({ spec }) => ({ listener: listener(spec.environment.VERSION) })) });
  for (const version of ['old', 'new']) {
    const PrimaryContainer = { Image: 'churn:1', Environment: { VERSION: version } };
    await service.sagemaker.send(new CreateModelCommand({ ModelName: version, PrimaryContainer }));
  }
});

async function createConfig(name: string, more: object = {}): Promise<void> {
  const variant = {
    VariantName: 'main',
    ModelName: name,
    InitialInstanceCount: 1,
    InstanceType: 'ml.m5.large' as const,
  };
  await service.sagemaker.send(
    new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants: [variant], ...more }),
  );
}

/** Resolves when the endpoint has a status. Must be called before the request that leads to it. */
function becomes(status: string): Promise<void> {
  const signal = new Signal();
  service.events.subscribe('endpoint', ({ EndpointStatus }) => {
    if (EndpointStatus === status) signal.send();
  });
  return signal.sent;
}

async function deploy(more: object = {}): Promise<void> {
  await createConfig('old', more);
  await createConfig('new', more);
  const inService = becomes('InService');
  await service.sagemaker.send(new CreateEndpointCommand({ EndpointName: 'churn', EndpointConfigName: 'old' }));
  await inService;
}

async function update(): Promise<void> {
  const updating = becomes('Updating');
  await service.sagemaker.send(new UpdateEndpointCommand({ EndpointName: 'churn', EndpointConfigName: 'new' }));
  await updating;
  await becomes('InService');
}

const runtime = (): SageMakerRuntimeClient => service.client(SageMakerRuntimeClient);

async function invoke(): Promise<string> {
  const { Body } = await runtime().send(new InvokeEndpointCommand({ EndpointName: 'churn', Body: '1' }));
  return Buffer.from(Body).toString();
}

/** The versions of the containers that have not been removed. */
const versions = (): string[] =>
  [...service.engine.containers.values()].map(({ spec }) => spec.environment.VERSION).sort();

/** Resolves when the containers of the version "old" have been removed. */
async function removed(): Promise<void> {
  while (versions().includes('old')) await new Promise((resolve) => setImmediate(resolve));
}

test('A response stream is requested from the container with the content type that the caller accepts', async () => {
  await deploy();
  const Accept = 'application/jsonlines';
  const command = new InvokeEndpointWithResponseStreamCommand({ EndpointName: 'churn', Body: '1', Accept });
  const stream = runtime().send(command);
  const response = await invocation.sent;
  response.end();
  await stream;
  expect(response.req.headers.accept).toBe('application/jsonlines');
});

test('The log of a container is reported until the container is healthy', async () => {
  const lines: string[] = [];
  const print = new Signal();
  await service.restart({
    onStartUpLog: (line) => lines.push(line),
    program: serving((inside) => {
      inside.print('loading');
      void print.sent.then(() => inside.print('serving'));
      return { listener: (_, response) => void response.end() };
    }),
  });
  await deploy();
  print.send();
  await print.sent;
  expect(lines).toEqual(['churn/main | loading']);
});

test('An endpoint is in service, and is invoked, although its configuration was deleted while its containers started', async () => {
  await createConfig('new');
  const inService = becomes('InService');
  await service.sagemaker.send(new CreateEndpointCommand({ EndpointName: 'churn', EndpointConfigName: 'new' }));
  await service.sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: 'new' }));
  await inService;
  expect(await invoke()).toBe('new');
});

test('A request is sent again if the container has closed the idle connection that it was sent on', async () => {
  let connections = 0;
  await service.restart({
    program: serving(() => ({
      listener: (message, response) => {
        message.resume();
        if (message.url === '/ping') return void response.end();
        // The first connection is closed when it is reused.
        const requests = (SEEN.get(message.socket) ?? 0) + 1;
        if (requests === 1) connections++;
        SEEN.set(message.socket, requests);
        if (requests > 1) message.socket.destroy();
        else response.end(`connection ${connections}`);
      },
    })),
  });
  await deploy();
  expect([await invoke(), await invoke()]).toEqual(['connection 1', 'connection 2']);
});

describe('The response of an endpoint', () => {
  /** The headers and the body of the response to an invocation, which a container responds to in two parts. */
  async function received(end: (response: ServerResponse) => void): Promise<{ length?: string; body: string }> {
    await deploy();
    const authorization = SIGNED_FOR_S3.authorization.replace('/s3/', '/sagemaker/');
    const client = request(`${service.url}/endpoints/churn/invocations`, {
      method: 'POST',
      headers: { authorization },
    });
    client.end('1');
    const response = await invocation.sent;
    response.setHeader('content-length', 10);
    response.write('first');
    const [message] = (await once(client, 'response')) as [IncomingMessage];
    end(response);
    let body = '';
    for await (const chunk of message) body += String(chunk);
    return { length: message.headers['content-length'], body };
  }

  test('has the length that the container has sent', async () => {
    expect(await received((response) => response.end('final'))).toEqual({ length: '10', body: 'firstfinal' });
  });

  test('fails if the container closes the connection before the response is complete', async () => {
    await expect(received((response) => response.destroy())).rejects.toThrow('aborted');
  });
});

describe('The update of an endpoint', () => {
  test('removes the old containers with SIGTERM, when their requests in progress have ended', async () => {
    await deploy();
    const response = invoke();
    const old = await invocation.sent;
    await update();
    expect(await invoke()).toBe('new');
    expect([versions(), service.engine.graces]).toEqual([['new', 'old'], []]);
    old.end('old');
    expect(await response).toBe('old');
    await removed();
    expect([versions(), service.engine.graces]).toEqual([['new'], [30]]);
  });

  test('does not cut off a response stream', async () => {
    await deploy();
    const command = new InvokeEndpointWithResponseStreamCommand({ EndpointName: 'churn', Body: '1' });
    const stream = runtime().send(command);
    const old = await invocation.sent;
    old.write('first ');
    const { Body } = await stream;
    await update();
    expect(service.engine.graces).toEqual([]);
    old.end('second');
    let text = '';
    for await (const { PayloadPart } of Body ?? []) text += Buffer.from(PayloadPart?.Bytes ?? []).toString();
    expect(text).toBe('first second');
    await removed();
  });

  test('sends a request to the new containers whose payload was not complete before', async () => {
    await deploy();
    const { hostname, port } = new URL(service.url);
    const options = { hostname, port, method: 'POST', path: '/endpoints/churn/invocations' };
    const authorization = SIGNED_FOR_S3.authorization.replace('/s3/', '/sagemaker/');
    const client = request({ ...options, headers: { 'content-length': 2, authorization } });
    await new Promise((resolve) => client.write('1', resolve));
    await update();
    await removed();
    client.end('2');
    const [response] = (await once(client, 'response')) as [NodeJS.ReadableStream];
    let text = '';
    for await (const chunk of response) text += String(chunk);
    expect(text).toBe('new');
  });

  test('does not delay the end of the service by a request that gets no response', async () => {
    await deploy();
    const response = invoke().catch(() => 'failed');
    await invocation.sent;
    await update();
    await service.stop();
    expect([await response, versions()]).toEqual(['failed', []]);
  });
});

describe('The deletion of an endpoint', () => {
  const remove = (): Promise<unknown> => service.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'churn' }));

  test('completes the requests in progress, and rejects new ones', async () => {
    await deploy();
    const response = invoke();
    const old = await invocation.sent;
    const deleted = becomes('Deleted');
    await remove();
    await expect(invoke()).rejects.toThrow('Endpoint churn of account 000000000000 not found.');
    old.end('old');
    expect(await response).toBe('old');
    await deleted;
    expect([versions(), service.engine.graces]).toEqual([[], [30]]);
  });

  test('completes the asynchronous request in progress, and discards the queued one', async () => {
    const s3 = service.s3;
    await s3.send(new CreateBucketCommand({ Bucket: 'data' }));
    await s3.send(new PutObjectCommand({ Bucket: 'data', Key: 'in', Body: '1' }));
    const OutputConfig = { S3OutputPath: 's3://data/out', S3FailurePath: 's3://data/failed' };
    await deploy({ AsyncInferenceConfig: { OutputConfig, ClientConfig: { MaxConcurrentInvocationsPerInstance: 1 } } });
    const send = (): Promise<{ OutputLocation?: string }> =>
      runtime().send(new InvokeEndpointAsyncCommand({ EndpointName: 'churn', InputLocation: 's3://data/in' }));
    const { OutputLocation = '' } = await send();
    const old = await invocation.sent;
    const { OutputLocation: queued = '' } = await send();
    const deleted = becomes('Deleted');
    await remove();
    old.end('late');
    await deleted;
    const object = (uri: string): Promise<string | undefined> =>
      s3
        .send(new GetObjectCommand({ Bucket: 'data', Key: uri.slice('s3://data/'.length) }))
        .then(({ Body }) => Body?.transformToString())
        .catch(() => undefined);
    while ((await object(OutputLocation)) === undefined);
    const failure = queued.replace('/out/', '/failed/').replace('.out', '-error.out');
    expect([await object(OutputLocation), await object(queued), await object(failure)]).toEqual([
      'late',
      undefined,
      undefined,
    ]);
  });
});

test('A request is not in progress any more when its time limit has passed', async () => {
  const requests = new RequestsInProgress();
  requests.begin(0.01);
  const end = requests.begin(60);
  expect(requests.count).toBe(2);
  end();
  await requests.ended();
  expect(requests.count).toBe(0);
});
