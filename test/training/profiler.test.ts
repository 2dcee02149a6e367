import { Duration, aws_s3 as s3 } from 'aws-cdk-lib';
import { Profiler } from '../../lib';
import { errorOf, newStack } from '../stacks';

describe('Profiler', () => {
  test('rejects an interval that the service does not support', () => {
    const bucket = s3.Bucket.fromBucketName(newStack(), 'Profile', 'profile');
    expect(errorOf(() => Profiler.toBucket(bucket, 'p', { interval: Duration.seconds(3) }))).toContain(
      '`interval` must be 100, 200 or 500 milliseconds, 1 or 5 seconds, or 1 minute, got 3000 milliseconds',
    );
  });
});
