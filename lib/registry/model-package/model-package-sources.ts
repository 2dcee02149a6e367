import type { aws_ecr as ecr, aws_iam as iam, aws_kms as kms } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { S3Location } from '../../common/s3-location';
import type { ContainerImage } from '../../image/container-image';
import { grantPullOf } from '../../image/registry';
import { grantDecrypt } from '../../private/unapplied-grant';

/** The images, model artifacts and keys that a model requires which hosts versions of a model package. */
export interface ModelPackageSources {
  /**
   * The inference images of the versions, for permission to pull images of their repositories. They also determine the CPU architecture and
   * the type of processor.
   *
   * @default - no images
   */
  readonly images?: ContainerImage[];

  /**
   * The repositories of the inference images, for permission to pull all of their images. An alternative to `images`.
   *
   * @default - no repositories
   */
  readonly repositories?: ecr.IRepository[];

  /**
   * The S3 locations of the model artifacts, for permission to read them.
   *
   * @default - no S3 locations
   */
  readonly modelData?: S3Location[];

  /**
   * The KMS keys that encrypt the model artifacts, for permission to decrypt with them. Those of the buckets of `modelData` are granted
   * anyway, if the buckets refer to them.
   *
   * @default - no further keys
   */
  readonly encryptionKeys?: kms.IKey[];
}

/** Grants a principal the permissions that hosting requires. */
export function grantSources(scope: Construct, sources: ModelPackageSources, grantee: iam.IGrantable): void {
  const { images = [], repositories = [], modelData = [], encryptionKeys = [] } = sources;
  images.forEach((image) => image.bind(scope, grantee));
  repositories.forEach((repository) => grantPullOf(scope, grantee, repository));
  modelData.forEach((location) => location.grantRead(grantee));
  encryptionKeys.forEach((key) => grantDecrypt(key, grantee));
}
