import { EXECUTION } from '../private/grants';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import {
  Annotations,
  Stack,
  Token,
  type aws_ecr as ecr,
  aws_ecr_assets as ecr_assets,
  aws_iam as iam,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Architecture } from '../common/architecture';
import type { Processor } from '../common/processor';
import { LIMITS } from '../private/contract';
import { sha256 } from '../private/fingerprint';
import { verifiedUri } from '../private/image-verification';
import { ValidationErrors, quote } from '../private/validation';
import {
  type BuiltInAlgorithm,
  type DeepLearningFramework,
  ImagePurpose,
  type ProvidedImageOptions,
} from './provided-image-options';
import { type FoundImage, findImage } from './provided-images';
import { grantPullOf, registryOf, repositoryArn } from './registry';
import type {
  ImageCharacteristics,
  ImageOptions,
  PrivateRegistryOptions,
  AssetImageOptions,
  EcrImageOptions,
  ContainerImageConfig,
  EcrImageReference,
} from './image-options';

/**
 * A container image that implements SageMaker's contract, wherever it comes from.
 *
 * One image may serve several stages, stacks and regions.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/docker-containers.html
 */
export abstract class ContainerImage {
  /**
   * An image that is built from a directory with a Dockerfile when the stack is deployed.
   *
   * Two images of one directory that differ in target, build arguments or any other option are two images.
   *
   * @param directory the build context
   * @param options how to build it
   */
  public static fromAsset(directory: string, options: AssetImageOptions = {}): ContainerImage {
    return verified(new AssetImage(directory, options));
  }

  /**
   * An image in an Amazon ECR repository.
   *
   * @param repository where the image is
   * @param options its tag or its digest
   */
  public static fromEcrRepository(repository: ecr.IRepository, options: EcrImageOptions): ContainerImage {
    return verified(new EcrImage(repository, options));
  }

  /**
   * An image that `docker save` (or a build system) wrote to a file; it is loaded and pushed when the stack is deployed.
   *
   * @param file path of the tar archive
   * @param options what only the user knows of the image
   */
  public static fromTarball(file: string, options: ImageOptions = {}): ContainerImage {
    return verified(new TarballImage(file, options));
  }

  /**
   * An image by its URI. The right to pull it is granted if the URI is one of a private Amazon ECR repository.
   *
   * @param imageUri registry, repository and tag or digest; may be a token
   * @param options what only the user knows of the image
   */
  public static fromRegistry(imageUri: string, options: ImageOptions = {}): ContainerImage {
    return verified(new RegistryImage(imageUri, options));
  }

  /**
   * A deep learning container that SageMaker provides: a framework that runs scripts, or serves models.
   *
   * @param framework the family
   * @param options which of its images
   */
  public static fromDeepLearningContainer(
    framework: DeepLearningFramework,
    options: ProvidedImageOptions,
  ): ContainerImage {
    return new ProvidedImage(framework.family, options);
  }

  /**
   * An algorithm that SageMaker provides.
   *
   * @param algorithm the algorithm
   * @param options which of its images
   */
  public static fromBuiltInAlgorithm(algorithm: BuiltInAlgorithm, options: ProvidedImageOptions): ContainerImage {
    return new ProvidedImage(algorithm.family, options);
  }

  /**
   * An image in a private registry outside Amazon ECR, which models and training jobs in a VPC can reach.
   *
   * @param imageUri registry, repository and tag or digest; may be a token
   * @param options credentials, and what only the user knows of the image
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-containers-inference-private.html
   */
  public static fromPrivateRegistry(imageUri: string, options: PrivateRegistryOptions = {}): ContainerImage {
    return verified(new PrivateRegistryImage(imageUri, options));
  }

  /** The instruction set that the image is built for, if it is known at synthesis. */
  public readonly architecture?: Architecture;

  /** The kind of processor that the image is declared for. */
  public readonly processor?: Processor;

  /** Whether the image is in a private registry outside Amazon ECR, which only containers in a VPC can reach. */
  public readonly usesPrivateRegistry: boolean;

  /** @param characteristics what is known about the image at synthesis */
  protected constructor(characteristics: ImageCharacteristics = {}) {
    this.architecture = characteristics.architecture;
    this.processor = characteristics.processor;
    this.usesPrivateRegistry = characteristics.usesPrivateRegistry ?? false;
  }

  /**
   * Adds the image to a stack, and grants a principal permission to pull it. Can be called any number of times.
   *
   * @param scope where the image is used
   * @param grantee the principal; none, where the image is only referenced
   */
  public abstract bind(scope: Construct, grantee?: iam.IGrantable): ContainerImageConfig;

  /**
   * The same image with verification, unless the user has disabled it.
   *
   * @internal
   */
  public get _verified(): ContainerImage {
    return this._verification.verify === false ? this : new VerifiedImage(this, true);
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
   * The verification options of the image.
   *
   * @internal
   */
  public get _verification(): VerificationOptions {
    return {};
  }

  /**
   * Reports what a user should know about the verification of this image.
   *
   * @internal
   */
  public _warnOfVerification(_scope: Construct): void {
    // Nothing to report by default.
  }
}

/** @internal */
interface VerificationOptions extends ImageOptions {
  readonly revision?: string;
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

