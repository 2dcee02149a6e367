import { parseS3Folder, parseS3Uri } from '../../../local/aws-model/s3-uri';

describe('An S3 URI', () => {
  test.each([
    ['s3://bucket/a/b.csv', 'bucket', 'a/b.csv'],
    ['s3://bucket/a/', 'bucket', 'a/'],
    ['s3://bucket', 'bucket', ''],
    ['https://bucket/a', '', ''],
    [undefined, '', ''],
  ])('%s has the bucket "%s" and the key "%s"', (uri, bucket, key) => {
    expect(parseS3Uri(uri)).toEqual({ bucket, key });
  });

  test.each([
    ['s3://bucket/a', 'a/'],
    ['s3://bucket/a/', 'a/'],
    ['s3://bucket/', ''],
  ])('%s of a folder has the key "%s"', (uri, key) => {
    expect(parseS3Folder(uri)).toEqual({ bucket: 'bucket', key });
  });
});
