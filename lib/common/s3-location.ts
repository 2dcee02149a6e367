import { Token, Tokenization, aws_iam as iam, type aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { accountConflict, regionConflict } from '../private/environment';
import { SHARED_OBJECTS, withPrefix } from '../private/grants';
import { collectingGrantee, reportUnlessDecrypted, reportUnlessGranted } from '../private/unapplied-grant';
import { type Shape, ValidationErrors, quote } from '../private/validation';

/**
 * An S3 location: a bucket with an optional key prefix.
 *
 * This class is the only one that renders S3 URIs and grants permissions on objects, so that both refer to the same objects.
 *
 * @example
 * import { aws_s3 as s3 } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const bucket: s3.IBucket;
 *
 * const captured = sagemaker.S3Location.fromBucket(bucket, 'captured');
 */
export class S3Location {
  /**
   * References a location in a bucket.
   *
   * @param bucket the bucket
   * @param keyPrefix the key prefix, for example `churn/train/`, without a leading "/", which is removed; by default all objects
   * of the bucket; it must not be a URI, and the S3 URI must have at most 1024 characters
   */
  public static fromBucket(bucket: s3.IBucket, keyPrefix: string = ''): S3Location {
    return S3Location._of(bucket, keyPrefix, 'keyPrefix');
  }

  /**
   * References a location with a key that has another name for the caller.
   *
   * @internal
   */
  public static _of(bucket: s3.IBucket, key: string, property: 'keyPrefix' | 'objectKey'): S3Location {
    const location = new S3Location(bucket, key.replace(/^\/+/, ''));
    const errors = new ValidationErrors('S3 location', 'all-stages');
    checkNoUri(errors, property, key);
    location._checkFolder(errors, property, 'S3Uri');
    errors.throwIfAny();
    return location;
  }

  private constructor(
    /** The bucket. */
    public readonly bucket: s3.IBucket,
    /** The key prefix, without a leading "/". Empty for all objects of the bucket. */
    public readonly keyPrefix: string,
    private readonly addDependency?: (reader: Construct) => void,
  ) {}

  /**
   * The same location, on whose objects the constructs that read them depend.
   *
   * @param addDependency adds the dependency of a construct on the objects
   * @internal
   */
  public _writtenBefore(addDependency: (reader: Construct) => void): S3Location {
    return new S3Location(this.bucket, this.keyPrefix, addDependency);
  }

  /**
   * Adds the dependency of a construct that reads the objects, if a job of the app writes them.
   *
   * @internal
   */
  public _addDependencyTo(reader: Construct): void {
    this.addDependency?.(reader);
  }

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
    return grantReadOf(this.bucket, grantee, this.objectsInFolder);
  }

  /**
   * Grants permission to write objects to the folder.
   *
   * @param grantee the principal to which the permission is granted
   */
  public grantWrite(grantee: iam.IGrantable): iam.Grant {
    return granted(this.bucket, grantee, 'write', this.bucket.grantPut(grantee, this.objectsInFolder));
  }

  /**
   * Grants permission to read and write objects in the folder.
   *
   * @param grantee the principal to which the permission is granted
   */
  public grantReadWrite(grantee: iam.IGrantable): iam.Grant {
    return granted(this.bucket, grantee, 'read and write', this.bucket.grantReadWrite(grantee, this.objectsInFolder));
  }

  /**
   * Grants permission to delete the objects in the folder.
   *
   * @internal
   */
  public _grantDelete(grantee: iam.IGrantable): iam.Grant {
    return this.bucket.grantDelete(grantee, this.objectsInFolder);
  }

  /**
   * Grants permission to read every object whose key starts with the prefix. SageMaker reads these objects for the data type
   * `S3Prefix`: for `train`, also the objects in `train-old/`.
   *
   * @internal
   */
  public _grantReadPrefix(grantee: iam.IGrantable): iam.Grant {
    return grantReadOf(this.bucket, grantee, `${this.keyPrefix}*`);
  }

  /**
   * Validates that the bucket is in the region of the construct that reads the data, and imported if it is in another account.
   *
   * @internal
   */
  public _checkEnvironment(scope: Construct, errors: ValidationErrors, property: string): void {
    const conflict = regionConflict(scope, this.bucket.env.region);
    errors.when(
      conflict !== undefined,
      `\`${property}\`: bucket ${this.bucket.node.path} is ${conflict}, and SageMaker only reads data of its own region. Replicate ` +
        'the data to a bucket in the region of the stack',
    );
    const foreign = accountConflict(scope, this.bucket);
    errors.when(
      foreign !== undefined,
      `\`${property}\`: bucket ${this.bucket.node.path} is ${foreign}. Import it here, for example with ` +
        'Bucket.fromBucketAttributes(), and allow this account in the policy of the bucket',
    );
  }

  /**
   * The S3 URI without a trailing "/", for outputs: SageMaker appends "/" and the name of the job or the object.
   *
   * @internal
   */
  public get _folderUri(): string {
    return new S3Location(this.bucket, this.folder).uri;
  }

  /**
   * Checks the URI against the limits of the API member that it is rendered to.
   *
   * @internal
   */
  public _check(errors: ValidationErrors, property: string, shape: Shape): void {
    checkUri(errors, property, shape, this.bucket, this.keyPrefix);
  }

  /**
   * Checks the folder URI against the limits of the API member that it is rendered to.
   *
   * @internal
   */
  public _checkFolder(errors: ValidationErrors, property: string, shape: Shape): void {
    checkUri(errors, property, shape, this.bucket, this.folder);
  }

  /**
   * Checks the input of a job, which the service downloads.
   *
   * @internal
   */
  public _checkInput(errors: ValidationErrors, property: string): void {
    this._check(errors, property, 'S3Uri');
    checkDownload(errors, property, this.keyPrefix);
  }

  /**
   * Checks the output of a job.
   *
   * @internal
   */
  public _checkOutput(errors: ValidationErrors, property: string): void {
    this._checkFolder(errors, property, 'S3Uri');
    checkDownload(errors, property, this.folder);
  }

  /**
   * The location of the objects in the folder, without those of other folders whose names start in the same way.
   *
   * @internal
   */
  public get _folder(): S3Location {
    return this.folder === '' ? this : new S3Location(this.bucket, `${this.folder}/`);
  }

  /**
   * A folder in the folder.
   *
   * @internal
   */
  public _in(path: string): S3Location {
    return new S3Location(this.bucket, this.folder === '' ? path : `${this.folder}/${path}`);
  }

  /**
   * The ARN of the objects in the folder.
   *
   * @internal
   */
  public get _objectsArn(): string {
    return this.bucket.arnForObjects(this.objectsInFolder);
  }

  /**
   * Whether an object of another location can be in this one, as far as buckets and prefixes are known.
   *
   * @internal
   */
  public _contains({ bucket, keyPrefix }: S3Location): boolean {
    const isKnown = !Token.isUnresolved(keyPrefix) && !Token.isUnresolved(this.keyPrefix);
    // Equal tokens are equal names.
    return bucket.bucketName === this.bucket.bucketName && isKnown && keyPrefix.startsWith(this.keyPrefix);
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
  /** @throws an error if the key is not the key of an object */
  constructor(
    private readonly bucket: s3.IBucket,
    private readonly key: string,
  ) {
    const errors = new ValidationErrors('S3 object', 'all-stages');
    errors.when(key === '', '`objectKey` must not be empty');
    // The CDK drops the "/" from the URI but not from the object ARN, so that the permission would be for another object.
    errors.when(key.startsWith('/'), `\`objectKey\` must not start with "/", got: ${quote(key)}`);
    checkNoUri(errors, 'objectKey', key);
    checkUri(errors, 'objectKey', 'S3Uri', bucket, key);
    errors.throwIfAny();
  }

  /** The S3 URI of the object. */
  public get uri(): string {
    return this.bucket.s3UrlForObject(this.key);
  }

  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return grantReadOf(this.bucket, grantee, this.key);
  }
}

