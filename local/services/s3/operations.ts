import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { ServiceError } from '../../aws-model/service-error';
import type { Caller } from '../access';
import type { Context } from '../context';
import type { CallerOf } from '../service';
import { type Request, type Response, readBody } from '../wire/request';
import { unknownOperation } from '../wire/unknown-operation';
import { parseXml, xml } from '../wire/xml';
import { copySource, keyAccess, listAccess, objectArn, s3Access } from './access';
import { AwsChunked } from './aws-chunked';
import { listingOf } from './listing';
import type { Buckets } from './store';
import { Uploads } from './uploads';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

const LISTING_PARAMETERS = [
  'list-type',
  'prefix',
  'delimiter',
  'max-keys',
  'continuation-token',
  'encoding-type',
  'start-after',
  'marker',
  'x-id',
  'fetch-owner',
  'versions',
  'key-marker',
  'version-id-marker',
];

/** The parameters of a request for an object, and of the signature of a presigned URL. */
const OBJECT_PARAMETERS = /^(x-id|X-Amz-.*|versionId|AWSAccessKeyId|Signature|Expires|response-[a-z-]+)$/i;

/** The REST API of Amazon S3, as far as the CDK, the SDKs and jobs need it. */
export class S3Operations {
  private readonly uploads: Uploads;

  constructor(
    private readonly context: Context,
    private readonly buckets: Buckets,
  ) {
    this.uploads = new Uploads(context);
  }

  public async respond(request: Request, callerOf: CallerOf): Promise<Response> {
    const [, bucket = '', ...rest] = request.path.split('/');
    const key = rest.join('/');
    try {
      checkExpiry(request.query);
      const caller = callerOf(request);
      caller.check(s3Access(request));
      if (bucket === '') return this.listBuckets();
      if (key === '') return await this.onBucket(request, caller, bucket);
      return await this.onObject(request, caller, bucket, key).catch((error: Error) => {
        // Whether an object exists is known only to those who may list the bucket.
        if (error instanceof ServiceError && error.code === 'NoSuchKey') caller.check([listAccess(bucket, key)]);
        throw error;
      });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return {
        status: error.status,
        headers: { 'content-type': 'application/xml' },
        body: request.method === 'HEAD' ? '' : xml('Error', { Code: error.code, Message: error.message }),
      };
    }
  }

  private listBuckets(): Response {
    const buckets = this.buckets.list().map(({ name, creationDate }) => ({
      Name: name,
      CreationDate: creationDate.toISOString(),
    }));
    return document('ListAllMyBucketsResult', { Buckets: { Bucket: buckets } });
  }

