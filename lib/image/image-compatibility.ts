import type { Construct } from 'constructs';
import { Architecture } from '../common/architecture';
import type { InstanceType } from '../common/instance-type';
import { Processor } from '../common/processor';
import { accountConflict, regionConflict } from '../private/environment';
import { addWarning } from '../private/rules';
import type { ValidationErrors } from '../private/validation';
import type { ContainerImage } from './container-image';
import { type ImagePurpose } from './provided-image-options';

/** The requirements of an image on the instance type, as far as they are known. */
export interface ImageRequirements {
  readonly architecture?: Architecture;
  readonly processor?: Processor;
}

/** How a construct uses an image. */
export interface ImageUse {
  /** The property that contains the image. */
  readonly property: string;

  /** The purpose of the image. Undefined if any image can be used. */
  readonly purpose?: ImagePurpose;

  /** The instance types on which the image runs, by the property that contains them. */
  readonly instanceTypes?: { readonly [property: string]: InstanceType[] | undefined };
}

/**
 * Validates that a construct can use an image: its region, its purpose and the instance types on which it runs. Every construct
 * with an image calls this function.
 */
export function checkImage(scope: Construct, errors: ValidationErrors, image: ContainerImage, use: ImageUse): void {
  const { property, purpose, instanceTypes = {} } = use;
  const conflict = regionConflict(scope, image.registryRegion);
  errors.when(
    conflict !== undefined,
    `\`${property}\` is ${conflict}, and SageMaker only pulls images of its own region. Build the image with ` +
      'ContainerImage.fromAsset(), which pushes it to the region of each stack, or replicate the repository',
  );
  const { _repository: repository } = image;
  const foreign = repository && accountConflict(scope, repository);
  errors.when(
    foreign !== undefined,
    `\`${property}\` is an image of repository ${repository?.node.path}, which is ${foreign}. Import the repository here, for example with ` +
      'Repository.fromRepositoryArn(), and allow this account in the policy of the repository',
  );
  errors.when(
    image.purpose !== undefined && purpose !== undefined && image.purpose !== purpose,
    `\`${property}\` must be an image for ${purpose}, got ${otherPurpose(image, purpose)}`,
  );
  for (const [typesProperty, types = []] of Object.entries(instanceTypes)) {
    for (const type of types) {
      checkInstanceType(scope, errors, image, { property: typesProperty, type });
      image._runsOn(type);
    }
  }
}

/** The origin of the purpose of an image, and how to get another one. */
function otherPurpose({ isProvidedByAws, purpose: own }: ContainerImage, required?: ImagePurpose): string {
  return isProvidedByAws
    ? `an image that AWS provides for ${own}: use \`purpose: ImagePurpose.${required?.toUpperCase()}\``
    : `an image whose \`purposes\` or \`baseImage\` are for ${own}: use another \`baseImage\`, or set \`purposes\` if you have added the program for ${required}`;
}

/** Validates that an image, or a model with known images, runs on an instance type, and warns about an idle accelerator. */
export function checkInstanceType(
  scope: Construct,
  errors: ValidationErrors,
  image: ImageRequirements,
  { property, type }: { readonly property: string; readonly type: InstanceType },
): void {
  const error = incompatibility(image, type);
  errors.when(error !== undefined, `\`${property}\`: ${error}`);
  const warning = idleAccelerator(image, type);
  if (warning !== undefined) addWarning(scope, 'images', 'idleAccelerator', warning);
}

/** Warns about a script for an image that is not known to run scripts. */
export function warnAboutScript(scope: Construct, image: ContainerImage): void {
  if (image.isProvidedByAws || image._toolkitRepository !== undefined) return;
  addWarning(
    scope,
    'images',
    'script',
    'The image is not one that AWS provides: it ignores `script` unless it contains the SageMaker training or inference toolkit.',
  );
}

/** The reason why an image cannot run on an instance type. Undefined if it can, or if the requirements are not known. */
export function incompatibility(image: ImageRequirements, type: InstanceType): string | undefined {
  if (image.architecture && type.architecture && image.architecture !== type.architecture) {
    const platform = type.architecture === Architecture.ARM64 ? 'LINUX_ARM64' : 'LINUX_AMD64';
    return (
      `${type.instanceTypeName} has the architecture ${type.architecture}, and the image is built for ${image.architecture}: the ` +
      `container would fail with "exec format error". Build the image with \`platform: Platform.${platform}\`, or use another instance type`
    );
  }
  const { processor } = image;
  if (processor === undefined || processor === Processor.CPU) return undefined;
  if (type.processor === undefined || type.processor === processor) return undefined;
  const [accelerator, families] = ACCELERATORS[processor];
  return (
    `${type.instanceTypeName} has no ${accelerator}, which the image requires (\`processor: Processor.${processor}\`). ` +
    `Use an instance type of ${families}`
  );
}

const ACCELERATORS = {
  [Processor.GPU]: ['GPU', 'a g or p family'],
  [Processor.NEURON]: ['AWS Neuron accelerator', 'an inf or trn family'],
} as const;

/** The warning about an accelerator that an image does not use. Undefined if there is none. */
export function idleAccelerator(image: ImageRequirements, type: InstanceType): string | undefined {
  const isIdle = image.processor === Processor.CPU && (type.processor ?? Processor.CPU) !== Processor.CPU;
  return isIdle
    ? `The image uses only the CPU (\`processor: Processor.CPU\`), so that the ${type.processor === Processor.GPU ? 'GPU' : 'accelerator'} of ${type.instanceTypeName} would be idle.`
    : undefined;
}

/** The combined requirements of containers that run on the same instance. */
export function combinedRequirements(images: ImageRequirements[]): ImageRequirements {
  const architectures = new Set(images.flatMap(({ architecture }) => architecture ?? []));
  const has = (processor: Processor): boolean => images.some((image) => image.processor === processor);
  const isCpuOnly = images.length > 0 && images.every(({ processor }) => processor === Processor.CPU);
  return {
    architecture: architectures.size === 1 ? [...architectures][0] : undefined,
    processor: [Processor.GPU, Processor.NEURON].find(has) ?? (isCpuOnly ? Processor.CPU : undefined),
  };
}

/** The reason why containers cannot run on the same instance. Undefined if they can, or if their requirements are not known. */
export function architectureConflict(images: ImageRequirements[]): string | undefined {
  const architectures = [...new Set(images.flatMap(({ architecture }) => architecture ?? []))];
  return architectures.length > 1
    ? `the containers of a model run on the same instance, but their images are built for ${architectures.join(' and ')}`
    : undefined;
}
