import { unescape } from 'node:querystring';
import type { Access } from '../access';
import type { Context } from '../context';
import type { Request } from '../wire/request';

export function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

export function objectArn(bucket: string, key: string): string {
  return `${bucketArn(bucket)}/${key}`;
}

/** The permission that S3 requires for the KMS key of an object; none if it has no such key. */
export function keyAccess(
  { region }: Pick<Context, 'region'>,
  action: 'Decrypt' | 'GenerateDataKey',
  kmsKey: string | undefined,
): Access[] {
  if (kmsKey === undefined) return [];
  return [{ action: `kms:${action}`, resource: kmsKey, keys: { 'kms:ViaService': `s3.${region}.amazonaws.com` } }];
}

/** The ARN of a KMS key by its ID or ARN. An alias cannot be resolved, because aliases are only recorded. */
export function kmsKeyArn(context: Pick<Context, 'arn'>, key: unknown): string | undefined {
  if (typeof key !== 'string' || key === '' || key.includes('alias/')) return undefined;
  return key.startsWith('arn:') ? key : context.arn('kms', `key/${key}`);
}

/** The permission to list the keys of a bucket that start with a prefix. */
export function listAccess(bucket: string, prefix: string, query = new URLSearchParams()): Access {
  const keys = {
    's3:prefix': prefix,
    's3:delimiter': query.get('delimiter') ?? undefined,
    's3:max-keys': query.get('max-keys') ?? undefined,
  };
  return { action: 's3:ListBucket', resource: bucketArn(bucket), keys };
}

/** The bucket and the key in the header of a copy. */
export function copySource(header: string): { readonly bucket: string; readonly key: string } {
  const [bucket, ...parts] = unescape(header.replace(/\?versionId=.*$/, ''))
    .replace(/^\//, '')
    .split('/');
  return { bucket, key: parts.join('/') };
}

/** The permissions that a request requires. Those of a request to delete several objects depend on its body. */
export function s3Access({ method, path, query, headers }: Request): Access[] {
  const [, bucket = '', ...rest] = path.split('/');
  const key = rest.join('/');
  if (bucket === '') return [{ action: 's3:ListAllMyBuckets', resource: '*' }];
  if (key === '') return bucketAccess(method, bucket, query);
  const on = (action: string, from = bucket, name = key): Access => ({
    action: `s3:${action}`,
    resource: objectArn(from, name),
  });
  const source = headers['x-amz-copy-source'];
  const isAborted = method === 'DELETE' && query.has('uploadId');
  if (source !== undefined) {
    const from = copySource(source);
    return [on('GetObject', from.bucket, from.key), on('PutObject')];
  }
  const actions: Record<string, string> = {
    PUT: 'PutObject',
    POST: 'PutObject',
    DELETE: isAborted ? 'AbortMultipartUpload' : 'DeleteObject',
  };
  return [on(actions[method] ?? 'GetObject')];
}

function bucketAccess(method: string, bucket: string, query: URLSearchParams): Access[] {
  const on = (action: string): Access[] => [{ action: `s3:${action}`, resource: bucketArn(bucket) }];
  if (method === 'PUT') return on('CreateBucket');
  if (method === 'DELETE') return on('DeleteBucket');
  if (method === 'POST' && query.has('delete')) return [];
  if (query.has('location')) return on('GetBucketLocation');
  if (query.has('encryption')) return on('GetEncryptionConfiguration');
  if (query.has('versioning')) return on('GetBucketVersioning');
  const access = listAccess(bucket, query.get('prefix') ?? '', query);
  return [query.has('versions') ? { ...access, action: 's3:ListBucketVersions' } : access];
}
