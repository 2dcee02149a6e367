import { type IResource, Resource, type aws_iam as iam, type aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import type { Architecture } from '../../common/architecture';
import type { Processor } from '../../common/processor';
import type { ModelApprovalStatus } from './model-approval-status';

/** A SageMaker model package: inference images and model data that are ready to be hosted. */
export interface IModelPackage extends IResource, sagemaker.IModelPackageRef {
  /**
   * The ARN of the model package. The ARN of a version includes its version number.
   *
   * @attribute
   */
  readonly modelPackageArn: string;

  /**
   * Grants the permissions that hosting requires: to pull the images and to read the model data, as far as they are known.
   *
   * @param grantee the principal to grant permissions to
   * @param inferenceSpecificationName the additional inference specification to host; by default, that of the package
   */
  grantHost(grantee: iam.IGrantable, inferenceSpecificationName?: string): void;

  /** The approval status of the version, if known. */
  readonly approvalStatus?: ModelApprovalStatus;

  /** The number of containers, if known. */
  readonly containerCount?: number;

  /** Whether the package is a product from AWS Marketplace, if known. */
  readonly isMarketplaceProduct?: boolean;

  /** The CPU architecture of the images, if known. */
  readonly architecture?: Architecture;

  /** The type of processor that the images require, if known. */
  readonly processor?: Processor;
}

/**
 * The base class of model packages.
 *
 * @internal
 */
export abstract class ModelPackageBase extends Resource implements IModelPackage {
  public abstract readonly modelPackageArn: string;

  public get modelPackageRef(): sagemaker.ModelPackageReference {
    return { modelPackageArn: this.modelPackageArn };
  }

  public abstract readonly architecture?: Architecture;
  public abstract readonly processor?: Processor;
  public abstract readonly approvalStatus?: ModelApprovalStatus;
  public abstract readonly containerCount?: number;
  public abstract readonly isMarketplaceProduct?: boolean;

  public abstract grantHost(grantee: iam.IGrantable, inferenceSpecificationName?: string): void;
}
