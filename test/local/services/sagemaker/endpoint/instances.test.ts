import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateEndpointCommand,
  UpdateEndpointCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointAsyncCommand } from '@aws-sdk/client-sagemaker-runtime';
import type { RequestListener, ServerResponse } from 'node:http';
import { ServiceFixture } from '../../fixture';
import { EndpointFixture, Signal } from './endpoint-fixture';

const service = ServiceFixture.forEachTest();
const endpoint = new EndpointFixture(service);

/** Responds with the number of the container. */
const numbered = (options: { maxInstances?: number; endpointQuotas?: Record<string, number> } = {}): Promise<void> =>
  endpoint.serve(
    ({ number }) =>
      (_, response) =>
        void response.end(String(number)),
    options,
  );

async function scale(DesiredInstanceCount: number): Promise<void> {
  const inService = endpoint.becomes('InService');
  const DesiredWeightsAndCapacities = [{ VariantName: 'main', DesiredInstanceCount }];
  await service.sagemaker.send(
    new UpdateEndpointWeightsAndCapacitiesCommand({ EndpointName: 'churn', DesiredWeightsAndCapacities }),
  );
  await inService;
}

async function removedTo(count: number): Promise<void> {
  while (service.engine.containers.size > count) await new Promise((resolve) => setImmediate(resolve));
}

async function logEvents(): Promise<{ stream: string; message: string }[]> {
  const logs = service.client(CloudWatchLogsClient);
  const { events = [] } = await logs.send(
    new FilterLogEventsCommand({ logGroupName: '/aws/sagemaker/Endpoints/churn' }),
  );
  return events.map(({ logStreamName = '', message = '' }) => ({ stream: logStreamName, message }));
}

test('The requests of a variant with two instances go to both of them, and each has its own log stream', async () => {
  await endpoint.serve(({ number, inside }) => {
    inside.print(`container ${number}`);
    return (_, response) => void response.end(String(number));
  });
  await endpoint.create({ InitialInstanceCount: 2 });
  await endpoint.until((response) => response === '1');
  await endpoint.until((response) => response === '2');
  const events = await logEvents();
  expect(events.map(({ message }) => message).sort()).toEqual(['container 1', 'container 2']);
  const streams = new Set(events.map(({ stream }) => stream));
  expect([...streams]).toEqual([1, 2].map(() => expect.stringMatching(/^main\/i-[0-9a-f]{17}$/) as string));
});

test('A variant with more instances than the limit runs fewer containers, which its log states, and has its own count', async () => {
  await numbered({ maxInstances: 1 });
  await endpoint.create({ InitialInstanceCount: 5 });
  const { ProductionVariants } = await endpoint.describe();
  expect(ProductionVariants).toMatchObject([{ CurrentInstanceCount: 5, DesiredInstanceCount: 5 }]);
  expect(service.engine.containers.size).toBe(1);
  const [{ message }] = await logEvents();
  expect(message).toBe('The local service runs 1 of 5 instances of churn/main. --max-instances sets the limit.');
});

describe('The containers of a variant on instances with GPUs', () => {
  const types = { InstanceType: 'ml.g5.xlarge' } as const;
  const ok = (): RequestListener => (_, response) => void response.end();

  test('run on the CPU by default, which their log and a warning of the service state', async () => {
    const warnings: string[] = [];
    await endpoint.serve(ok, { onStartUpLog: (line) => warnings.push(line) });
    await endpoint.create(types);
    const text =
      'ml.g5.xlarge has GPUs, but the local service runs its containers on the CPU. Start the service with --gpus to use the GPUs of this machine.';
    expect((await logEvents()).map(({ message }) => message)).toEqual([text]);
    expect(warnings).toEqual([`warning: ${text}`]);
    expect(service.engine.history[0].gpus).toBe(false);
  });

  test('have the GPUs of this machine when the service is started with --gpus', async () => {
    await endpoint.serve(ok, { gpus: true });
    service.engine.hasGpus = true;
    await endpoint.create(types);
    expect(service.engine.history[0].gpus).toBe(true);
  });

  test('fail with the reason when the service is started with --gpus and the engine offers none', async () => {
    await endpoint.serve(ok, { gpus: true });
    const failed = endpoint.becomes('Failed');
    await endpoint.createModel('churn');
    await endpoint.createConfig('churn', types);
    await service.sagemaker.send(new CreateEndpointCommand({ EndpointName: 'churn', EndpointConfigName: 'churn' }));
    await failed;
    expect((await endpoint.describe()).FailureReason).toContain('The container engine offers no GPU.');
  });
});

