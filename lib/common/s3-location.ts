import { Token, type aws_iam as iam, type aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { regionConflict } from '../private/environment';
import { type Shape, type ValidationErrors, isKnown } from '../private/validation';

/**
 * An S3 location: a bucket with an optional key prefix.
 *
 * This class is the only one that renders S3 URIs and grants permissions on objects, so that both refer to the same objects.
 */
export class S3Location {
  /**
   * References a location in a bucket.
   *
   * @param bucket the bucket
   * @param keyPrefix the key prefix, for example `churn/train/`, without a leading "/", which is removed; by default all objects
   * of the bucket
   */
  public static fromBucket(bucket: s3.IBucket, keyPrefix: string = ''): S3Location {
    return new S3Location(bucket, keyPrefix.replace(/^\/+/, ''));
  }

  private constructor(
    /** The bucket. */
    public readonly bucket: s3.IBucket,
    /** The key prefix, without a leading "/". Empty for all objects of the bucket. */
    public readonly keyPrefix: string,
  ) {}

  /** The S3 URI of the location. */
  public get uri(): string {
    return this.keyPrefix === '' ? `s3://${this.bucket.bucketName}` : this.bucket.s3UrlForObject(this.keyPrefix);
  }

  /**
   * Grants permission to read the objects in the folder.
   *
   * @param grantee the principal to which the permission is granted
   */
  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return this.bucket.grantRead(grantee, this.objectsInFolder);
  }

  /**
   * Grants permission to write objects to the folder.
   *
   * @param grantee the principal to which the permission is granted
   */
  public grantWrite(grantee: iam.IGrantable): iam.Grant {
    return this.bucket.grantPut(grantee, this.objectsInFolder);
  }

  /**
   * Grants permission to read and write objects in the folder.
   *
   * @param grantee the principal to which the permission is granted
   */
  public grantReadWrite(grantee: iam.IGrantable): iam.Grant {
    return this.bucket.grantReadWrite(grantee, this.objectsInFolder);
  }

  /**
   * Grants permission to read every object whose key starts with the prefix. SageMaker reads these objects for the data type
   * `S3Prefix`: for `train`, also the objects in `train-old/`.
   *
   * @internal
   */
  public _grantReadPrefix(grantee: iam.IGrantable): iam.Grant {
    return this.bucket.grantRead(grantee, `${this.keyPrefix}*`);
  }

  /**
   * Validates that the bucket is in the region of the construct that reads the data.
   *
   * @internal
   */
  public _checkRegion(scope: Construct, errors: ValidationErrors, property: string): void {
    const conflict = regionConflict(scope, this.bucket.env.region);
    errors.when(
      conflict !== undefined,
      `\`${property}\`: bucket ${this.bucket.node.path} is ${conflict}, and SageMaker only reads data of its own region. Replicate ` +
        'the data to a bucket in the region of the stack',
    );
  }

  /**
   * The S3 URI without a trailing "/", for outputs: SageMaker appends "/" and the name of the job or the object.
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
    // Whether the value of a token ends in "/" is only known at deployment.
    if (Token.isUnresolved(this.keyPrefix)) return `${this.keyPrefix}*`;
    return this.folder === '' ? '*' : `${this.folder}/*`;
  }
}

/** An object in a bucket. */
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

/** Validates an object key or a key prefix against the API shape of its S3 URI. */
export function checkKey(errors: ValidationErrors, property: string, shape: Shape, key: string): void {
  if (!isKnown(key)) return;
  // The CDK drops the "/" from the URI but not from the object ARN, so that the permission would be for another object.
  errors.when(key.startsWith('/'), `\`${property}\` must not start with "/", got: ${JSON.stringify(key)}`);
  errors.check(property, shape, `s3://bucket/${key}`);
}
