import { type RemovalPolicy, type aws_iam as iam, type aws_kms as kms } from 'aws-cdk-lib';
import type { IAlgorithm } from '../../algorithm/algorithm';
import { type InferenceSpecification } from '../../algorithm/inference-specification';
import type { FileSource } from '../../common/file-source';
import type { ModelData } from '../../common/model-data';
import type { TransformOptions } from '../../common/transform-options';
import type { ContainerImage } from '../../image/container-image';
import { type AdditionalInferenceSpecification } from './additional-inference-specification';
import { type ModelApprovalStatus } from './model-approval-status';
import type { ModelCard } from './model-card';
import type { ModelDomain, ModelTask } from './model-domain';
import { type ModelPackageContainer } from './model-package-container';
import type { IModelPackageGroup } from '../model-package-group';
import { type DriftCheckBaselines, type ModelMetrics } from './model-metrics';

/** The metadata properties of a model package, which record the origin of the model. */
export interface ModelPackageMetadata {
  /**
   * The commit ID of the source code.
   *
   * @default - no commit ID
   */
  readonly commitId?: string;

  /**
   * The repository of the source code.
   *
   * @default - no repository
   */
  readonly repository?: string;

  /**
   * The entity that created the model.
   *
   * @default - no entity
   */
  readonly generatedBy?: string;

  /**
   * The ID of the project of the model.
   *
   * @default - no project ID
   */
  readonly projectId?: string;
}

/** The batch transform job with which SageMaker validates a model package when it is created. */
export interface ModelPackageValidationProfile {
  /** The name of the profile, 1 to 63 letters, digits and hyphens. */
  readonly profileName: string;

  /** The definition of the batch transform job. */
  readonly transform: TransformOptions;
}

/** Properties for defining a `ModelPackage`. */
export interface ModelPackageProps {
  /**
   * The model data. Required with `algorithm`.
   *
   * @default - no model data, or the model data of each of `containers`
   */
  readonly modelData?: ModelData;

  /**
   * The model package group, in which the package is registered as a version.
   *
   * @default - an unversioned model package
   */
  readonly group?: IModelPackageGroup;

  /**
   * The algorithm that `modelData` was trained with. Specify either `algorithm`, or `image` and `inference`, or
   * `containers` and `inference`.
   *
   * @default - no algorithm
   */
  readonly algorithm?: IAlgorithm;

  /**
   * The inference image.
   *
   * @default - the inference image of `algorithm`
   */
  readonly image?: ContainerImage;

  /**
   * The containers, 1 to 15: several for a serial inference pipeline, or a single one that needs more options than
   * `image` and `modelData`.
   *
   * @default - a single container that runs `image`
   */
  readonly containers?: ModelPackageContainer[];

  /**
   * The inference specification.
   *
   * @default - the inference specification of `algorithm`
   */
  readonly inference?: InferenceSpecification;

  /**
   * The additional inference specifications, at most 15, which a `Model` selects by name.
   *
   * @default - no additional inference specifications
   */
  readonly additionalInferenceSpecifications?: AdditionalInferenceSpecification[];

  /**
   * The approval status of the version. It can be updated without replacement. Not supported for unversioned packages.
   *
   * @default - ModelApprovalStatus.PENDING_MANUAL_APPROVAL for versions
   */
  readonly approvalStatus?: ModelApprovalStatus;

  /**
   * The description of the approval status, at most 1024 characters. It can be updated without replacement. Not
   * supported for unversioned packages.
   *
   * @default - no description
   */
  readonly approvalDescription?: string;

  /**
   * The description of the model package, at most 1024 characters.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * The custom metadata of the model package, at most 50 entries, with keys of up to 128 and values of up to 256 characters.
   * It can be updated without replacement.
   *
   * @default - no metadata
   */
  readonly customerMetadata?: { [key: string]: string };

  /**
   * The metadata properties, which record the origin of the model. A change replaces the model package.
   *
   * @default - no metadata properties
   */
  readonly metadata?: ModelPackageMetadata;

  /**
   * The commit ID of the source code, at most 256 characters, which is recorded as the custom metadata `commitId`. Unlike
   * `metadata.commitId`, it can be updated without replacement.
   *
   * @default - no commit ID
   */
  readonly commitId?: string;

  /**
   * The URI of the source of the model, at most 1024 characters.
   *
   * @default - no source URI
   */
  readonly sourceUri?: string;

  /**
   * The metrics of the model.
   *
   * @default - no metrics
   */
  readonly metrics?: ModelMetrics;

  /**
   * The baselines for drift checks of the deployed model by SageMaker Model Monitor. Closed to new customers since 2026-07-30.
   *
   * @default - no baselines
   */
  readonly driftCheckBaselines?: DriftCheckBaselines;

  /**
   * The machine learning domain.
   *
   * @default - no domain
   */
  readonly domain?: ModelDomain;

  /**
   * The machine learning task.
   *
   * @default - no task
   */
  readonly task?: ModelTask;

  /**
   * An archive (`.tar.gz`) of sample payloads, which SageMaker Inference Recommender uses.
   *
   * @default - no sample payload
   */
  readonly samplePayload?: FileSource;

  /**
   * The model card: intended use, training details and limitations. Not supported for unversioned packages.
   *
   * @default - no model card
   */
  readonly modelCard?: ModelCard;

  /**
   * The batch transform job with which SageMaker validates the package when it is created. Unversioned packages only. If the
   * package is listed on AWS Marketplace, buyers can see the data of the job.
   *
   * @default - no validation job
   */
  readonly validationProfile?: ModelPackageValidationProfile;

  /**
   * The execution role of the job that `validationProfile` defines. It is granted the permissions that the job requires.
   *
   * @default - a new role with least-privilege permissions if `validationProfile` is specified
   */
  readonly validationRole?: iam.IRole;

  /**
   * Whether SageMaker skips its validation of the model.
   *
   * @default false
   */
  readonly skipModelValidation?: boolean;

  /**
   * The KMS key that encrypts the metadata of the model package.
   *
   * @default - a key that AWS manages
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The prefix of the model package name, at most 52 letters, digits and hyphens. A hash of the definition is appended.
   * Unversioned packages only: a version is identified by its group and version number.
   *
   * @default - derived from the construct path
   */
  readonly modelPackageName?: string;

  /**
   * Whether the package is certified for listing on AWS Marketplace. Unversioned packages only.
   *
   * A product needs `validationProfile`: AWS Marketplace only lists products whose validation has succeeded. The inputs and outputs of
   * the validation become part of the listing, where buyers can see them. The images must be in Amazon ECR in the account of the
   * seller, contain all dependencies, and work without network access, since products run with network isolation. SageMaker scans
   * images for vulnerabilities if they are based on an operating system that it supports: certain versions of Debian, Ubuntu,
   * CentOS, Oracle Linux and Alpine, and Amazon Linux.
   *
   * @default false
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-marketplace-develop.html
   */
  readonly certifyForMarketplace?: boolean;

  /**
   * An arbitrary text, which is part of the name. Change it to replace the package when only a token has changed,
   * because tokens are not part of the hash. Unversioned packages only.
   *
   * @default - no revision
   */
  readonly revision?: string;

  /**
   * The removal policy. A version that is replaced is always retained, so the model registry keeps the history.
   *
   * @default - RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE for versions, RemovalPolicy.DESTROY for unversioned packages
   */
  readonly removalPolicy?: RemovalPolicy;
}