test('An update that requires more instances than a quota allows is rejected, and the endpoint stays in service', async () => {
  await numbered({ endpointQuotas: { 'ml.m5.large': 3, 'ml.m5.xlarge': 0 } });
  await endpoint.create();
  await endpoint.createModel('small');
  await endpoint.createConfig('small', { InitialInstanceCount: 2 });
  const inService = endpoint.becomes('InService');
  await endpoint.startUpdate('small');
  await inService;
  await endpoint.createModel('large');
  await endpoint.createConfig('large', { InitialInstanceCount: 3 });
  await expect(endpoint.startUpdate('large')).rejects.toMatchObject({
    name: 'ResourceLimitExceeded',
    message: expect.stringContaining(
      "The account-level service limit 'ml.m5.large for endpoint usage' is 3 Instances, with current utilization of 2 Instances and a " +
        'request delta of 3 Instances.',
    ) as string,
  });
  const { EndpointStatus, EndpointConfigName } = await endpoint.describe();
  expect([EndpointStatus, EndpointConfigName]).toEqual(['InService', 'small']);
  // As the rollback of a stack does.
  await endpoint.startUpdate('small');
});

test('A request goes to the instance with the fewest requests in progress if the variant has that routing strategy', async () => {
  const held = new Signal<{ readonly number: number; readonly response: ServerResponse }>();
  await endpoint.serve(({ number }) => (request, response) => {
    request.resume();
    if (request.headers.accept === 'hold') held.send({ number, response });
    else response.end(String(number));
  });
  const RoutingConfig = { RoutingStrategy: 'LEAST_OUTSTANDING_REQUESTS' as const };
  await endpoint.create({ InitialInstanceCount: 2, RoutingConfig });
  const busy = endpoint.invoke({ Accept: 'hold' });
  const { number, response } = await held.sent;
  for (let count = 0; count < 10; count++) expect(await endpoint.invoke()).toBe(number === 1 ? '2' : '1');
  response.end('held');
  expect(await busy).toBe('held');
});

test('The instances of a variant start and stop with its desired count, and the last request of a stopped one ends', async () => {
  const held = new Signal<ServerResponse>();
  await endpoint.serve(({ number }) => (_, response) => {
    if (number === 2) held.send(response);
    else response.end(String(number));
  });
  await endpoint.create();
  const statuses = endpoint.statuses();
  await scale(2);
  const responses: Promise<string>[] = [];
  let second: ServerResponse | undefined;
  void held.sent.then((response) => (second = response));
  while (second === undefined) {
    responses.push(endpoint.invoke());
    await Promise.race([held.sent, responses[responses.length - 1]]);
  }
  await scale(1);
  expect(await endpoint.invoke()).toBe('1');
  expect([service.engine.containers.size, service.engine.graces]).toEqual([2, []]);
  second.end('2');
  expect((await Promise.all(responses)).at(-1)).toBe('2');
  await removedTo(1);
  expect(statuses).toEqual(['Updating', 'InService', 'Updating', 'InService']);
});

test('An endpoint rolls back to its old instance count if a new instance does not become healthy', async () => {
  await numbered();
  await endpoint.create();
  service.engine.fault = { start: 'no space left on device' };
  const statuses = endpoint.statuses();
  await scale(2);
  const { FailureReason, ProductionVariants } = await endpoint.describe();
  expect([FailureReason, ProductionVariants]).toMatchObject([
    'no space left on device',
    [{ CurrentInstanceCount: 1, DesiredInstanceCount: 1 }],
  ]);
  expect(statuses).toEqual(['Updating', 'RollingBack', 'InService']);
  expect(await endpoint.invoke()).toBe('1');
});

