import type { aws_ecr as ecr } from 'aws-cdk-lib';
import type { Architecture } from '../../common/architecture';
import type { Processor } from '../../common/processor';
import type { S3Location } from '../../common/s3-location';
import type { ContainerImage } from '../../image/container-image';

/**
 * The properties that all released versions of a model package have. They are known at synthesis, unlike the version that is deployed.
 */
export interface ReleasedModelPackageOptions {
  /**
   * The inference images of the versions. The execution role of a model is granted permission to pull images of their repositories,
   * and they determine the CPU architecture and the type of processor.
   *
   * @default - no images
   */
  readonly images?: ContainerImage[];

  /**
   * The repositories of the inference images, as an alternative to `images`. The execution role of a model is granted permission to
   * pull all of their images.
   *
   * @default - no repositories
   */
  readonly repositories?: ecr.IRepository[];

  /**
   * The S3 locations of the model artifacts. The execution role of a model is granted permission to read them.
   *
   * @default - no S3 locations
   */
  readonly modelData?: S3Location[];

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