  private async onBucket(request: Request, caller: Caller, bucket: string): Promise<Response> {
    const { method, query } = request;
    if (method === 'PUT' && query.size === 0) {
      this.buckets.createBucket(bucket);
      return {};
    }
    this.buckets.checkExists(bucket);
    if (method === 'HEAD') return {};
    if (method === 'DELETE' && query.size === 0) {
      this.buckets.deleteBucket(bucket);
      return { status: 204 };
    }
    if (method === 'POST' && query.has('delete')) return this.deleteObjects(request, caller, bucket);
    if (method !== 'GET') throw unknownOperation('s3', `${method} ?${[...query.keys()].join('&')}`);
    if (query.has('location')) {
      const { region } = this.context;
      return document('LocationConstraint', region === 'us-east-1' ? {} : { '#text': region });
    }
    if (query.has('encryption')) {
      const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } };
      return document('ServerSideEncryptionConfiguration', { Rule: rule });
    }
    if (query.has('versioning')) return document('VersioningConfiguration', {});
    const unknown = [...query.keys()].find((name) => !LISTING_PARAMETERS.includes(name));
    if (unknown !== undefined) throw unknownOperation('s3', `GET ?${unknown}`);
    return this.listObjects(bucket, query);
  }

  /** The objects of a bucket, or their versions: each has one, as in a bucket of Amazon S3 that never had versioning. */
  private listObjects(bucket: string, query: URLSearchParams): Response {
    const isEncoded = query.get('encoding-type') === 'url';
    const shown = (text: string): string => (isEncoded ? encodeURIComponent(text).replaceAll('%2F', '/') : text);
    const prefix = query.get('prefix') ?? '';
    const delimiter = query.get('delimiter') ?? '';
    const max = Math.min(Number(query.get('max-keys') ?? 1000), 1000);
    const after =
      query.get('continuation-token') ??
      query.get('start-after') ??
      query.get('marker') ??
      query.get('key-marker') ??
      '';
    const { keys, folders, last } = listingOf(this.buckets.keys(bucket, prefix), { prefix, delimiter, after, max });
    const next = last === undefined ? undefined : shown(last);
    const objects = keys.map((key) => ({ ...this.listed(bucket, key), Key: shown(key) }));
    return document(query.has('versions') ? 'ListVersionsResult' : 'ListBucketResult', {
      Name: bucket,
      Prefix: shown(prefix),
      ...(delimiter === '' ? {} : { Delimiter: shown(delimiter) }),
      ...(isEncoded ? { EncodingType: 'url' } : {}),
      MaxKeys: max,
      IsTruncated: last !== undefined,
      ...(query.has('versions')
        ? {
            NextKeyMarker: next,
            NextVersionIdMarker: next === undefined ? undefined : 'null',
            Version: objects.map((object) => ({ ...object, VersionId: 'null', IsLatest: true })),
          }
        : {
            NextContinuationToken: last,
            NextMarker: next,
            KeyCount: keys.length + folders.length,
            Contents: objects,
          }),
      CommonPrefixes: folders.map((folder) => ({ Prefix: shown(folder) })),
    });
  }

  private listed(bucket: string, key: string): object {
    const file = this.buckets.file(bucket, key);
    const { etag } = this.buckets.info(bucket, key);
    return { LastModified: this.modified(file), ETag: etag, Size: statSync(file).size, StorageClass: 'STANDARD' };
  }

  private async onObject(request: Request, caller: Caller, bucket: string, key: string): Promise<Response> {
    const { method, query, headers } = request;
    this.buckets.checkExists(bucket);
    this.checkKeys(request, caller, bucket, key);
    if (query.has('uploads') || query.has('uploadId')) return this.onUpload(request, bucket, key);
    const unknown = [...query.keys()].find((name) => !OBJECT_PARAMETERS.test(name));
    if (unknown !== undefined) throw unknownOperation('s3', `${method} object ?${unknown}`);
    switch (method) {
      case 'PUT': {
        if (headers['x-amz-copy-source'] !== undefined) return this.copy(headers['x-amz-copy-source'], bucket, key);
        const etag = await this.buckets.put(bucket, key, contentOf(request), {
          contentType: headers['content-type'],
          metadata: userMetadata(headers),
        });
        return { headers: { etag } };
      }
      case 'HEAD':
      case 'GET':
        return this.get(request, bucket, key);
      case 'DELETE':
        this.buckets.delete(bucket, key);
        return { status: 204 };
      default:
        throw unknownOperation('s3', `${method} object`);
    }
  }

  /** Validates that the caller may use the KMS keys of the objects that a request reads and writes. */
  private checkKeys({ method, headers }: Request, caller: Caller, bucket: string, key: string): void {
    const source = headers['x-amz-copy-source'];
    const copied = source === undefined ? undefined : copySource(source);
    const read = method === 'GET' ? { bucket, key } : copied;
    if (read !== undefined) {
      caller.check(keyAccess(this.context, 'Decrypt', this.buckets.info(read.bucket, read.key).kmsKey));
    }
    if (method === 'PUT' || method === 'POST') {
      caller.check(keyAccess(this.context, 'GenerateDataKey', this.buckets.kmsKeyOf(bucket)));
    }
  }

  private async onUpload(request: Request, bucket: string, key: string): Promise<Response> {
    const { method, query, headers } = request;
    const id = query.get('uploadId') ?? '';
    switch (`${method} ${id === '' ? 'uploads' : 'uploadId'}`) {
      case 'POST uploads': {
        const upload = { bucket, key, contentType: headers['content-type'], metadata: userMetadata(headers) };
        return document('InitiateMultipartUploadResult', {
          Bucket: bucket,
          Key: key,
          UploadId: this.uploads.begin(upload),
        });
      }
      case 'PUT uploadId': {
        const etag = await this.uploads.part(id, Number(query.get('partNumber')), contentOf(request));
        return { headers: { etag } };
      }
      case 'POST uploadId': {
        const parsed = parseXml((await readBody(request)).toString()) as {
          CompleteMultipartUpload?: { Part?: { PartNumber: string }[] };
        };
        const numbers = parsed.CompleteMultipartUpload?.Part?.map(({ PartNumber }) => Number(PartNumber)) ?? [];
        const { upload, body } = this.uploads.assembled(id, numbers);
        const ETag = await this.buckets.put(upload.bucket, upload.key, body, {
          ...upload,
          operation: 'CompleteMultipartUpload',
        });
        this.uploads.end(id);
        return document('CompleteMultipartUploadResult', { Bucket: bucket, Key: key, ETag });
      }
      case 'DELETE uploadId':
        this.uploads.end(id);
        return { status: 204 };
      default:
        throw unknownOperation('s3', `${method} ?uploads`);
    }
  }

  private get({ method, headers, query }: Request, bucket: string, key: string): Response {
    const file = this.buckets.file(bucket, key);
    const { size, mtime } = statSync(file);
    const { etag, contentType, metadata } = this.buckets.info(bucket, key);
    const range = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '');
    const start = range === null ? 0 : range[1] === '' ? Math.max(size - Number(range[2]), 0) : Number(range[1]);
    const end = range === null || range[1] === '' || range[2] === '' ? size - 1 : Math.min(Number(range[2]), size - 1);
    if (range !== null && start >= size)
      throw new ServiceError('InvalidRange', 'The requested range is not satisfiable', 416);
    const responseHeaders = {
      etag,
      'content-type': contentType ?? 'binary/octet-stream',
      'last-modified': mtime.toUTCString(),
      'accept-ranges': 'bytes',
      'content-length': end - start + 1,
      ...Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])),
      ...(range === null ? {} : { 'content-range': `bytes ${start}-${end}/${size}` }),
      ...overriddenHeaders(query),
    };
    const body = method === 'HEAD' || size === 0 ? '' : createReadStream(file, { start, end });
    return { status: range === null ? 200 : 206, headers: responseHeaders, body };
  }

  private async copy(source: string, bucket: string, key: string): Promise<Response> {
    const from = copySource(source);
    const file = this.buckets.file(from.bucket, from.key);
    const { contentType, metadata } = this.buckets.info(from.bucket, from.key);
    const info = { contentType, metadata };
    const etag = await this.buckets.put(bucket, key, createReadStream(file), { ...info, operation: 'CopyObject' });
    return document('CopyObjectResult', { ETag: etag, LastModified: this.modified(this.buckets.file(bucket, key)) });
  }

  /** Deletes those objects that the caller may delete. The others are errors within a successful response. */
  private async deleteObjects(request: Request, caller: Caller, bucket: string): Promise<Response> {
    const { Delete } = parseXml((await readBody(request)).toString()) as { Delete?: { Object?: { Key: string }[] } };
    const keys = (Delete?.Object ?? []).map(({ Key }) => Key);
    const mayDelete = (key: string): boolean =>
      caller.allows({ action: 's3:DeleteObject', resource: objectArn(bucket, key) });
    const deleted = keys.filter(mayDelete);
    deleted.forEach((key) => this.buckets.delete(bucket, key));
    const denied = keys.filter((key) => !deleted.includes(key));
    return document('DeleteResult', {
      Deleted: deleted.map((Key) => ({ Key })),
      Error: denied.map((Key) => ({ Key, Code: 'AccessDenied', Message: 'Access Denied' })),
    });
  }

  private modified(file: string): string {
    return statSync(file).mtime.toISOString();
  }
}

