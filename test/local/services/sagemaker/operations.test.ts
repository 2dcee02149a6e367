import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateModelCommand, CreateTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { SIGNED_FOR_S3, ServiceFixture } from '../fixture';

const service = ServiceFixture.forEachTest();

describe('The SageMaker API', () => {
  test.each<[string, object, string]>([
    [
      'without a required member',
      {},
      "Value null at 'modelName' failed to satisfy constraint: Member must not be null",
    ],
    ['with an invalid name', { ModelName: 'a_b' }, "Value 'a_b' at 'modelName' failed to satisfy constraint"],
    [
      'with an unknown enum value in a nested member',
      { ModelName: 'a', PrimaryContainer: { Image: 'i', Mode: 'Many' } },
      "Value 'Many' at 'primaryContainer.mode' failed to satisfy constraint: Member must satisfy enum value set: [SingleModel, MultiModel]",
    ],
    ['with text for a boolean', { ModelName: 'a', EnableNetworkIsolation: 'yes' }, 'Member must be of type boolean'],
  ])('rejects a request %s with a validation error', async (_, input, message) => {
    await expect(service.sagemaker.send(new CreateModelCommand(input as never))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message) as string,
    });
  });

  test.each([
    ['an unknown member instead of ignoring the member', { Colour: 'red' }, "Unknown member 'Colour'"],
    ['an object for the list of tags', { Tags: {} }, "Value '{}' at 'tags' failed to satisfy constraint"],
  ])('rejects a request with %s', async (_, members, message) => {
    const response = await fetch(service.url, {
      method: 'POST',
      headers: {
        authorization: SIGNED_FOR_S3.authorization.replace('s3', 'sagemaker'),
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'SageMaker.CreateModel',
      },
      body: JSON.stringify({ ModelName: 'a', ...members }),
    });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      {
        __type: 'ValidationException',
        message: expect.stringContaining(`1 validation error detected: ${message}`) as string,
      },
    ]);
  });

  test.each([
    [
      'gzip compression in File mode',
      { CompressionType: 'Gzip' as const },
      'Channel train: CompressionType Gzip requires Pipe mode.',
    ],
    [
      'RecordIO in FastFile mode',
      { InputMode: 'FastFile' as const, RecordWrapperType: 'RecordIO' as const },
      'Channel train: RecordWrapperType RecordIO requires Pipe mode.',
    ],
    ['a channel without data', {}, 'No S3 objects found under S3 URL "s3://data/none/"'],
  ])('rejects a training job with %s before anything starts', async (_, channel, message) => {
    await service.s3.send(new CreateBucketCommand({ Bucket: 'data' }));
    const S3DataSource = { S3DataType: 'S3Prefix' as const, S3Uri: 's3://data/none/' };
    const job = new CreateTrainingJobCommand({
      TrainingJobName: 'job',
      RoleArn: 'arn:aws:iam::000000000000:role/any',
      AlgorithmSpecification: { TrainingImage: 'churn:1', TrainingInputMode: 'File' },
      InputDataConfig: [{ ChannelName: 'train', DataSource: { S3DataSource }, ...channel }],
      OutputDataConfig: { S3OutputPath: 's3://data/out' },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 60 },
    });
    await expect(service.sagemaker.send(job)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message) as string,
    });
  });
});
