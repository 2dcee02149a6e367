import { aws_s3 as s3 } from 'aws-cdk-lib';
import { ContentCompression, InputMode, TrainingInput } from '../../lib';
import { errorOf, newStack } from '../stacks';

describe('TrainingInput', () => {
  test.each([
    [
      'Gzip compression in File mode',
      { inputMode: InputMode.FILE, compression: ContentCompression.GZIP },
      '`compression` Gzip',
    ],
    ['RecordIO wrapping in File mode', { inputMode: InputMode.FILE, recordIoWrapped: true }, '`recordIoWrapped` is'],
    ['a manifest in FastFile mode', { inputMode: InputMode.FAST_FILE }, '`inputMode` FastFile'],
  ])('rejects %s', (_, options, message) => {
    const bucket = s3.Bucket.fromBucketName(newStack(), 'Data', 'data');
    expect(errorOf(() => TrainingInput.fromManifest(bucket, 'm.json', options))).toContain(message);
  });
});
