import type { aws_iam as iam, aws_s3 as s3 } from 'aws-cdk-lib';
import { type Shape, type ValidationErrors, isKnown } from '../private/validation';

/**
 * The objects of a bucket whose keys start with a prefix.
 *
 * Every S3 URI and every permission on objects that this library renders is made here, so that both name the same objects.
 */
export class S3Location {
  /**
   * A location in a bucket.
   *
   * @param bucket the bucket
   * @param keyPrefix the folder, for example `churn/train/`; a "/" at its start is removed. All objects of the bucket by default
   */
  public static fromBucket(bucket: s3.IBucket, keyPrefix: string = ''): S3Location {
    return new S3Location(bucket, keyPrefix.replace(/^\/+/, ''));
  }

  private constructor(
    /** The bucket. */
    public readonly bucket: s3.IBucket,
    /** The prefix of the object keys, without a "/" at its start. Empty for all objects of the bucket. */
    public readonly keyPrefix: string,
  ) {}

  /** The S3 URI of the location. */
  public get uri(): string {
    return this.keyPrefix === '' ? `s3://${this.bucket.bucketName}` : this.bucket.s3UrlForObject(this.keyPrefix);
  }

  /**
   * Grants permission to read the objects in the folder.
   *
   * @param grantee the principal
   */
  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return this.bucket.grantRead(grantee, this.objectsInFolder);
  }

  /**
   * Grants permission to write objects to the folder.
   *
   * @param grantee the principal
   */
  public grantWrite(grantee: iam.IGrantable): iam.Grant {
    return this.bucket.grantPut(grantee, this.objectsInFolder);
  }

  /**
   * Grants permission to read and write objects in the folder.
   *
   * @param grantee the principal
   */
  public grantReadWrite(grantee: iam.IGrantable): iam.Grant {
    return this.bucket.grantReadWrite(grantee, this.objectsInFolder);
  }

  /**
   * Grants permission to read every object whose key starts with the prefix, which is what SageMaker reads for the data type
   * `S3Prefix`: for `train`, the objects in `train-old/` too.
   *
   * @internal
   */
  public _grantReadPrefix(grantee: iam.IGrantable): iam.Grant {
    return this.bucket.grantRead(grantee, `${this.keyPrefix}*`);
  }

  /**
   * The S3 URI without a "/" at its end, as outputs are named.
   *
   * @internal
   */
  public get _folderUri(): string {
    return S3Location.fromBucket(this.bucket, this.folder).uri;
  }

  private get folder(): string {
    return this.keyPrefix.replace(/\/+$/, '');
  }

  private get objectsInFolder(): string {
    return this.folder === '' ? '*' : `${this.folder}/*`;
  }
}

/** One object of a bucket. */
export class S3Object {
  constructor(
    private readonly bucket: s3.IBucket,
    private readonly key: string,
  ) {}

  /** The S3 URI of the object. */
  public get uri(): string {
    return this.bucket.s3UrlForObject(this.key);
  }

  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return this.bucket.grantRead(grantee, this.key);
  }
}

/** Checks a key, or the prefix of keys, against the API shape of the URI that it becomes part of. */
export function checkKey(errors: ValidationErrors, property: string, shape: Shape, key: string): void {
  if (!isKnown(key)) return;
  // A URI loses the "/", and the permissions would be for another key.
  errors.when(key.startsWith('/'), `\`${property}\` must not start with "/", got: ${JSON.stringify(key)}`);
  errors.check(property, shape, `s3://bucket/${key}`);
}
