import { EXECUTION } from '../private/grants';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { type aws_ecr as ecr, aws_ecr_assets as ecr_assets, aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Architecture } from '../common/architecture';
import type { InstanceType } from '../common/instance-type';
import type { Processor } from '../common/processor';
import { LIMITS } from '../private/contract';
import { oncePerStack } from '../private/once-per-stack';
import { verifiedImageUri } from '../private/image-verification';
import { RuleError, addWarning } from '../private/rules';
import { ValidationErrors, quote } from '../private/validation';
import {
  type BuiltInAlgorithm,
  type DeepLearningFramework,
  ImagePurpose,
  type ProvidedImageOptions,
} from './provided-image-options';
import { checkBaseImage, purposeOf } from './base-image';
import { bindImageAsset } from './image-asset';
import { type FoundImage, describeImage, findImage } from './provided-images';
import { checkEcrUri, checkUri, warnAboutMutableTag } from './image-uri';
import { partsOfUri } from './ecr-uri';
import { architectureOf, platformOf, requirementsOf } from './platform';
import { bindUri, grantImport, grantPull, grantPullOf, ofRepository, registryOf, uriIn } from './registry';
import type {
  ImageCharacteristics,
  PrivateRegistryOptions,
  ImageOptions,
  ManifestFormat,
  CacheableImageOptions,
  EcrImageOptions,
  ExistingImageOptions,
  ContainerImageConfig,
} from './image-options';

/** Options of an image that is built from a directory. The platform is `LINUX_AMD64` by default, regardless of the build machine. */
export interface AssetImageOptions extends ecr_assets.DockerImageAssetOptions, ImageOptions {
  /**
   * The manifest format.
   *
   * @default - the default of the Docker Engine
   */
  readonly manifestFormat?: ManifestFormat;

  /**
   * The image that the directory extends, for example an AWS Deep Learning Container. Its URI for the region of the stack is the value of a
   * build argument, so the Dockerfile must contain `ARG BASE_IMAGE` before the first `FROM`, and `FROM ${BASE_IMAGE}`. The stack must specify
   * its region in `env`, and the build machine must be logged in to the registry. The image also gets the platform, the processor and the
   * purpose of its base image, unless they are specified. An image that is built or loaded at deployment, or whose URI is a token, cannot be a base
   * image.
   *
   * @default - the Dockerfile specifies the base image
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/prebuilt-containers-extend.html
   */
  readonly baseImage?: ContainerImage;

  /**
   * The name of the build argument for the URI of `baseImage`.
   *
   * @default BASE_IMAGE
   */
  readonly baseImageArg?: string;

  /**
   * The purposes of the image. A construct with another purpose is rejected at synthesis.
   *
   * @default - the purpose of `baseImage`, if it has only one; not validated otherwise
   */
  readonly purposes?: ImagePurpose[];
}

/**
 * A container image that implements the SageMaker contract.
 *
 * The same image object can be used by several constructs, stacks and regions.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/docker-containers.html
 *
 * @example
 * import { aws_ecr as ecr } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const repository: ecr.IRepository;
 *
 * const built = sagemaker.ContainerImage.fromAsset('container', { target: 'training' });
 * const released = sagemaker.ContainerImage.fromEcrRepository(repository, { tag: '2026-11', verify: true });
 */
export abstract class ContainerImage {
  /**
   * Builds an image from a local directory with a Dockerfile when the stack is deployed.
   *
   * Different options, such as the target or build arguments, result in different images of the same directory.
   *
   * @param directory the build context
   * @param options the build options
   */
  public static fromAsset(directory: string, options: AssetImageOptions = {}): ContainerImage {
    return verified(new AssetImage(directory, options));
  }

  /**
   * References an image in an Amazon ECR repository.
   *
   * @param repository the repository
   * @param options the tag or the digest of the image
   */
  public static fromEcrRepository(repository: ecr.IRepository, options: EcrImageOptions): ContainerImage {
    return verified(new EcrImage(repository, options));
  }

  /**
   * Loads an image from a tar archive, such as `docker save` creates, and pushes it when the stack is deployed.
   *
   * @param file the path of the tar archive
   * @param options options of the image
   */
  public static fromTarball(file: string, options: ExistingImageOptions = {}): ContainerImage {
    return verified(new TarballImage(file, options));
  }

  /**
   * References an image in a private Amazon ECR repository by its URI, and grants permission to pull it. SageMaker does not pull
   * images from public registries.
   *
   * @param imageUri the registry, repository and tag or digest, for example
   * `123456789012.dkr.ecr.eu-west-1.amazonaws.com/churn:v1`; may be a token
   * @param options options of the image
   * @throws an error if the image is not in Amazon ECR, or if `pullThroughCache` is set and the URI is a token
   */
  public static fromRegistry(imageUri: string, options: CacheableImageOptions = {}): ContainerImage {
    return verified(new RegistryImage(imageUri, options));
  }