test('Requests do not go to an instance whose container has ended, while another one is healthy', async () => {
  await numbered();
  await endpoint.create({ InitialInstanceCount: 2 });
  service.engine.fault = { start: 'no space left on device' };
  const [id = ''] = service.engine.containers.keys();
  await service.engine.stop(id, 0);
  const responses = await Promise.all(Array.from({ length: 20 }, () => endpoint.invoke()));
  expect(new Set(responses)).toEqual(new Set(['2']));
});

test('An update retains the instance count of a variant if it specifies that', async () => {
  await numbered();
  await endpoint.create();
  await scale(2);
  const update = async (RetainAllVariantProperties: boolean): Promise<number | undefined> => {
    const inService = endpoint.becomes('InService');
    await service.sagemaker.send(
      new UpdateEndpointCommand({ EndpointName: 'churn', EndpointConfigName: 'churn', RetainAllVariantProperties }),
    );
    await inService;
    return (await endpoint.describe()).ProductionVariants?.[0].CurrentInstanceCount;
  };
  expect(await update(true)).toBe(2);
  await removedTo(2);
  expect(await update(false)).toBe(1);
  await removedTo(1);
});

test('The requests of an asynchronous endpoint wait while it has no instances; another endpoint must have one', async () => {
  await numbered();
  const { s3 } = service;
  await s3.send(new CreateBucketCommand({ Bucket: 'data' }));
  await s3.send(new PutObjectCommand({ Bucket: 'data', Key: 'in', Body: '1' }));
  await endpoint.create({}, { AsyncInferenceConfig: { OutputConfig: { S3OutputPath: 's3://data/out' } } });
  await scale(0);
  await removedTo(0);
  const { OutputLocation = '' } = await endpoint.runtime.send(
    new InvokeEndpointAsyncCommand({ EndpointName: 'churn', InputLocation: 's3://data/in' }),
  );
  const output = (): Promise<string | undefined> =>
    s3
      .send(new GetObjectCommand({ Bucket: 'data', Key: OutputLocation.slice('s3://data/'.length) }))
      .then(({ Body }) => Body?.transformToString())
      .catch(() => undefined);
  expect(await output()).toBeUndefined();
  await scale(1);
  while ((await output()) === undefined);
  expect(await output()).toBe('2');
});

test('A real-time endpoint must have an instance', async () => {
  await numbered();
  await endpoint.create();
  await expect(scale(0)).rejects.toThrow(
    'The variant "main" requires an instance, because "churn" is not asynchronous.',
  );
});

test('The requests of a session go to the instance that has opened it, until the session is closed or expires', async () => {
  const expires = '2999-01-01T00:00:00Z';
  await endpoint.serve(({ number }) => (request, response) => {
    const id = request.headers['x-amzn-sagemaker-session-id'];
    if (id === 'NEW_SESSION')
      response.setHeader('x-amzn-sagemaker-session-id', `session-${number}; Expires=${expires}`);
    if (request.headers.accept === 'close') response.setHeader('x-amzn-sagemaker-closed-session-id', String(id));
    response.end(String(number));
  });
  await endpoint.create({ InitialInstanceCount: 2 });
  const { NewSessionId = '', Body } = await endpoint.respond({ SessionId: 'NEW_SESSION' });
  const number = Buffer.from(Body).toString();
  expect(NewSessionId).toBe(`session-${number}; Expires=${expires}`);
  const SessionId = `session-${number}`;
  const same = await Promise.all(Array.from({ length: 20 }, () => endpoint.invoke({ SessionId })));
  expect(new Set(same)).toEqual(new Set([number]));
  const { ClosedSessionId } = await endpoint.respond({ SessionId, Accept: 'close' });
  expect(ClosedSessionId).toBe(SessionId);
  while ((await endpoint.invoke({ SessionId })) === number);
});
