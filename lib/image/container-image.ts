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
    return verified(new AssetImage(directory, options), options);
  }

  /**
   * An image in an Amazon ECR repository.
   *
   * @param repository where the image is
   * @param options its tag or its digest
   */
  public static fromEcrRepository(repository: ecr.IRepository, options: EcrImageOptions): ContainerImage {
    return verified(new EcrImage(repository, options), options);
  }

  /**
   * An image that `docker save` (or a build system) wrote to a file; it is loaded and pushed when the stack is deployed.
   *
   * @param file path of the tar archive
   * @param options what only the user knows of the image
   */
  public static fromTarball(file: string, options: ImageOptions = {}): ContainerImage {
    return verified(new TarballImage(file, options), options);
  }

  /**
   * An image by its URI. The right to pull it is granted if the URI is one of a private Amazon ECR repository.
   *
   * @param imageUri registry, repository and tag or digest; may be a token
   * @param options what only the user knows of the image
   */
  public static fromRegistry(imageUri: string, options: ImageOptions = {}): ContainerImage {
    return verified(new RegistryImage(imageUri, options), options);
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
    return verified(new PrivateRegistryImage(imageUri, options), options);
  }

  /**
   * Makes the image available to a stack, and lets a principal pull it. May be called any number of times.
   *
   * @param scope where the image is used
   * @param grantee who pulls it; nobody, where the image is only named
   */
  public abstract bind(scope: Construct, grantee?: iam.IGrantable): ContainerImageConfig;

  /**
   * The same image, verified where it is in Amazon ECR.
   *
   * @internal
   */
  public get _verified(): ContainerImage {
    return this._options.verify === false ? this : new VerifiedImage(this, this._options, true);
  }

  /**
   * The same image as it is named, for whoever only needs the right to pull it.
   *
   * @internal
   */
  public get _unverified(): ContainerImage {
    return this;
  }

  /**
   * What was said of the image.
   *
   * @internal
   */
  public _options: VerificationOptions = {};
}

/** @internal */
interface VerificationOptions extends ImageOptions {
  readonly revision?: string;
}

/** An image that is looked at before anything uses it. */
class VerifiedImage extends ContainerImage {
  constructor(
    private readonly image: ContainerImage,
    private readonly options: VerificationOptions,
    private readonly isOptional = false,
  ) {
    super();
  }

  public override get _verified(): ContainerImage {
    return this;
  }

  public override get _unverified(): ContainerImage {
    return this.image;
  }

  public bind(scope: Construct, grantee?: iam.IGrantable): ContainerImageConfig {
    const config = this.image.bind(scope, grantee);
    const { ecrImage, architecture } = config;
    if (ecrImage === undefined && this.isOptional) return config;
    if (ecrImage === undefined) {
      throw new Error(`${scope.node.path}: only images in Amazon ECR can be verified, got: ${quote(config.imageUri)}.`);
    }
    const { failOnFindings, serverlessCompatible, revision } = this.options;
    const imageUri = verifiedUri(scope, {
      RepositoryUri: ecrImage.repositoryUri,
      RepositoryName: ecrImage.repositoryName,
      RepositoryArn: ecrImage.repositoryArn,
      RegistryId: ecrImage.registryId,
      ImageTag: ecrImage.imageTag,
      ImageDigest: ecrImage.imageDigest,
      Architecture: architecture,
      MaxBytes: serverlessCompatible === true ? String(LIMITS.serverlessImageBytes) : undefined,
      Severity: failOnFindings,
      Revision: revision,
    });
    // Looking at an image does not make it another one: what is trained with it stays.
    const identity = revision === undefined ? config.imageUri : `${config.imageUri} ${revision}`;
    return { ...config, imageUri, identity };
  }
}

function verified(image: ContainerImage, options: VerificationOptions): ContainerImage {
  image._options = options;
  const { failOnFindings, serverlessCompatible = false } = options;
  const isVerified = options.verify ?? (failOnFindings !== undefined || serverlessCompatible);
  return isVerified ? new VerifiedImage(image, options) : image;
}

class AssetImage extends ContainerImage {
  constructor(
    private readonly directory: string,
    private readonly options: AssetImageOptions,
  ) {
    super();
  }

