import { aws_kms as kms } from 'aws-cdk-lib';
import { CaptureMode, S3Location } from '../../../lib';
import { bucket, CONFIG, newConfig } from '../../features';
import { additionalStatements, arn, objects } from '../../hosting-fixtures';
import { ACCOUNT, errorOf, newStack, onlyResource, placedStack, REGION } from '../../stacks';

describe('Data capture', () => {
  test('captures requests and responses by default', () => {
    const stack = newStack();
    newConfig(stack, { dataCapture: { destination: S3Location.fromBucket(bucket(stack)), enabled: false } });
    expect(onlyResource(stack, CONFIG).DataCaptureConfig).toEqual({
      EnableCapture: false,
      InitialSamplingPercentage: 100,
      DestinationS3Uri: 's3://models',
      CaptureOptions: [{ CaptureMode: CaptureMode.INPUT }, { CaptureMode: CaptureMode.OUTPUT }],
    });
  });

  test('grants the execution role permission to write the captured data and use the KMS key', () => {
    const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/0123`;
    const stack = placedStack();
    newConfig(stack, {
      dataCapture: {
        destination: S3Location.fromBucket(bucket(stack), 'kept'),
        encryptionKey: kms.Key.fromKeyArn(stack, 'Key', key),
      },
    });
    expect(additionalStatements(stack)).toEqual([
      expect.objectContaining({ Resource: objects('kept/*') }),
      {
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'],
        Resource: key,
      },
    ]);
  });

  test('writes to the key prefix that the execution role has permission for if it starts with "/"', () => {
    const stack = placedStack();
    newConfig(stack, { dataCapture: { destination: S3Location.fromBucket(bucket(stack), '/kept/') } });
    expect(onlyResource(stack, CONFIG)).toMatchObject({ DataCaptureConfig: { DestinationS3Uri: 's3://models/kept' } });
    expect(additionalStatements(stack)).toEqual([expect.objectContaining({ Resource: arn(':s3:::models/kept/*') })]);
  });

  test('is rejected with a percentage above 100 and no capture modes', () => {
    const stack = newStack();
    const destination = S3Location.fromBucket(bucket(stack));
    const dataCapture = { destination, samplingPercentage: 101, captureModes: [] };
    expect(errorOf(() => newConfig(stack, { dataCapture }))).toContain(
      'has 2 validation errors:\n  - `dataCapture.samplingPercentage` must be at most 100, got 101',
    );
  });
});
