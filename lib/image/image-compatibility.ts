import { Architecture } from '../common/architecture';
import type { InstanceType } from '../common/instance-type';
import { Processor } from '../common/processor';

/** What is known of an image that decides where it can run. */
export interface ImageRequirements {
  readonly architecture?: Architecture;
  readonly processor?: Processor;
}

/** Why an image cannot run on an instance type, if that is known. What is not declared is not guessed. */
export function incompatibility(image: ImageRequirements, type: InstanceType): string | undefined {
  if (image.architecture && type.architecture && image.architecture !== type.architecture) {
    const platform = type.architecture === Architecture.ARM64 ? 'LINUX_ARM64' : 'LINUX_AMD64';
    return (
      `${type.instanceTypeName} runs ${type.architecture} code and the image is built for ${image.architecture}: the container would ` +
      `fail with "exec format error". Build it with \`platform: Platform.${platform}\` or choose another type`
    );
  }
  if (image.processor === Processor.GPU && type.processor === Processor.CPU) {
    return `${type.instanceTypeName} has no GPU and the image is declared for one. Choose a type of a g or p family`;
  }
  return undefined;
}

/** What is wasted when an image runs on an instance type, if that is known. */
export function idleAccelerator(image: ImageRequirements, type: InstanceType): string | undefined {
  const isIdle = image.processor === Processor.CPU && (type.processor ?? Processor.CPU) !== Processor.CPU;
  return isIdle
    ? `The image is declared for CPU, and ${type.instanceTypeName} is paid for its ${type.processor === Processor.GPU ? 'GPU' : 'accelerator'}, which would be idle.`
    : undefined;
}

/** What containers need that run on one machine together. */
export function combinedRequirements(images: ImageRequirements[]): ImageRequirements {
  const architectures = new Set(images.flatMap(({ architecture }) => architecture ?? []));
  const has = (processor: Processor): boolean => images.some((image) => image.processor === processor);
  const isCpuOnly = images.length > 0 && images.every(({ processor }) => processor === Processor.CPU);
  return {
    architecture: architectures.size === 1 ? [...architectures][0] : undefined,
    processor: [Processor.GPU, Processor.NEURON].find(has) ?? (isCpuOnly ? Processor.CPU : undefined),
  };
}

/** Why containers cannot run on one machine, if that is known. */
export function architectureConflict(images: ImageRequirements[]): string | undefined {
  const architectures = [...new Set(images.flatMap(({ architecture }) => architecture ?? []))];
  return architectures.length > 1
    ? `containers of one model run on one machine, and the images are built for ${architectures.join(' and ')}`
    : undefined;
}
