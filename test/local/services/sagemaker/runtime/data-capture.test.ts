import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateTransformJobCommand,
  type CreateTransformJobCommandInput,
  type DataCaptureConfig,
  DeleteEndpointCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointAsyncCommand, InvokeEndpointWithResponseStreamCommand } from '@aws-sdk/client-sagemaker-runtime';
import { ServiceFixture } from '../../fixture';
import { EndpointFixture, Signal } from '../endpoint/endpoint-fixture';

const service = ServiceFixture.forEachTest();
const endpoint = new EndpointFixture(service);

const CAPTURE = {
  InitialSamplingPercentage: 100,
  DestinationS3Uri: 's3://data/captured',
  CaptureOptions: [{ CaptureMode: 'InputAndOutput' as const }],
  CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'], JsonContentTypes: ['application/json'] },
};

/** The longest time that a record is kept before it is written. */
const LATEST_MS = 5000;

beforeEach(async () => {
  await endpoint.serve(() => (request, response) => {
    request.resume();
    response.setHeader('content-type', request.headers.accept ?? 'application/json');
    response.end(request.headers['content-type'] === undefined ? 'no type' : '{"score":1}');
  });
  await service.s3.send(new CreateBucketCommand({ Bucket: 'data' }));
});

async function keys(prefix = 'captured/'): Promise<string[]> {
  const { Contents = [] } = await service.s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: prefix }));
  return Contents.map(({ Key = '' }) => Key);
}

async function text(Key: string): Promise<string> {
  const { Body } = await service.s3.send(new GetObjectCommand({ Bucket: 'data', Key }));
  return (await Body?.transformToString()) ?? '';
}

/** The captured records, when there are so many. */
async function captured(count: number): Promise<{ keys: string[]; records: Record<string, unknown>[] }> {
  for (;;) {
    const all = await keys();
    const lines = (await Promise.all(all.map(text))).flatMap((one) => one.trimEnd().split('\n'));
    if (lines.length >= count) return { keys: all, records: lines.map((line) => JSON.parse(line) as never) };
  }
}

const create = (change: Partial<DataCaptureConfig> = {}, more: object = {}): Promise<void> =>
  endpoint.create({}, { DataCaptureConfig: { ...CAPTURE, ...change }, ...more });

test('Requests and responses are written as JSON lines, in the folders of the endpoint, the variant and the hour', async () => {
  await create();
  const invocation = {
    Body: '1,2',
    ContentType: 'text/csv',
    CustomAttributes: 'source=test',
    InferenceId: 'request-1',
  };
  expect(await endpoint.invoke(invocation)).toBe('{"score":1}');
  await endpoint.invoke({ Body: Buffer.from([255]), ContentType: 'image/png', Accept: 'text/csv; charset=utf-8' });
  await service.clock.advance(LATEST_MS);
  const { keys: found, records } = await captured(2);
  expect(found).toEqual([
    expect.stringMatching(
      /^captured\/churn\/main\/\d{4}\/\d\d\/\d\d\/\d\d\/\d\d-\d\d-\d{3}-[0-9a-f-]{36}\.jsonl$/,
    ) as string,
  ]);
  expect(records).toEqual([
    {
      captureData: {
        endpointInput: { observedContentType: 'text/csv', mode: 'INPUT', data: '1,2', encoding: 'CSV' },
        endpointOutput: {
          observedContentType: 'application/json',
          mode: 'OUTPUT',
          data: '{"score":1}',
          encoding: 'JSON',
        },
      },
      eventMetadata: {
        eventId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        customAttributes: ['source=test'],
        inferenceId: 'request-1',
        inferenceTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
      },
      eventVersion: '0',
    },
    expect.objectContaining({
      captureData: {
        endpointInput: { observedContentType: 'image/png', mode: 'INPUT', data: '/w==', encoding: 'BASE64' },
        endpointOutput: expect.objectContaining({
          observedContentType: 'text/csv; charset=utf-8',
          encoding: 'CSV',
        }) as object,
      },
    }) as object,
  ]);
});

