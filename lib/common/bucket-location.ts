import type { aws_iam as iam, aws_s3 as s3 } from 'aws-cdk-lib';

/** A place in a bucket. */
export interface BucketLocation {
  /** The bucket. */
  readonly bucket: s3.IBucket;

  /**
   * What the keys start with.
   *
   * @default - the whole bucket
   */
  readonly prefix?: string;
}

/** The S3 URI of a place, without a "/" at its end. */
export function locationUri({ bucket, prefix = '' }: BucketLocation): string {
  const folder = trimmed(prefix);
  return folder === '' ? `s3://${bucket.bucketName}` : bucket.s3UrlForObject(folder);
}

/** Lets a principal write to a place. */
export function grantPutTo({ bucket, prefix = '' }: BucketLocation, grantee: iam.IGrantable): void {
  bucket.grantPut(grantee, objectsBelow(prefix));
}

/** Lets a principal read what is at a place. */
export function grantReadFrom({ bucket, prefix = '' }: BucketLocation, grantee: iam.IGrantable): void {
  bucket.grantRead(grantee, objectsBelow(prefix));
}

/** The objects of a folder, whether or not it was given with a "/" at its end. */
export function objectsBelow(prefix: string): string {
  const folder = trimmed(prefix);
  return folder === '' ? '*' : `${folder}/*`;
}

/** A prefix without "/" at its ends: URIs lose one at the start, and rights do not. */
export function trimmed(prefix: string): string {
  return prefix.replace(/^\/+|\/+$/g, '');
}
