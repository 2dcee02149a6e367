import { Stack, Token, type aws_ecr as ecr, type aws_ecr_assets as ecr_assets } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Architecture } from '../common/architecture';
import { architectureOf } from './platform';
import { ValidationErrors, quote } from '../private/validation';
import { Dockerfile } from './dockerfile';
import { knownUri } from './registry';
import type { ImagePurpose } from './provided-image-options';

/** The build argument that contains the URI of the base image. */
const DEFAULT_ARGUMENT = 'BASE_IMAGE';

/** The part of an image that the build of another one needs. */
interface BaseImage {
  readonly architecture?: Architecture;
  readonly purpose?: ImagePurpose;
  readonly _unverified: BaseImage;
  readonly _localSource?: string;
  readonly _repository?: ecr.IRepository;
  readonly _providedRepository?: string;
  readonly _verification: { readonly tag?: string; readonly digest?: string };
  bind(scope: Construct): { readonly imageUri: string };
}

interface Extending {
  readonly baseImage?: BaseImage;
  readonly baseImageArg?: string;
}

/** The build of an image that can extend another one. */
export interface ExtendingBuild extends ecr_assets.DockerImageAssetProps, Extending {}

interface ExtendingOptions extends ecr_assets.DockerImageAssetOptions, Extending {
  readonly purposes?: ImagePurpose[];
}

/** The only purpose of an image that is built: that of its base image, unless purposes are specified. */
export function purposeOf({ purposes, baseImage }: ExtendingOptions): ImagePurpose | undefined {
  if (purposes === undefined) return baseImage?.purpose;
  return purposes.length === 1 ? purposes[0] : undefined;
}

/** Validates the options of an image that do not depend on the stack. */
export function checkBaseImage(directory: string, options: ExtendingOptions): void {
  const { baseImage, baseImageArg, buildArgs = {}, platform, purposes } = options;
  const errors = errorsOf(directory);
  const argument = baseImageArg ?? DEFAULT_ARGUMENT;
  errors.when(purposes?.length === 0, '`purposes` must not be empty. Omit it if the purposes are not to be validated');
  errors.when(
    baseImageArg !== undefined && baseImage === undefined,
    '`baseImageArg` requires `baseImage`, whose URI is the value of the build argument',
  );
  errors.when(
    !/^[A-Za-z_]\w*$/.test(argument),
    `\`baseImageArg\` must be a variable name: letters, digits and underscores, not starting with a digit, got: ${quote(argument)}`,
  );
  errors.when(
    baseImage !== undefined && Object.hasOwn(buildArgs, argument),
    `\`buildArgs\` must not contain ${argument}, which is the build argument for the URI of \`baseImage\`. Remove it, or choose another ` +
      'argument with `baseImageArg`',
  );
  const architecture = platform && architectureOf(platform);
  errors.when(
    architecture !== undefined && baseImage?.architecture !== undefined && architecture !== baseImage.architecture,
    `\`platform\` must be that of \`baseImage\`, which is built for ${baseImage?.architecture}, got: ${platform?.platform}. Omit it, or ` +
      'use another base image',
  );
  errors.throwIfAny();
}

/**
 * Adds the URI of the base image to the build arguments.
 *
 * @throws an error if the URI is only known at deployment, or if the Dockerfile does not use it
 */
export function withBaseImage(scope: Construct, build: ExtendingBuild): ecr_assets.DockerImageAssetProps {
  const { baseImage, baseImageArg: argument = DEFAULT_ARGUMENT, ...props } = build;
  if (baseImage === undefined) return props;
  const errors = errorsOf(props.directory);
  const uri = uriOf(scope, errors, baseImage._unverified) ?? '';
  errors.when(
    isUnusedIn(props, argument),
    `\`baseImage\` has no effect, since ${props.file ?? 'Dockerfile'} does not use its URI. Write \`ARG ${argument}\` before the first FROM, and start ` +
      `the ${props.target === undefined ? 'last stage' : `stage ${props.target}`} with \`FROM \${${argument}}\``,
  );
  errors.throwIfAny();
  return { ...props, buildArgs: { ...props.buildArgs, [argument]: uri }, ...hashOf(props, uri) };
}

/** The URI of a base image. Adds an error if it is only known at deployment. */
function uriOf(scope: Construct, errors: ValidationErrors, image: BaseImage): string | undefined {
  const uri = image._localSource === undefined ? boundUri(scope, image) : undefined;
  if (uri === undefined) {
    errors.add(
      `\`baseImage\` must be an image whose URI is known at synthesis, since the build requires it, got ${reason(scope, image)}`,
    );
  }
  return uri;
}

function boundUri(scope: Construct, image: BaseImage): string | undefined {
  const { _repository: repository, _verification: version } = image;
  if (repository !== undefined) return knownUri(repository, { imageTag: version.tag, imageDigest: version.digest });
  const { imageUri } = image.bind(scope);
  return Token.isUnresolved(imageUri) ? undefined : imageUri;
}

/** The reason why the URI of an image is only known at deployment. */
function reason(scope: Construct, image: BaseImage): string {
  const { _localSource: source, _repository: repository } = image;
  if (source !== undefined) {
    return `the image of ${source}, which the deployment pushes. If it is a directory, make it a stage of the same Dockerfile`;
  }
  if (repository !== undefined) {
    return (
      `an image of repository ${repository.node.path}, whose account, region, name or tag is a token. Import an existing repository with ` +
      'Repository.fromRepositoryArn(), or by its name in a stack with `env`'
    );
  }
  if (image._providedRepository === undefined) return 'a token';
  return (
    `an image that AWS provides, whose registry depends on the region of stack ${Stack.of(scope).node.path}. Set \`env\` of the stack: ` +
    '{ account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION }'
  );
}

function errorsOf(directory: string): ValidationErrors {
  return new ValidationErrors(`Image of directory ${directory}`, 'images');
}

/** Whether a target certainly has another base. DockerImageAsset and ImageAsset have errors for a missing Dockerfile or target. */
function isUnusedIn(props: ecr_assets.DockerImageAssetProps, argument: string): boolean {
  const dockerfile = Dockerfile.in(props);
  const target = dockerfile?.target(props.target);
  return dockerfile?.hasKnownStages === true && target !== undefined && !dockerfile.startsFrom(argument, target);
}

/** A new base image is a new image, also if the user excludes the build arguments from the asset hash. */
function hashOf(
  { extraHash = '', invalidation }: ecr_assets.DockerImageAssetProps,
  uri: string,
): Pick<ecr_assets.DockerImageAssetProps, 'extraHash' | 'invalidation'> {
  if (invalidation?.buildArgs !== false) return {};
  const own = invalidation.extraHash === false ? '' : extraHash;
  return { extraHash: `${own}${uri}`, invalidation: { ...invalidation, extraHash: undefined } };
}
