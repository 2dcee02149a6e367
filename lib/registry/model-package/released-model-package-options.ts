import type { Architecture } from '../../common/architecture';
import type { Processor } from '../../common/processor';
import type { ModelPackageSources } from './model-package-sources';

/**
 * The properties that all released versions of a model package have. They are known at synthesis, unlike the version that is deployed.
 */
export interface ReleasedModelPackageOptions extends ModelPackageSources {
  /**
   * The CPU architecture of the images.
   *
   * @default - the architecture of `images`, if known
   */
  readonly architecture?: Architecture;

  /**
   * The type of processor that the images require.
   *
   * @default - the processor of `images`, if known
   */
  readonly processor?: Processor;

  /**
   * The number of containers of a version.
   *
   * @default - unknown
   */
  readonly containerCount?: number;
}
