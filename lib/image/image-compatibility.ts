import { Architecture } from '../common/architecture';
import type { InstanceType } from '../common/instance-type';
import { Processor } from '../common/processor';

/** The requirements of an image on the instance type, as far as they are known. */
export interface ImageRequirements {
  readonly architecture?: Architecture;
  readonly processor?: Processor;
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
  if (image.processor === Processor.GPU && type.processor === Processor.CPU) {
    return `${type.instanceTypeName} has no GPU, which the image requires (\`processor: Processor.GPU\`). Use an instance type of a g or p family`;
  }
  return undefined;
}

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