  public bind(scope: Construct, grantee?: iam.IGrantable): ContainerImageConfig {
    const config = this.image.bind(scope, grantee);
    const { ecrImage } = config;
    if (ecrImage === undefined && this.isOptional) return config;
    if (ecrImage === undefined) {
      throw new Error(`${scope.node.path}: only images in Amazon ECR can be verified, got: ${quote(config.imageUri)}.`);
    }
    if (!this.isOptional) this.image._warnOfVerification(scope);
    const { failOnFindings, serverlessCompatible, revision } = this.image._verification;
    const imageUri = verifiedUri(scope, {
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
    // Verifying an image does not change it: what was trained with it stays.
    const identity = revision === undefined ? config.imageUri : `${config.imageUri} ${revision}`;
    return { ...config, imageUri, identity };
  }
}

/** The one place that decides whether an image is verified. */
function verified(image: ContainerImage): ContainerImage {
  const { verify, failOnFindings, serverlessCompatible = false } = image._verification;
  return (verify ?? (failOnFindings !== undefined || serverlessCompatible)) ? new VerifiedImage(image) : image;
}

/** SageMaker's instances, except those with Graviton processors. */
const DEFAULT_PLATFORM = ecr_assets.Platform.LINUX_AMD64;

class AssetImage extends ContainerImage {
  constructor(
    private readonly directory: string,
    private readonly options: AssetImageOptions,
  ) {
    const { processor, platform = DEFAULT_PLATFORM } = options;
    super({ processor, architecture: architectureOf(platform) });
  }

  public override get _verification(): VerificationOptions {
    return this.options;
  }

  public bind(scope: Construct, grantee?: iam.IGrantable): ContainerImageConfig {
    const {
      manifestFormat,
      platform = DEFAULT_PLATFORM,
      processor,
      verify,
      failOnFindings,
      serverlessCompatible,
      ...build
    } = this.options;
    const outputs = build.outputs ?? (manifestFormat === undefined ? undefined : [`type=${manifestFormat}`]);
    const props = { ...build, outputs, platform, directory: path.resolve(this.directory) };
    const asset = oncePerStack(scope, props, (stack, id) => new ecr_assets.DockerImageAsset(stack, id, props));
    if (grantee !== undefined) asset.repository.grantPull(grantee);
    const ecrImage = ofRepository(asset.repository, { imageTag: asset.imageTag });
    return { imageUri: asset.imageUri, ecrImage };
  }
}

class TarballImage extends ContainerImage {
  constructor(
    private readonly file: string,
    private readonly options: ImageOptions,
  ) {
    super({ processor: options.processor });
    if (!existsSync(file)) throw new Error(`Image tarball does not exist: ${quote(file)}.`);
  }

  public override get _verification(): VerificationOptions {
    return this.options;
  }

  public bind(scope: Construct, grantee?: iam.IGrantable): ContainerImageConfig {
    const props = { tarballFile: path.resolve(this.file) };
    const asset = oncePerStack(scope, props, (stack, id) => new ecr_assets.TarballImageAsset(stack, id, props));
    if (grantee !== undefined) asset.repository.grantPull(grantee);
    const ecrImage = ofRepository(asset.repository, { imageTag: asset.imageTag });
    return { imageUri: asset.imageUri, ecrImage };
  }
}

class EcrImage extends ContainerImage {
  /** The same wherever the image is used: these are tokens, and tokens take their time. */
  private reference?: Pick<ContainerImageConfig, 'imageUri' | 'ecrImage'>;

  constructor(
    private readonly repository: ecr.IRepository,
    private readonly options: EcrImageOptions,
  ) {
    super({ processor: options.processor });
    const errors = new ValidationErrors(`Image of repository ${repository.node.path}`);
    const { tag, digest } = options;
    errors.when(
      (tag === undefined) === (digest === undefined),
      'exactly one of `tag` and `digest` must be given. There is no default tag: a moving "latest" would change the image, and nothing in the template',
    );
    errors.when(tag === '', '`tag` must not be empty');
    errors.check('digest', 'ImageDigest', digest);
    errors.throwIfAny();
  }

  public bind(_scope: Construct, grantee?: iam.IGrantable): ContainerImageConfig {
    const { tag, digest } = this.options;
    if (grantee !== undefined) this.repository.grantPull(grantee);
    this.reference ??= {
      imageUri:
        digest === undefined
          ? this.repository.repositoryUriForTag(tag)
          : this.repository.repositoryUriForDigest(digest),
      ecrImage: ofRepository(this.repository, { imageTag: tag, imageDigest: digest }),
    };
    return this.reference;
  }

  public override get _verification(): VerificationOptions {
    return this.options;
  }

  public override _warnOfVerification(scope: Construct): void {
    const { tag, revision } = this.options;
    if (tag === undefined || revision !== undefined) return;
    Annotations.of(scope).addWarningV2(
      'cdk-sagemaker-algorithm:mutableTag',
      `Tag ${tag} of repository ${this.repository.node.path} is verified once: when it is pushed again, change \`revision\`, or ` +
        'name images by their \`digest\`.',
    );
  }
}

/** Where an image of a repository is. */
function ofRepository(
  repository: ecr.IRepository,
  image: Pick<EcrImageReference, 'imageTag' | 'imageDigest'>,
): EcrImageReference {
  const { repositoryUri, repositoryName, repositoryArn } = repository;
  return { repositoryUri, repositoryName, repositoryArn, registryId: repository.env.account, ...image };
}

/** Account, region, suffix and repository of a private ECR image. */
const ECR_URI =
  /^(?<host>(?<account>\d{12})\.dkr\.ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.[a-z0-9.]+)\/(?<repository>[^:@]+)(?::(?<tag>[^@]+))?(?:@(?<digest>.+))?$/;

class RegistryImage extends ContainerImage {
  constructor(
    private readonly imageUri: string,
    private readonly options: ImageOptions,
  ) {
    super({ processor: options.processor });
    checkUri('Image from a registry', imageUri);
  }

  public override get _verification(): VerificationOptions {
    return this.options;
  }

  public bind(scope: Construct, grantee?: iam.IGrantable): ContainerImageConfig {
    if (grantee !== undefined && !Token.isUnresolved(this.imageUri)) this.grantPull(scope, grantee);
    return { imageUri: this.imageUri, ecrImage: this.ecrImage(scope) };
  }

  private ecrImage(scope: Construct): EcrImageReference | undefined {
    const { host, account, region, repository, tag, digest } = ECR_URI.exec(this.imageUri)?.groups ?? {};
    if (repository === undefined) return undefined;
    return {
      repositoryUri: `${host}/${repository}`,
      repositoryName: repository,
      repositoryArn: repositoryArn(scope, { account, region, repository }),
      registryId: account,
      imageTag: digest === undefined ? (tag ?? 'latest') : undefined,
      imageDigest: digest,
    };
  }

  private grantPull(scope: Construct, grantee: iam.IGrantable): void {
    const { account, region, repository } = ECR_URI.exec(this.imageUri)?.groups ?? {};
    if (repository !== undefined) grantPullOf(scope, grantee, { account, region, repository });
  }
}

/** An image that SageMaker provides, in the registry of the region that a stack is deployed to. */
class ProvidedImage extends ContainerImage {
  private readonly found: FoundImage;

  constructor(family: string, options: ProvidedImageOptions) {
    const { purpose, instanceType, version, pythonVersion, baseFramework, tag } = options;
    const processor = options.processor ?? instanceType?.processor;
    const isGraviton = instanceType?.architecture === Architecture.ARM64 && purpose === ImagePurpose.INFERENCE;
    super({ processor, architecture: isGraviton ? Architecture.ARM64 : Architecture.X86_64 });
    this.found = findImage({
      family,
      purpose: isGraviton ? 'inference_graviton' : purpose,
      version,
      processor: processor?.toLowerCase(),
      pythonVersion,
      baseFramework,
      tag,
    });
  }

  public bind(scope: Construct, grantee?: iam.IGrantable): ContainerImageConfig {
    const { repository, tag, warning } = this.found;
    if (warning !== undefined) Annotations.of(scope).addWarningV2('cdk-sagemaker-algorithm:imageVersion', warning);
    const { account, host } = registryOf(scope, this.found);
    if (grantee !== undefined) grantPullOf(scope, grantee, { account, repository });
    return { imageUri: `${account}.dkr.${host}/${repository}:${tag}` };
  }
}

class PrivateRegistryImage extends ContainerImage {
  constructor(
    private readonly imageUri: string,
    private readonly options: PrivateRegistryOptions,
  ) {
    super({ processor: options.processor, usesPrivateRegistry: true });
    checkUri('Image from a private registry', imageUri);
  }

  public override get _verification(): VerificationOptions {
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

function checkUri(subject: string, imageUri: string): void {
  const errors = new ValidationErrors(subject);
  errors.check('imageUri', 'ContainerImage', imageUri);
  errors.when(imageUri.length === 0, '`imageUri` must not be empty');
  errors.throwIfAny();
}

/**
 * One asset for a stack and a set of options: the image may be bound by any number of stages, and by stacks in other
 * regions, which have repositories of their own. The id is made of all options, since one directory can hold any number
 * of images.
 */
function oncePerStack<T extends Construct>(
  scope: Construct,
  options: object,
  make: (stack: Stack, id: string) => T,
): T {
  const stack = Stack.of(scope);
  const id = `ContainerImage${sha256(JSON.stringify(Object.entries(options).sort())).slice(0, 16)}`;
  return (stack.node.tryFindChild(id) as T | undefined) ?? make(stack, id);
}

function architectureOf(platform: ecr_assets.Platform): Architecture | undefined {
  const [, architecture] = platform.platform.split('/');
  return { amd64: Architecture.X86_64, arm64: Architecture.ARM64 }[architecture];
}
