import { PutMetricAlarmCommand, CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { ServiceFixture } from '../fixture';
import { StackFixture } from '../stack-fixture';
import { StateMachineFixture } from '../step-functions/state-machine-fixture';

const service = ServiceFixture.forEachTest();
const stacks = new StackFixture(service);

interface Event {
  readonly 'detail-type': string;
  readonly resources: string[];
  readonly detail: Record<string, unknown>;
}

const rule = (source: string, pattern: object = {}): object => ({
  Type: 'AWS::Events::Rule',
  Properties: {
    EventPattern: { source: [source], ...pattern },
    Targets: [{ Id: 'a', Arn: 'arn:aws:logs:us-east-1:000000000000:log-group:events' }],
  },
});

async function events(count: number): Promise<Event[]> {
  const messages = await stacks.messages('events', count);
  return messages.map((message) => JSON.parse(message) as Event);
}

const bucket = (properties: object = {}): object => ({
  Type: 'AWS::S3::Bucket',
  Properties: { BucketName: 'data', ...properties },
});
const NOTIFICATIONS = { EventBridgeConfiguration: {} };

describe('S3', () => {
  const target = { Bucket: 'data', Key: 'a.csv' };

  test('reports the objects that are created and deleted in a bucket with notifications of EventBridge', async () => {
    await stacks.create({ Rule: rule('aws.s3'), Bucket: bucket({ NotificationConfiguration: NOTIFICATIONS }) });
    await service.s3.send(new PutObjectCommand({ ...target, Body: '1,2' }));
    await service.s3.send(new CopyObjectCommand({ Bucket: 'data', Key: 'b.csv', CopySource: 'data/a.csv' }));
    await service.s3.send(new DeleteObjectCommand(target));
    await service.s3.send(new DeleteObjectCommand(target));
    const all = await events(3);
    const of = (type: string, reason: string): Event | undefined =>
      all.find((event) => event['detail-type'] === type && event.detail.reason === reason);
    expect(all).toHaveLength(3);
    expect(of('Object Created', 'PutObject')).toMatchObject({
      resources: ['arn:aws:s3:::data'],
      detail: {
        bucket: { name: 'data' },
        object: { key: 'a.csv', size: 3, etag: expect.stringMatching(/^[0-9a-f]{32}$/) as string },
        requester: '000000000000',
      },
    });
    expect(of('Object Created', 'CopyObject')).toMatchObject({ detail: { object: { key: 'b.csv', size: 3 } } });
    expect(of('Object Deleted', 'DeleteObject')).toMatchObject({
      detail: { object: { key: 'a.csv' }, 'deletion-type': 'Permanently Deleted' },
    });
  });

  test('reports a multipart upload when it is complete', async () => {
    await stacks.create({ Rule: rule('aws.s3'), Bucket: bucket({ NotificationConfiguration: NOTIFICATIONS }) });
    const { UploadId } = await service.s3.send(new CreateMultipartUploadCommand(target));
    const { ETag } = await service.s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'abcd' }));
    const Parts = [{ ETag, PartNumber: 1 }];
    await service.s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
    expect(await events(1)).toMatchObject([{ detail: { reason: 'CompleteMultipartUpload', object: { size: 4 } } }]);
  });

  test('reports the objects of a bucket whose notifications the CDK sets, until they are removed', async () => {
    const Handler = {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { ZipFile: 'import boto3' },
        Description: 'AWS CloudFormation handler for "Custom::S3BucketNotifications" resources (@aws-cdk/aws-s3)',
        Handler: 'index.handler',
        Role: 'arn:aws:iam::000000000000:role/handler',
        Runtime: 'python3.13',
      },
    };
    const Notifications = {
      Type: 'Custom::S3BucketNotifications',
      Properties: {
        ServiceToken: { 'Fn::GetAtt': ['Handler', 'Arn'] },
        BucketName: { Ref: 'Bucket' },
        NotificationConfiguration: NOTIFICATIONS,
        Managed: true,
      },
    };
    const others = { Rule: rule('aws.s3'), Bucket: bucket() };
    expect(await stacks.create({ ...others, Handler, Notifications })).toBe('CREATE_COMPLETE');
    await service.s3.send(new PutObjectCommand({ ...target, Body: '1' }));
    expect(await events(1)).toHaveLength(1);
    expect(await stacks.update(others)).toBe('UPDATE_COMPLETE');
    await service.s3.send(new PutObjectCommand({ ...target, Body: '2' }));
    expect(await events(1)).toHaveLength(1);
  });

  test('reports nothing of a bucket without notifications', async () => {
    await stacks.create({
      Rule: rule('aws.s3'),
      Bucket: bucket(),
      Other: bucket({ BucketName: 'other', NotificationConfiguration: NOTIFICATIONS }),
    });
    await service.s3.send(new PutObjectCommand({ ...target, Body: '1' }));
    await service.s3.send(new PutObjectCommand({ ...target, Bucket: 'other', Body: '1' }));
    expect(await events(1)).toMatchObject([{ resources: ['arn:aws:s3:::other'] }]);
  });

  test('rejects a bucket with notifications of other services', async () => {
    const properties = { NotificationConfiguration: { LambdaConfigurations: [] } };
    expect(await stacks.failureOf(bucket(properties))).toContain(
      'The local service does not support LambdaConfigurations of the notifications of buckets.',
    );
  });
});

