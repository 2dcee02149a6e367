import { aws_sns as sns } from 'aws-cdk-lib';
import { AsyncNotificationTopic, S3Location } from '../../../lib';
import { bucket, newConfig } from '../../features';
import { additionalStatements, arn, asyncInference, objects } from '../../hosting-fixtures';
import { ACCOUNT, errorOf, newStack, placedStack, REGION } from '../../stacks';

describe('Asynchronous inference', () => {
  test('grants the execution role permission to read requests, write responses and publish notifications', () => {
    const topic = `arn:aws:sns:${REGION}:${ACCOUNT}:done`;
    const stack = placedStack();
    newConfig(stack, {
      asyncInference: {
        input: S3Location.fromBucket(bucket(stack), 'in/'),
        output: S3Location.fromBucket(bucket(stack), 'out'),
        failure: S3Location.fromBucket(bucket(stack), 'failed'),
        successTopic: sns.Topic.fromTopicArn(stack, 'Done', topic),
      },
    });
    const statements = additionalStatements(stack);
    expect(statements).toEqual([
      {
        Effect: 'Allow',
        Action: ['s3:GetObject*', 's3:GetBucket*', 's3:List*'],
        Resource: [arn(':s3:::models'), objects('in/*')],
      },
      {
        Effect: 'Allow',
        Action: [
          's3:PutObject',
          's3:PutObjectLegalHold',
          's3:PutObjectRetention',
          's3:PutObjectTagging',
          's3:PutObjectVersionTagging',
          's3:Abort*',
        ],
        Resource: objects('out/*'),
      },
      expect.objectContaining({ Resource: objects('failed/*') }),
      { Effect: 'Allow', Action: 'sns:Publish', Resource: topic },
    ]);
  });

  test('is rejected if notifications without a topic include the inference response', () => {
    const stack = newStack();
    const options = { ...asyncInference(stack), includeInferenceResponseIn: [AsyncNotificationTopic.ERROR] };
    expect(errorOf(() => newConfig(stack, { asyncInference: options }))).toContain(
      '`asyncInference.includeInferenceResponseIn` with ERROR_NOTIFICATION_TOPIC requires `errorTopic`',
    );
  });
});
