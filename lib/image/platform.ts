import { aws_ecr_assets as ecr_assets } from 'aws-cdk-lib';
import { Architecture } from '../common/architecture';
import type { ExistingImageOptions, ImageCharacteristics } from './image-options';

/** The requirements of an image on the instances that run it, according to its options. */
export function requirementsOf({
  platform,
  processor,
}: ExistingImageOptions): Pick<ImageCharacteristics, 'architecture' | 'processor'> {
  return { processor, architecture: platform && architectureOf(platform) };
}

/** The platform of an architecture; by default that of all SageMaker instances, except those with Arm processors. */
export function platformOf(architecture?: Architecture): ecr_assets.Platform {
  return architecture === Architecture.ARM64 ? ecr_assets.Platform.LINUX_ARM64 : ecr_assets.Platform.LINUX_AMD64;
}

/** The CPU architecture of a platform. */
export function architectureOf(platform: ecr_assets.Platform): Architecture | undefined {
  const [, architecture] = platform.platform.split('/');
  return { amd64: Architecture.X86_64, arm64: Architecture.ARM64 }[architecture];
}
