import { type aws_ecr_assets as ecr_assets, type aws_lambda as lambda } from 'aws-cdk-lib';
import { type Architecture } from '../common/architecture';
import type { Processor } from '../common/processor';

/** How bad something is that was found in an image. */
export enum FindingSeverity {
  /** To be mended at once. */
  CRITICAL = 'CRITICAL',

  /** To be mended soon. */
  HIGH = 'HIGH',

  /** To be mended. */
  MEDIUM = 'MEDIUM',

  /** To be known. */
  LOW = 'LOW',
}

/** How a private registry is reached. */
export interface RegistryAccess {
  /**
   * The ARN of the function that returns the credentials.
   *
   * @default - the registry asks for none
   */
  readonly credentialsProviderArn?: string;
}

/** What only the user knows of an image. */
export interface ImageOptions {
  /**
   * The kind of processor that the image is made for. Declare it, and an instance type that does not fit is found at
   * synthesis.
   *
   * @default - not declared; no instance type is questioned
   */
  readonly processor?: Processor;

  /**
   * Whether the image is looked at when the stack is deployed, before anything uses it: that it is there, that SageMaker takes its
   * manifest, that it is built for the right platform. Whoever uses it gets it by its digest. For images in Amazon ECR.
   *
   * @default - true where one of the other properties of the verification is given, false otherwise
   */
  readonly verify?: boolean;

  /**
   * The severity of findings that stops the deployment, with all above it. The repository must be scanned on push.
   *
   * @default - findings are not looked at
   */
  readonly failOnFindings?: FindingSeverity;

  /**
   * Whether the image must be small enough for serverless endpoints, which take 10 GiB.
   *
   * @default false
   */
  readonly serverlessCompatible?: boolean;
}

/** An image in a private registry. */
export interface PrivateRegistryOptions extends ImageOptions {
  /**
   * The function that returns user name and password of the registry. The role of the container may invoke it.
   *
   * @default - the registry asks for none
   */
  readonly credentialsProvider?: lambda.IFunction;
}

/** The manifest that a build produces. */
export enum ManifestFormat {
  /**
   * One Docker schema 2 manifest: `docker build --output type=docker`. SageMaker refuses OCI manifests, which an engine
   * with the containerd image store (the default of Docker Desktop) pushes otherwise. Docker's legacy builder does not
   * know the flag.
   */
  DOCKER = 'docker',
}

/** How an image is built from a directory. The platform is `LINUX_AMD64` by default, whatever machine builds. */
export interface AssetImageOptions extends ecr_assets.DockerImageAssetOptions, ImageOptions {
  /**
   * The manifest to produce.
   *
   * @default - what the engine produces
   */
  readonly manifestFormat?: ManifestFormat;
}

/** Which image of a repository is meant. Exactly one of the two. */
export interface EcrImageOptions extends ImageOptions {
  /**
   * The tag of the image. A tag that is pushed again changes nothing in the template: prefer `digest`, or tags that are
   * never moved.
   *
   * @default - `digest` is given
   */
  readonly tag?: string;

  /**
   * The digest of the image, `sha256:` and 64 hexadecimal digits.
   *
   * @default - `tag` is given
   */
  readonly digest?: string;

  /**
   * Any text. Changing it verifies the image of a `tag` again, and moves whoever uses it to what the tag names then.
   *
   * @default - none
   */
  readonly revision?: string;
}

/** What is known about an image at synthesis. */
export interface ImageCharacteristics {
  /**
   * The instruction set that the image is built for.
   *
   * @default - not known; no instance type is rejected for it
   */
  readonly architecture?: Architecture;

  /**
   * The kind of processor that the image is declared for.
   *
   * @default - not known; no instance type is rejected for it
   */
  readonly processor?: Processor;

  /**
   * Whether the image is in a private registry outside Amazon ECR.
   *
   * @default false
   */
  readonly usesPrivateRegistry?: boolean;
}

/** The reference to an image that a stage of the lifecycle renders. */
export interface ContainerImageConfig {
  /** The URI that SageMaker pulls. */
  readonly imageUri: string;

  /**
   * How a private registry outside Amazon ECR is reached, always through a VPC.
   *
   * @default - the image is in Amazon ECR
   */
  readonly registryAccess?: RegistryAccess;

  /**
   * Where in Amazon ECR the image is, if it is known to be there.
   *
   * @default - not known
   */
  readonly ecrImage?: EcrImageReference;

  /**
   * What tells the image from others, where its URI is known at deployment only.
   *
   * @default - the URI
   */
  readonly identity?: string;
}

/** An image in Amazon ECR. */
export interface EcrImageReference {
  /** The URI of the repository, without tag and digest. */
  readonly repositoryUri: string;

  /** The name of the repository. */
  readonly repositoryName: string;

  /** The ARN of the repository. */
  readonly repositoryArn: string;

  /**
   * The account of the registry.
   *
   * @default - the account of the stack
   */
  readonly registryId?: string;

  /**
   * The tag of the image.
   *
   * @default - `imageDigest` is known
   */
  readonly imageTag?: string;

  /**
   * The digest of the image.
   *
   * @default - `imageTag` is known
   */
  readonly imageDigest?: string;
}