  /**
   * References an AWS Deep Learning Container: a framework image that runs a training script or serves a model.
   *
   * @param framework the framework
   * @param options the purpose, version and processor of the image
   */
  public static fromDeepLearningContainer(
    framework: DeepLearningFramework,
    options: ProvidedImageOptions,
  ): ContainerImage {
    return new ProvidedImage(framework.family, options);
  }

  /**
   * References the image of a SageMaker built-in algorithm.
   *
   * @param algorithm the algorithm
   * @param options the purpose, version and processor of the image
   */
  public static fromBuiltInAlgorithm(algorithm: BuiltInAlgorithm, options: ProvidedImageOptions): ContainerImage {
    return new ProvidedImage(algorithm.family, options);
  }

  /**
   * References an image in a private registry outside Amazon ECR. Models and training jobs that use it must run in a VPC.
   *
   * @param imageUri the registry, repository and tag or digest; may be a token
   * @param options the credentials and options of the image
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-containers-inference-private.html
   */
  public static fromPrivateRegistry(imageUri: string, options: PrivateRegistryOptions = {}): ContainerImage {
    return verified(new PrivateRegistryImage(imageUri, options));
  }

  /** The CPU architecture for which the image is built, if it is known at synthesis. */
  public readonly architecture?: Architecture;

  /** The kind of processor that the image requires, if specified. */
  public readonly processor?: Processor;

  /** Whether the image is in a private registry outside Amazon ECR, which requires a VPC. */
  public readonly usesPrivateRegistry: boolean;

  /** The only purpose of the image, if it is known to have only one. */
  public readonly purpose?: ImagePurpose;

  /** Whether AWS provides the image for SageMaker. */
  public readonly isProvidedByAws: boolean;

  /** The AWS account of the registry, if it is known at synthesis. */
  public readonly registryAccount?: string;

  /** The region of the registry, if it is known at synthesis. */
  public readonly registryRegion?: string;

  /** @param characteristics the characteristics of the image that are known at synthesis */
  protected constructor(characteristics: ImageCharacteristics = {}) {
    this.architecture = characteristics.architecture;
    this.processor = characteristics.processor;
    this.usesPrivateRegistry = characteristics.usesPrivateRegistry ?? false;
    this.purpose = characteristics.purpose;
    this.isProvidedByAws = characteristics.isProvidedByAws ?? false;
    this.registryAccount = characteristics.registryAccount;
    this.registryRegion = characteristics.registryRegion;
  }

  /**
   * Adds the image to a stack, and grants a principal permission to pull it. Can be called several times.
   *
   * @param scope the construct that uses the image
   * @param grantee the principal; if omitted, no permission is granted
   */
  public abstract bind(scope: Construct, grantee?: iam.IGrantable): ContainerImageConfig;

  /**
   * The same image with verification, unless verification is disabled in its options.
   *
   * @internal
   */
  public get _verified(): ContainerImage {
    const { pullThroughCache = false, verify = !pullThroughCache } = this._verification;
    return verify ? new VerifiedImage(this, true) : this;
  }

  /**
   * The same image without verification, for a principal that only needs permission to pull it.
   *
   * @internal
   */
  public get _unverified(): ContainerImage {
    return this;
  }

  /**
   * The architectures of the instance types that run the image, as far as they are known.
   *
   * @internal
   */
  public readonly _usedArchitectures = new Set<Architecture>();

  /**
   * Records an instance type that runs the image: its architecture is verified at deployment.
   *
   * @internal
   */
  public _runsOn({ architecture }: InstanceType): void {
    if (architecture !== undefined) this._usedArchitectures.add(architecture);
  }

  /**
   * The name of the repository, if AWS provides the image.
   *
   * @internal
   */
  public get _providedRepository(): string | undefined {
    return undefined;
  }

  /**
   * The name of the repository that contains the SageMaker toolkit of the image, if AWS provides the image, or the one that it extends.
   *
   * @internal
   */
  public get _toolkitRepository(): string | undefined {
    return this._providedRepository;
  }

  /**
   * The directory or the archive of an image that the deployment pushes.
   *
   * @internal
   */
  public get _localSource(): string | undefined {
    return undefined;
  }

  /**
   * The repository of the image, if the user has specified it.
   *
   * @internal
   */
  public get _repository(): ecr.IRepository | undefined {
    return undefined;
  }

  /**
   * The verification options of the image.
   *
   * @internal
   */
  public get _verification(): EcrImageOptions {
    return {};
  }

  /**
   * Adds warnings about the verification of this image.
   *
   * @internal
   */
  public _addVerificationWarnings(_scope: Construct): void {
    // No warnings by default.
  }
}

