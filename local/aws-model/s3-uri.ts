/** The parts of `s3://bucket/key`; empty ones of anything else. */
export function s3Uri(uri = ''): { readonly bucket: string; readonly key: string } {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(uri) ?? [];
  return { bucket, key };
}

/** The same with a key that ends as a folder's, or is empty. */
export function s3Folder(uri = ''): { readonly bucket: string; readonly key: string } {
  const { bucket, key } = s3Uri(uri);
  return { bucket, key: key === '' || key.endsWith('/') ? key : `${key}/` };
}