test('Without content types in the configuration, data is encoded as Base64; only the input is captured if only it is requested', async () => {
  await create({ CaptureContentTypeHeader: undefined, CaptureOptions: [{ CaptureMode: 'Input' }] });
  await endpoint.invoke({ Body: '1,2', ContentType: 'text/csv' });
  await service.clock.advance(LATEST_MS);
  const { records } = await captured(1);
  expect(records[0].captureData).toEqual({
    endpointInput: { observedContentType: 'text/csv', mode: 'INPUT', data: 'MSwy', encoding: 'BASE64' },
  });
});

test('An object has at most a hundred records, and the last ones are written when the endpoint is deleted', async () => {
  await create();
  for (let count = 0; count < 101; count++) await endpoint.invoke();
  await service.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'churn' }));
  const { keys: found, records } = await captured(101);
  expect(records).toHaveLength(101);
  const counts = (await Promise.all(found.map(text))).map((one) => one.trimEnd().split('\n').length);
  expect(Math.max(...counts)).toBeLessThanOrEqual(100);
});

test('Records are written when the service closes', async () => {
  await create();
  await endpoint.invoke();
  await service.restart();
  expect((await captured(1)).records).toHaveLength(1);
});

test('A sample of 0 % and a disabled capture contain no request', async () => {
  await create({ InitialSamplingPercentage: 0 });
  await endpoint.invoke();
  const disabled = { ...CAPTURE, EnableCapture: false };
  await endpoint.createModel('disabled');
  await endpoint.createConfig('disabled', {}, { DataCaptureConfig: disabled });
  const inService = endpoint.becomes('InService');
  await service.sagemaker.send(new UpdateEndpointCommand({ EndpointName: 'churn', EndpointConfigName: 'disabled' }));
  await inService;
  await endpoint.invoke();
  const { DataCaptureConfig } = await endpoint.describe();
  expect(DataCaptureConfig).toEqual({
    EnableCapture: false,
    CaptureStatus: 'Stopped',
    CurrentSamplingPercentage: 100,
    DestinationS3Uri: 's3://data/captured',
    KmsKeyId: '',
  });
  await service.clock.advance(LATEST_MS);
  await service.restart();
  expect(await keys()).toEqual([]);
});

test('An update retains the data capture of an endpoint with all variant properties, unless it is excluded', async () => {
  await create();
  await endpoint.createModel('plain');
  await endpoint.createConfig('plain');
  const update = async (more: object): Promise<string | undefined> => {
    const inService = endpoint.becomes('InService');
    const input = { EndpointName: 'churn', EndpointConfigName: 'plain', RetainAllVariantProperties: true, ...more };
    await service.sagemaker.send(new UpdateEndpointCommand(input));
    await inService;
    return (await endpoint.describe()).DataCaptureConfig?.CaptureStatus;
  };
  expect(await update({})).toBe('Started');
  const ExcludeRetainedVariantProperties = [{ VariantPropertyType: 'DataCaptureConfig' }];
  expect(await update({ ExcludeRetainedVariantProperties })).toBeUndefined();
});

test('Response streams and asynchronous requests are captured, the latter with their inference ID', async () => {
  await create();
  const stream = await endpoint.runtime.send(
    new InvokeEndpointWithResponseStreamCommand({ EndpointName: 'churn', Body: '1', ContentType: 'text/csv' }),
  );
  for await (const event of stream.Body ?? []) expect(event.PayloadPart).toBeDefined();
  await service.clock.advance(LATEST_MS);
  await captured(1);

  const AsyncInferenceConfig = { OutputConfig: { S3OutputPath: 's3://data/out' } };
  await endpoint.createModel('async');
  await endpoint.createConfig('async', {}, { AsyncInferenceConfig, DataCaptureConfig: CAPTURE });
  const inService = endpoint.becomes('InService');
  await service.sagemaker.send(new UpdateEndpointCommand({ EndpointName: 'churn', EndpointConfigName: 'async' }));
  await inService;
  await service.s3.send(new PutObjectCommand({ Bucket: 'data', Key: 'in', Body: '1,2' }));
  const input = { EndpointName: 'churn', InputLocation: 's3://data/in', ContentType: 'text/csv' };
  await endpoint.runtime.send(new InvokeEndpointAsyncCommand({ ...input, InferenceId: 'later' }));
  while ((await keys('out/')).length === 0);
  await service.clock.advance(LATEST_MS);
  const { records } = await captured(2);
  expect(records.map(({ eventMetadata }) => (eventMetadata as { inferenceId?: string }).inferenceId)).toContain(
    'later',
  );
});