/** An image that is verified before anything uses it. */
class VerifiedImage extends ContainerImage {
  constructor(
    private readonly image: ContainerImage,
    private readonly isOptional = false,
  ) {
    super(image);
  }

  public override get _verified(): ContainerImage {
    return this;
  }

  public override get _unverified(): ContainerImage {
    return this.image;
  }

  public override get _providedRepository(): string | undefined {
    return this.image._providedRepository;
  }

  public override get _toolkitRepository(): string | undefined {
    return this.image._toolkitRepository;
  }

  public override _runsOn(type: InstanceType): void {
    this.image._runsOn(type);
  }

  public override get _repository(): ecr.IRepository | undefined {
    return this.image._repository;
  }

  public bind(scope: Construct, grantee?: iam.IGrantable): ContainerImageConfig {
    const config = this.image.bind(scope, grantee);
    const { ecrImage } = config;
    if (ecrImage === undefined && this.isOptional) return config;
    if (ecrImage === undefined) {
      throw new RuleError(
        'images',
        `${scope.node.path}: only images in Amazon ECR can be verified, got: ${quote(config.imageUri)}.`,
      );
    }
    if (!this.isOptional) this.image._addVerificationWarnings(scope);
    const { failOnFindings, serverlessCompatible, revision } = this.image._verification;
    const imageUri = verifiedImageUri(scope, this.image._usedArchitectures, {
      RepositoryUri: ecrImage.repositoryUri,
      RepositoryName: ecrImage.repositoryName,
      RepositoryArn: ecrImage.repositoryArn,
      RegistryId: ecrImage.registryId,
      ImageTag: ecrImage.imageTag,
      ImageDigest: ecrImage.imageDigest,
      Architecture: this.architecture,
      MaxBytes: serverlessCompatible === true ? String(LIMITS.serverlessImageBytes) : undefined,
      Severity: failOnFindings,
      Revision: revision,
    });
    // The identity is that of the image without verification, so that enabling verification does not start new jobs.
    const { registryAccess } = config;
    return {
      imageUri,
      registryAccess,
      ecrImage,
      get identity(): string {
        const unverified = config.identity ?? config.imageUri;
        return revision === undefined ? unverified : `${unverified} ${revision}`;
      },
    };
  }
}

/** Adds verification to an image if its options require it. */
function verified(image: ContainerImage): ContainerImage {
  const { verify, failOnFindings, serverlessCompatible = false } = image._verification;
  return (verify ?? (failOnFindings !== undefined || serverlessCompatible)) ? new VerifiedImage(image) : image;
}

class AssetImage extends ContainerImage {
  constructor(
    private readonly directory: string,
    private readonly options: AssetImageOptions,
  ) {
    const { baseImage, processor = baseImage?.processor, platform = platformOf(baseImage?.architecture) } = options;
    super({ processor, architecture: architectureOf(platform), purpose: purposeOf(options) });
    checkBaseImage(directory, options);
  }

  public override get _toolkitRepository(): string | undefined {
    return this.options.baseImage?._toolkitRepository;
  }

  public override get _localSource(): string {
    return this.directory;
  }

  public override get _verification(): EcrImageOptions {
    return this.options;
  }

  public bind(scope: Construct, grantee?: iam.IGrantable): ContainerImageConfig {
    const { processor, purposes, verify, failOnFindings, serverlessCompatible, ...build } = this.options;
    const platform = build.platform ?? platformOf(this.architecture);
    return bindImageAsset(scope, { ...build, platform, directory: this.directory }, grantee);
  }
}

class TarballImage extends ContainerImage {
  constructor(
    private readonly file: string,
    private readonly options: ExistingImageOptions,
  ) {
    super(requirementsOf(options));
    if (!existsSync(file)) throw new RuleError('all-stages', `Image tarball does not exist: ${quote(file)}.`);
  }

  public override get _localSource(): string {
    return this.file;
  }

  public override get _verification(): EcrImageOptions {
    return this.options;
  }

  public bind(scope: Construct, grantee?: iam.IGrantable): ContainerImageConfig {
    const props = { tarballFile: path.resolve(this.file) };
    const asset = oncePerStack(scope, props, (stack, id) => new ecr_assets.TarballImageAsset(stack, id, props));
    if (grantee !== undefined) grantPullOf(scope, grantee, asset.repository);
    const ecrImage = ofRepository(asset.repository, { imageTag: asset.imageTag });
    return { imageUri: asset.imageUri, ecrImage };
  }
}

class EcrImage extends ContainerImage {
  /** Cached, since the reference consists of tokens and many constructs that resolve new ones slow synthesis down. */
  private reference?: Pick<ContainerImageConfig, 'imageUri' | 'ecrImage'>;