test('CloudFormation reports the statuses of stacks and of resources', async () => {
  await stacks.create({ Rule: rule('aws.cloudformation') });
  await stacks.create({ Bucket: bucket() }, 'data');
  const all = await events(5);
  const ofData = all.filter(({ detail }) => String(detail['stack-id']).includes('stack/data/'));
  const statuses = ofData.map((event) => [
    event['detail-type'],
    (event.detail['status-details'] as { status: string }).status,
    event.detail['logical-resource-id'],
  ]);
  expect(statuses).toEqual(
    expect.arrayContaining([
      ['CloudFormation Stack Status Change', 'CREATE_IN_PROGRESS', undefined],
      ['CloudFormation Resource Status Change', 'CREATE_IN_PROGRESS', 'Bucket'],
      ['CloudFormation Resource Status Change', 'CREATE_COMPLETE', 'Bucket'],
      ['CloudFormation Stack Status Change', 'CREATE_COMPLETE', undefined],
    ]),
  );
});

test('CloudWatch reports the new state of an alarm, with its configuration', async () => {
  await stacks.create({ Rule: rule('aws.cloudwatch') });
  const cloudWatch = service.client(CloudWatchClient);
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      ...{ AlarmName: 'latency', AlarmDescription: 'Slow', Namespace: 'AWS/SageMaker', MetricName: 'ModelLatency' },
      ...{
        Dimensions: [{ Name: 'EndpointName', Value: 'churn' }],
        Period: 60,
        Statistic: 'Average',
        EvaluationPeriods: 1,
      },
      ...{ ComparisonOperator: 'GreaterThanThreshold', Threshold: 1 },
    }),
  );
  await cloudWatch.send(new SetAlarmStateCommand({ AlarmName: 'latency', StateValue: 'ALARM', StateReason: 'a test' }));
  expect(await events(1)).toMatchObject([
    {
      'detail-type': 'CloudWatch Alarm State Change',
      resources: ['arn:aws:cloudwatch:us-east-1:000000000000:alarm:latency'],
      detail: {
        alarmName: 'latency',
        state: { value: 'ALARM', reason: 'a test', timestamp: expect.stringMatching(/\+0000$/) as string },
        previousState: { value: 'INSUFFICIENT_DATA' },
        configuration: {
          description: 'Slow',
          metrics: [
            {
              metricStat: {
                metric: { namespace: 'AWS/SageMaker', name: 'ModelLatency', dimensions: { EndpointName: 'churn' } },
                ...{ period: 60, stat: 'Average' },
              },
              returnData: true,
            },
          ],
        },
      },
    },
  ]);
});

test('Step Functions reports the statuses of executions', async () => {
  const machine = new StateMachineFixture(service);
  await stacks.create({ Rule: rule('aws.states') }, 'rules');
  await machine.create({
    A: { Type: 'Choice', Choices: [{ Variable: '$.ok', BooleanEquals: true, Next: 'B' }], Default: 'C' },
    B: { Type: 'Succeed' },
    C: { Type: 'Fail', Error: 'Worse', Cause: '0.8' },
  });
  const executionArn = await machine.start({ ok: false }, 'one');
  await machine.ended(executionArn);
  const all = await events(2);
  expect(all.find(({ detail }) => detail.status === 'RUNNING')).toMatchObject({
    'detail-type': 'Step Functions Execution Status Change',
    resources: [executionArn],
    detail: {
      executionArn,
      stateMachineArn: machine.arn,
      name: 'one',
      input: '{"ok":false}',
      output: null,
      stopDate: null,
    },
  });
  expect(all.find(({ detail }) => detail.status === 'FAILED')?.detail).toEqual(
    expect.objectContaining({
      ...{ error: 'Worse', cause: '0.8', output: null, outputDetails: null, redriveCount: 0, redriveDate: null },
      ...{ redriveStatus: 'REDRIVABLE', redriveStatusReason: null, stopDate: expect.any(Number) as number },
    }),
  );
});
