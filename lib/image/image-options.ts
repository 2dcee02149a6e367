import type { aws_ecr_assets as ecr_assets, aws_lambda as lambda } from 'aws-cdk-lib';
import { type Architecture } from '../common/architecture';
import type { Processor } from '../common/processor';
import type { ImagePurpose } from './provided-image-options';

/** The severity of a finding of an image scan. */
export enum FindingSeverity {
  /** Critical. */
  CRITICAL = 'CRITICAL',

  /** High. */
  HIGH = 'HIGH',

  /** Medium. */
  MEDIUM = 'MEDIUM',

  /** Low. */
  LOW = 'LOW',
}

/** The access to a private registry. */
export interface RegistryAccess {
  /**
   * The ARN of the Lambda function that returns the credentials.
   *
   * @default - the registry requires no credentials
   */
  readonly credentialsProviderArn?: string;
}

/** Options of every kind of image. */
export interface ImageOptions {
  /**
   * The kind of processor that the image requires. An incompatible instance type is then rejected at synthesis.
   *
   * @default - unknown; the instance type is not validated
   */
  readonly processor?: Processor;

  /**
   * Whether the image is verified at deployment, before it is used: that it exists, that SageMaker supports its manifest, and that
   * it is built for the right platform. Resources then reference the image by its digest. Only supported for images in Amazon ECR.
   *
   * @default - true in a `ByoAlgorithm` and if `failOnFindings` or `serverlessCompatible` is set, false otherwise
   */
  readonly verify?: boolean;

  /**
   * The lowest severity of scan findings that fails the deployment. The repository must be scanned on push.
   *
   * @default - findings are ignored
   */
  readonly failOnFindings?: FindingSeverity;

  /**
   * Whether the deployment fails if the compressed image exceeds 10 GiB, the limit of serverless endpoints.
   *
   * @default false
   */
  readonly serverlessCompatible?: boolean;
}

/** Options of an image that exists already. */
export interface ExistingImageOptions extends ImageOptions {
  /**
   * The platform for which the image is built. An incompatible instance type is then rejected at synthesis.
   *
   * @default - unknown; a verified image must be built for the instance types on which it is used
   */
  readonly platform?: ecr_assets.Platform;
}

/** Options of an image that Amazon ECR can import from another registry. */
export interface CacheableImageOptions extends ExistingImageOptions {
  /**
   * Whether the image is in a pull-through cache: Amazon ECR imports it from an upstream registry when it is pulled. Execution
   * roles get permission to import it and to create its repository, which the first pull does. A `ByoAlgorithm` does not verify
   * such an image unless `verify` is set, since it may not be in the cache before it is pulled.
   *
   * @default false
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
   */
  readonly pullThroughCache?: boolean;
}

/** Options of an image in a private registry. */
export interface PrivateRegistryOptions extends ExistingImageOptions {
  /**
   * The Lambda function that returns the user name and the password for the registry. The execution role gets permission to
   * invoke it.
   *
   * @default - the registry requires no credentials
   */
  readonly credentialsProvider?: lambda.IFunction;
}

/** The manifest format of an image that is built. */
export enum ManifestFormat {
  /**
   * A Docker image manifest, version 2 schema 2: `docker build --output type=docker`. SageMaker rejects OCI manifests, which Docker
   * pushes otherwise if it uses the containerd image store, the default of Docker Desktop and of new installations. The legacy builder does
   * not support `--output`.
   */
  DOCKER = 'docker',
}

/** Options of an image in an Amazon ECR repository. Exactly one of `tag` and `digest` is required. */
export interface EcrImageOptions extends CacheableImageOptions {
  /**
   * The tag of the image. Pushing another image with the same tag does not change the template: prefer `digest` or immutable tags.
   *
   * @default - the image is referenced by `digest`
   */
  readonly tag?: string;

  /**
   * The digest of the image: `sha256:` followed by 64 hexadecimal digits.
   *
   * @default - the image is referenced by `tag`
   */
  readonly digest?: string;

  /**
   * An arbitrary text. When it changes, a verified image is verified again, and resources that use it get the image that `tag`
   * references at that time.
   *
   * @default - no revision
   */
  readonly revision?: string;
}

/** The characteristics of an image that are known at synthesis. */
export interface ImageCharacteristics {
  /**
   * The CPU architecture for which the image is built.
   *
   * @default - unknown; the instance type is not validated
   */
  readonly architecture?: Architecture;

  /**
   * The kind of processor that the image requires.
   *
   * @default - unknown; the instance type is not validated
   */
  readonly processor?: Processor;

  /**
   * Whether the image is in a private registry outside Amazon ECR.
   *
   * @default false
   */
  readonly usesPrivateRegistry?: boolean;

  /**
   * The only purpose that the image has: it either trains or serves models.
   *
   * @default - unknown, or both; not validated
   */
  readonly purpose?: ImagePurpose;

  /**
   * Whether AWS provides the image for SageMaker.
   *
   * @default false
   */
  readonly isProvidedByAws?: boolean;

  /**
   * The AWS account of the registry.
   *
   * @default - unknown, or the account of the stack; not validated
   */
  readonly registryAccount?: string;

  /**
   * The region of the registry. SageMaker pulls images only in its own region.
   *
   * @default - unknown, or the region of the stack; not validated
   */
  readonly registryRegion?: string;
}

/** The reference to an image that a resource renders. */
export interface ContainerImageConfig {
  /** The URI from which SageMaker pulls the image. */
  readonly imageUri: string;

  /**
   * The access to a private registry outside Amazon ECR.
   *
   * @default - the image is not in a private registry
   */
  readonly registryAccess?: RegistryAccess;

  /**
   * The reference to the image in Amazon ECR.
   *
   * @default - the image is not in Amazon ECR, or its URI is not known at synthesis
   */
  readonly ecrImage?: EcrImageReference;

  /**
   * The text that identifies the image in job identities and names, if the URI is only known at deployment.
   *
   * @default - the URI
   */
  readonly identity?: string;
}

/** The reference to an image in Amazon ECR. */
export interface EcrImageReference {
  /** The URI of the repository, without tag and digest. */
  readonly repositoryUri: string;

  /** The name of the repository. */
  readonly repositoryName: string;

  /** The ARN of the repository. */
  readonly repositoryArn: string;

  /**
   * The ID of the AWS account of the registry.
   *
   * @default - the account of the stack
   */
  readonly registryId?: string;

  /**
   * The tag of the image.
   *
   * @default - the image is referenced by `imageDigest`
   */
  readonly imageTag?: string;

  /**
   * The digest of the image.
   *
   * @default - the image is referenced by `imageTag`
   */
  readonly imageDigest?: string;
}