  constructor(
    private readonly repository: ecr.IRepository,
    private readonly options: EcrImageOptions,
  ) {
    const { account, region } = repository.env;
    super({ ...requirementsOf(options), registryAccount: account, registryRegion: region });
    const errors = new ValidationErrors(`Image of repository ${repository.node.path}`, 'images');
    const { tag, digest } = options;
    errors.when(
      (tag === undefined) === (digest === undefined),
      'exactly one of `tag` and `digest` must be specified. There is no default tag, since a new image with the tag "latest" would not change the template',
    );
    errors.when(tag === '', '`tag` must not be empty');
    errors.check('digest', 'ImageDigest', digest);
    errors.throwIfAny();
  }

  public override get _repository(): ecr.IRepository {
    return this.repository;
  }

  public bind(scope: Construct, grantee?: iam.IGrantable): ContainerImageConfig {
    const { tag, digest, pullThroughCache } = this.options;
    if (grantee !== undefined) grantPullOf(scope, grantee, this.repository);
    if (grantee !== undefined && pullThroughCache === true) grantImport(grantee, this.repository.repositoryArn);
    this.reference ??= {
      imageUri: uriIn(this.repository, this.options),
      ecrImage: ofRepository(this.repository, { imageTag: tag, imageDigest: digest }),
    };
    return this.reference;
  }

  public override get _verification(): EcrImageOptions {
    return this.options;
  }

  public override _addVerificationWarnings(scope: Construct): void {
    warnAboutMutableTag(scope, this.repository, this.options);
  }
}

class RegistryImage extends ContainerImage {
  constructor(
    private readonly imageUri: string,
    private readonly options: CacheableImageOptions,
  ) {
    const parts = partsOfUri(imageUri);
    const provided = describeImage(parts);
    const { architecture, processor = provided?.processor } = requirementsOf(options);
    super({
      architecture,
      processor,
      purpose: provided?.purpose,
      isProvidedByAws: provided !== undefined,
      registryAccount: parts.account,
      registryRegion: parts.region,
    });
    checkEcrUri(imageUri, options);
  }

  public override get _providedRepository(): string | undefined {
    return this.isProvidedByAws ? partsOfUri(this.imageUri).repository : undefined;
  }

  public override get _verification(): EcrImageOptions {
    return this.options;
  }

  public bind(scope: Construct, grantee?: iam.IGrantable): ContainerImageConfig {
    return bindUri(scope, this.imageUri, { ...this.options, isProvidedByAws: this.isProvidedByAws }, grantee);
  }
}

/** An image that AWS provides, in the registry of the region to which the stack is deployed. */
class ProvidedImage extends ContainerImage {
  private readonly found: FoundImage;

  constructor(family: string, options: ProvidedImageOptions) {
    const { purpose, instanceType, version, pythonVersion, baseFramework, tag } = options;
    const processor = options.processor ?? instanceType?.processor;
    const isGraviton = instanceType?.architecture === Architecture.ARM64 && purpose === ImagePurpose.INFERENCE;
    const found = findImage({
      family,
      purpose: isGraviton ? 'inference_graviton' : purpose,
      version,
      processor: processor?.toLowerCase(),
      pythonVersion,
      baseFramework,
      tag,
    });
    super({
      // An image for any processor does not require the one of `instanceType`.
      processor: options.processor ?? found.processor,
      architecture: isGraviton ? Architecture.ARM64 : Architecture.X86_64,
      purpose: found.purpose,
      isProvidedByAws: true,
    });
    this.found = found;
  }

  public override get _providedRepository(): string | undefined {
    return this.found.repository;
  }

  public bind(scope: Construct, grantee?: iam.IGrantable): ContainerImageConfig {
    const { repository, tag, warning } = this.found;
    if (warning !== undefined) addWarning(scope, 'images', 'imageVersion', warning);
    const { account, host } = registryOf(scope, this.found);
    if (grantee !== undefined) grantPull(scope, grantee, { account, repository, isProvidedByAws: true });
    return { imageUri: `${account}.dkr.${host}/${repository}:${tag}` };
  }
}

class PrivateRegistryImage extends ContainerImage {
  constructor(
    private readonly imageUri: string,
    private readonly options: PrivateRegistryOptions,
  ) {
    super({ ...requirementsOf(options), usesPrivateRegistry: true });
    checkUri('Image from a private registry', imageUri);
  }

  public override get _verification(): EcrImageOptions {
    return this.options;
  }

  public bind(_scope: Construct, grantee?: iam.IGrantable): ContainerImageConfig {
    const { credentialsProvider } = this.options;
    if (grantee !== undefined && credentialsProvider !== undefined) {
      const resourceArns = [credentialsProvider.functionArn];
      iam.Grant.addToPrincipal({ grantee, actions: [...EXECUTION.getRegistryCredentials], resourceArns });
    }
    const registryAccess = { credentialsProviderArn: credentialsProvider?.functionArn };
    return { imageUri: this.imageUri, registryAccess };
  }
}
