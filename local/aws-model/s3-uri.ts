export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** The bucket and key of `s3://bucket/key`; both are empty for any other text. */
export function parseS3Uri(uri = ''): S3Location {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(uri) ?? [];
  return { bucket, key };
}

/** The same for a folder: its key is empty or ends with a slash. */
export function parseS3Folder(uri = ''): S3Location {
  const { bucket, key } = parseS3Uri(uri);
  return { bucket, key: key === '' || key.endsWith('/') ? key : `${key}/` };
}