function document(root: string, content: Record<string, unknown>): Response {
  return { headers: { 'content-type': 'application/xml' }, body: xml(root, content, NAMESPACE) };
}

function userMetadata(headers: Record<string, string | undefined>): Record<string, string> {
  const prefix = 'x-amz-meta-';
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value ?? '']),
  );
}

/** The headers that the caller of a presigned URL receives instead of those of the object. */
function overriddenHeaders(query: URLSearchParams): Record<string, string> {
  const prefix = 'response-';
  const overridden = [...query].filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(overridden.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** Presigned URLs are valid for a limited time; their signature is not verified, as that of other requests. */
function checkExpiry(query: URLSearchParams): void {
  const date = (query.get('X-Amz-Date') ?? '').replace(
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/,
    '$1-$2-$3T$4:$5:$6Z',
  );
  const end = Date.parse(date) / 1000 + Number(query.get('X-Amz-Expires') ?? Infinity);
  const expires = query.has('Expires') ? Number(query.get('Expires')) : end;
  if (expires < Date.now() / 1000) throw new ServiceError('AccessDenied', 'Request has expired', 403);
}

/** The content of a request, decoded. */
function contentOf({ headers, stream }: Request): Readable {
  const isChunked =
    (headers['content-encoding'] ?? '').includes('aws-chunked') ||
    (headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  return isChunked ? stream.pipe(new AwsChunked()) : stream;
}
