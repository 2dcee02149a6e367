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

/** Where a model comes from. */
export interface ModelPackageMetadata {
  /**
   * The commit of the source.
   *
   * @default - not said
   */
  readonly commitId?: string;

  /**
   * The repository of the source.
   *
   * @default - not said
   */
  readonly repository?: string;

  /**
   * What has made the model.
   *
   * @default - not said
   */
  readonly generatedBy?: string;

  /**
   * The project that the model belongs to.
   *
   * @default - not said
   */
  readonly projectId?: string;
}

/** The batch transform job by which the service validates a package when it is created. */
export interface ModelPackageValidationProfile {
  /** The name of the profile, 1 to 63 letters, digits and hyphens. */
  readonly profileName: string;

  /** The job. */
  readonly transform: TransformOptions;
}

/** The definition of a model package. */
export interface ModelPackageProps {
  /**
   * The trained data. Required with `algorithm`.
   *
   * @default - the image brings what it needs, or `containers` say what each has
   */
  readonly modelData?: ModelData;

  /**
   * The group that the package becomes a version of.
   *
   * @default - an unversioned package
   */
  readonly group?: IModelPackageGroup;

  /**
   * The algorithm that the data was trained with. Either this, or `image` and `inference`, or `containers` and `inference`.
   *
   * @default - `image` or `containers` are given
   */
  readonly algorithm?: IAlgorithm;

  /**
   * The image that serves the data.
   *
   * @default - the inference image of `algorithm`
   */
  readonly image?: ContainerImage;

  /**
   * The containers that serve together, 1 to 15, or one of which more is to be said than `image` and `modelData`.
   *
   * @default - one container of `image`
   */
  readonly containers?: ModelPackageContainer[];

  /**
   * How the model answers.
   *
   * @default - as `algorithm` says
   */
  readonly inference?: InferenceSpecification;

  /**
   * Other ways to host the model, at most 15, which a `Model` chooses by their names.
   *
   * @default - none
   */
  readonly additionalInferenceSpecifications?: AdditionalInferenceSpecification[];

  /**
   * Whether the version may be deployed. Versions only. It is changed in place.
   *
   * @default ModelApprovalStatus.PENDING_MANUAL_APPROVAL for versions
   */
  readonly approvalStatus?: ModelApprovalStatus;

  /**
   * Why the version may or may not be deployed, at most 1024 characters. Versions only. It is changed in place.
   *
   * @default - no reason
   */
  readonly approvalDescription?: string;

  /**
   * What this package is, at most 1024 characters.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * What you want to know of the package, at most 50 keys of 128 and values of 256 characters. It is changed in place.
   *
   * @default - nothing
   */
  readonly customerMetadata?: { [key: string]: string };

  /**
   * Where the model comes from.
   *
   * @default - not said
   */
  readonly metadata?: ModelPackageMetadata;

  /**
   * Where the source of the model is, at most 1024 characters.
   *
   * @default - not said
   */
  readonly sourceUri?: string;

  /**
   * How good the model is.
   *
   * @default - not said
   */
  readonly metrics?: ModelMetrics;

  /**
   * What the deployed model is compared with.
   *
   * @default - nothing
   */
  readonly driftCheckBaselines?: DriftCheckBaselines;

  /**
   * What kind of data the model is about.
   *
   * @default - not said
   */
  readonly domain?: ModelDomain;

  /**
   * What the model does.
   *
   * @default - not said
   */
  readonly task?: ModelTask;

  /**
   * An archive (`.tar.gz`) of sample requests, with which the service recommends instances.
   *
   * @default - none
   */
  readonly samplePayload?: FileSource;

  /**
   * What people should know of the model. Versions only.
   *
   * @default - no card
   */
  readonly modelCard?: ModelCard;

  /**
   * The job by which the service validates the package when it is created. Unversioned packages only.
   *
   * @default - the package is not validated
   */
  readonly validationProfile?: ModelPackageValidationProfile;

  /**
   * The role that the job of `validationProfile` runs with. It is granted what it needs.
   *
   * @default - a role that may do nothing but what it needs
   */
  readonly validationRole?: iam.IRole;

  /**
   * Whether the service leaves out its own look at the model.
   *
   * @default false
   */
  readonly skipModelValidation?: boolean;

  /**
   * The key that encrypts what the service keeps of the package.
   *
   * @default - a key of the service
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The start of the name, at most 52 letters, digits and hyphens, which a hash of the definition follows. Unversioned
   * packages only; a version is named by its group and a number.
   *
   * @default - made of the construct's path
   */
  readonly modelPackageName?: string;

  /**
   * Whether the package is to be listed on AWS Marketplace. Unversioned packages only.
   *
   * @default false
   */
  readonly certifyForMarketplace?: boolean;

  /**
   * Any text. Changing it makes a new unversioned package, which is needed when only a value known at deployment has
   * changed. Unversioned packages only.
   *
   * @default - none
   */
  readonly revision?: string;

  /**
   * What becomes of the package when it leaves the stack. A version that is replaced by another is always retained: the
   * registry is the history.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE for versions, RemovalPolicy.DESTROY for unversioned packages
   */
  readonly removalPolicy?: RemovalPolicy;
}