/** Grants permission to read objects of a bucket, and to decrypt them with the key of the bucket. */
export function grantReadOf(bucket: s3.IBucket, grantee: iam.IGrantable, objects: string): iam.Grant {
  const isShared = collectingGrantee(grantee) !== undefined;
  const read = isShared ? shareObjects(bucket, grantee, objects) : bucket.grantRead(grantee, objects);
  const grant = granted(bucket, grantee, 'read', read);
  if (bucket.encryptionKey !== undefined) reportUnlessDecrypted(bucket.encryptionKey, grantee, grant);
  return grant;
}

/** Grants another account permission for the objects alone: `grantRead` of the CDK also allows it to read the configuration of the bucket. */
function shareObjects(bucket: s3.IBucket, grantee: iam.IGrantable, objects: string): iam.Grant {
  bucket.encryptionKey?.grantDecrypt(grantee);
  // Older versions of the CDK drop the conditions of a grant in the policy of a resource.
  bucket.addToResourcePolicy(
    new iam.PolicyStatement({
      ...{ principals: [grantee.grantPrincipal], actions: [...SHARED_OBJECTS.list], resources: [bucket.bucketArn] },
      conditions: withPrefix(objects),
    }),
  );
  const resourceArns = [bucket.arnForObjects(objects)];
  return iam.Grant.addToPrincipalOrResource({
    grantee,
    actions: [...SHARED_OBJECTS.read],
    resourceArns,
    resource: bucket,
  });
}

function granted(bucket: s3.IBucket, grantee: iam.IGrantable, access: string, grant: iam.Grant): iam.Grant {
  reportUnlessGranted(bucket, {
    grantee,
    grant,
    resource: bucket,
    permission: `${access} objects of bucket ${bucket.node.path}`,
    remedy: 'Grant it in the policy of the bucket',
  });
  return grant;
}

/** The minimum length of the name of a bucket. */
const UNKNOWN_BUCKET = 'xxx';

/** Checks a URI. Of a bucket or a key that is a token, only the known part is counted. */
function checkUri(errors: ValidationErrors, property: string, shape: Shape, bucket: s3.IBucket, key: string): void {
  const name = Token.isUnresolved(bucket.bucketName) ? UNKNOWN_BUCKET : bucket.bucketName;
  const known = literalsOf(key);
  errors.check(`${property} (S3 URI)`, shape, known === '' ? `s3://${name}` : `s3://${name}/${known}`);
}

/** A text in which its tokens are replaced. */
function literalsOf(text: string, replacement = ''): string {
  return Tokenization.reverseString(text)
    .mapTokens({ mapToken: () => replacement })
    .join({
      join: (left: string = '', right: string = '') => left + right,
    }) as string;
}

export function checkNoUri(errors: ValidationErrors, property: string, key: string): void {
  errors.when(
    /^\/*(s3|https?):\/\//i.test(key),
    `\`${property}\` must be a key in the bucket, not a URI: remove the scheme and the bucket, got: ${quote(key)}`,
  );
}

function checkDownload(errors: ValidationErrors, property: string, key: string): void {
  errors.when(
    // The value of a token is usually not empty.
    literalsOf(key, '…').includes('//'),
    `\`${property}\` must not contain "//": a job cannot download such objects ("illegal char sub-sequence"), got: ${quote(key)}`,
  );
}