  public bind(scope: Construct, grantee?: iam.IGrantable): ContainerImageConfig {
    const {
      processor,
      manifestFormat,
      platform = ecr_assets.Platform.LINUX_AMD64,
      verify,
      failOnFindings,
      serverlessCompatible,
      ...build
    } = this.options;
    // What is verified is no reason for another image.
    void [verify, failOnFindings, serverlessCompatible];
    const outputs = build.outputs ?? (manifestFormat === undefined ? undefined : [`type=${manifestFormat}`]);
    const props = { ...build, outputs, platform, directory: path.resolve(this.directory) };
    const asset = oncePerStack(scope, props, (stack, id) => new ecr_assets.DockerImageAsset(stack, id, props));
    if (grantee !== undefined) asset.repository.grantPull(grantee);
    const ecrImage = ofRepository(asset.repository, { imageTag: asset.imageTag });
    return { imageUri: asset.imageUri, architecture: architectureOf(platform), processor, ecrImage };
  }
}

class TarballImage extends ContainerImage {
  constructor(
    private readonly file: string,
    private readonly options: ImageOptions,
  ) {
    super();
    if (!existsSync(file)) throw new Error(`Image tarball does not exist: ${quote(file)}.`);
  }

  public bind(scope: Construct, grantee?: iam.IGrantable): ContainerImageConfig {
    const props = { tarballFile: path.resolve(this.file) };
    const asset = oncePerStack(scope, props, (stack, id) => new ecr_assets.TarballImageAsset(stack, id, props));
    if (grantee !== undefined) asset.repository.grantPull(grantee);
    const ecrImage = ofRepository(asset.repository, { imageTag: asset.imageTag });
    return { imageUri: asset.imageUri, processor: this.options.processor, ecrImage };
  }
}

class EcrImage extends ContainerImage {
  /** The same wherever the image is used: these are tokens, and tokens take their time. */
  private reference?: Pick<ContainerImageConfig, 'imageUri' | 'ecrImage'>;

  constructor(
    private readonly repository: ecr.IRepository,
    private readonly options: EcrImageOptions,
  ) {
    super();
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

  public bind(scope: Construct, grantee?: iam.IGrantable): ContainerImageConfig {
    const { tag, digest, processor, verify, revision, failOnFindings, serverlessCompatible } = this.options;
    const isVerified = verify ?? (failOnFindings !== undefined || serverlessCompatible === true);
    if (isVerified && tag !== undefined && revision === undefined) {
      Annotations.of(scope).addWarningV2(
        'cdk-sagemaker-algorithm:mutableTag',
        `Tag ${tag} of repository ${this.repository.node.path} is verified once: when it is pushed again, change \`revision\`, or ` +
          'name images by their \`digest\`.',
      );
    }
    if (grantee !== undefined) this.repository.grantPull(grantee);
    this.reference ??= {
      imageUri:
        digest === undefined
          ? this.repository.repositoryUriForTag(tag)
          : this.repository.repositoryUriForDigest(digest),
      ecrImage: ofRepository(this.repository, { imageTag: tag, imageDigest: digest }),
    };
    return { ...this.reference, processor };
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
    super();
    checkUri('Image from a registry', imageUri);
  }

  public bind(scope: Construct, grantee?: iam.IGrantable): ContainerImageConfig {
    if (grantee !== undefined && !Token.isUnresolved(this.imageUri)) this.grantPull(scope, grantee);
    return { imageUri: this.imageUri, processor: this.options.processor, ecrImage: this.ecrImage(scope) };
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
  private readonly architecture: Architecture;

  constructor(
    family: string,
    private readonly options: ProvidedImageOptions,
  ) {
    super();
    const { purpose, instanceType, version, pythonVersion, baseFramework, tag } = options;
    const isGraviton = instanceType?.architecture === Architecture.ARM64 && purpose === ImagePurpose.INFERENCE;
    this.architecture = isGraviton ? Architecture.ARM64 : Architecture.X86_64;
    const processor = (options.processor ?? instanceType?.processor)?.toLowerCase();
    this.found = findImage({
      family,
      purpose: isGraviton ? 'inference_graviton' : purpose,
      version,
      processor,
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
    const { instanceType, processor = instanceType?.processor } = this.options;
    return {
      imageUri: `${account}.dkr.${host}/${repository}:${tag}`,
      architecture: this.architecture,
      processor,
    };
  }
}

class PrivateRegistryImage extends ContainerImage {
  constructor(
    private readonly imageUri: string,
    private readonly options: PrivateRegistryOptions,
  ) {
    super();
    checkUri('Image from a private registry', imageUri);
  }

  public bind(_scope: Construct, grantee?: iam.IGrantable): ContainerImageConfig {
    const { credentialsProvider, processor } = this.options;
    if (grantee !== undefined && credentialsProvider !== undefined) {
      const resourceArns = [credentialsProvider.functionArn];
      iam.Grant.addToPrincipal({ grantee, actions: [...EXECUTION.getRegistryCredentials], resourceArns });
    }
    const registryAccess = { credentialsProviderArn: credentialsProvider?.functionArn };
    return { imageUri: this.imageUri, processor, registryAccess };
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
