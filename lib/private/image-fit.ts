import { Architecture } from '../common/architecture';
import type { InstanceType } from '../common/instance-type';
import { Processor } from '../common/processor';

/** What is known of an image that decides where it can run. */
export interface ImageNeeds {
  readonly architecture?: Architecture;
  readonly processor?: Processor;
}

/** Why an image cannot run on an instance type, if that is known. What is not declared is not guessed. */
export function misfit(image: ImageNeeds, type: InstanceType): string | undefined {
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
export function waste(image: ImageNeeds, type: InstanceType): string | undefined {
  const isIdle = image.processor === Processor.CPU && (type.processor ?? Processor.CPU) !== Processor.CPU;
  return isIdle
    ? `The image is declared for CPU, and ${type.instanceTypeName} is paid for its ${type.processor === Processor.GPU ? 'GPU' : 'accelerator'}, which would be idle.`
    : undefined;
}