test('A destination that does not exist does not fail requests, and is in the log of the endpoint', async () => {
  await create({ DestinationS3Uri: 's3://none/captured' });
  expect(await endpoint.invoke()).toBe('{"score":1}');
  await service.clock.advance(LATEST_MS);
  const logs = service.client(CloudWatchLogsClient);
  const message = async (): Promise<string | undefined> => {
    try {
      const { events = [] } = await logs.send(
        new FilterLogEventsCommand({ logGroupName: '/aws/sagemaker/Endpoints/churn' }),
      );
      return events[0]?.message;
    } catch (error) {
      // The log group is created with its first message.
      if ((error as Error).name !== 'ResourceNotFoundException') throw error;
      return undefined;
    }
  };
  while ((await message()) === undefined);
  await expect(message()).resolves.toMatch(
    /^The local service could not write captured data to s3:\/\/none\/captured: /,
  );
});

describe('The data capture of a transform job', () => {
  async function transform(
    DataCaptureConfig: CreateTransformJobCommandInput['DataCaptureConfig'],
    Accept: string,
  ): Promise<void> {
    await endpoint.createModel('model');
    for (const name of ['a', 'b'])
      await service.s3.send(new PutObjectCommand({ Bucket: 'data', Key: `in/${name}.csv`, Body: '1\n2' }));
    const completed = new Signal();
    service.events.subscribe('transformJob', ({ TransformJobStatus }) => {
      if (TransformJobStatus === 'Completed') completed.send();
    });
    await service.sagemaker.send(
      new CreateTransformJobCommand({
        TransformJobName: 'job',
        ModelName: 'model',
        BatchStrategy: 'SingleRecord',
        TransformInput: {
          DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/in/' } },
          ContentType: 'text/csv',
          SplitType: 'Line',
        },
        TransformOutput: { S3OutputPath: 's3://data/out', Accept, AssembleWith: 'Line' },
        TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
        DataCaptureConfig,
      }),
    );
    await completed.sent;
  }

  test('consists of manifests of the input and the output, in the folders of the hour', async () => {
    await transform({ DestinationS3Uri: 's3://data/captured' }, 'application/json');
    const [input, output] = await keys();
    expect([input, output]).toEqual(
      ['input', 'output'].map(
        (direction) =>
          expect.stringMatching(
            new RegExp(`^captured/${direction}/\\d{4}/\\d\\d/\\d\\d/\\d\\d/[0-9a-f-]{36}\\.jsonl$`),
          ) as string,
      ),
    );
    expect(JSON.parse(await text(input))).toEqual([{ prefix: 's3://data/in/' }, 'a.csv', 'b.csv']);
    expect(JSON.parse(await text(output))).toEqual([{ prefix: 's3://data/out/' }, 'a.csv.out', 'b.csv.out']);
    expect(await text('out/a.csv.out')).toBe('{"score":1}\n{"score":1}\n');
  });

  test.each([
    [
      'JSON',
      'application/json',
      /^\{"score":1,"SageMakerInferenceId":"[0-9a-f-]{36}","SageMakerInferenceTime":"[^"]+Z"\}$/,
    ],
    ['CSV', 'text/csv', /^\{"score":1\},[0-9a-f-]{36},\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/],
  ])('adds an inference ID and a time to each %s record if it generates them', async (_, accept, expected) => {
    await transform({ DestinationS3Uri: 's3://data/captured', GenerateInferenceId: true }, accept);
    const lines = (await text('out/b.csv.out')).trimEnd().split('\n');
    expect(lines).toEqual([1, 2].map(() => expect.stringMatching(expected) as string));
  });
});
