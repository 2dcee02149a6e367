import type { Construct } from 'constructs';
import type { IAlgorithm } from '../algorithm/algorithm';
import type { InferenceSpecification } from '../algorithm/inference-specification';
import type { ContainerImage } from '../image/container-image';
import { inApiCase } from '../private/case-conversion';
import type { ModelApprovalStatus } from '../registry/model-package/model-approval-status';
import { bindContainer, grantContainer } from '../registry/model-package/model-package-container';
import type { ModelDomain, ModelTask } from '../registry/model-package/model-domain';
import type { ModelPackageProps } from '../registry/model-package/model-package-props';
import {
  containersOf,
  groupReference,
  metadataWithCommit,
  renderDescription,
  renderSource,
} from '../registry/model-package/model-package-rendering';
import { ModelApprovalStatus as Status } from '../registry/model-package/model-approval-status';
import { checkModelPackage } from '../registry/model-package/model-package-validation';
import { type IModelPackageGroup, registerIn } from '../registry/model-package-group';
import type { WorkflowModelData } from './workflow-model-data';

/** How a workflow registers a model as a version of a model package group. */
export interface WorkflowRegistrationOptions {
  /** The group. */
  readonly group: IModelPackageGroup;

  /**
   * The approval status of a new version. With `ModelApprovalStatus.APPROVED`, a version that the gate accepts is released without a
   * person; without `gate`, every version.
   *
   * @default ModelApprovalStatus.PENDING_MANUAL_APPROVAL
   */
  readonly approvalStatus?: ModelApprovalStatus;

  /**
   * The algorithm whose inference image and specification the version has.
   *
   * @default - the algorithm of the training, if it has one
   */
  readonly algorithm?: IAlgorithm;

  /**
   * The inference image. Requires `inference`.
   *
   * @default - the inference image of `algorithm`
   */
  readonly image?: ContainerImage;

  /**
   * The inference specification.
   *
   * @default - the inference specification of `algorithm`
   */
  readonly inference?: InferenceSpecification;

  /**
   * The description of each version, at most 1024 characters.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * The custom metadata of each version. The workflow adds the execution, the training job and the metric of the evaluation.
   *
   * @default - only what the workflow adds
   */
  readonly customerMetadata?: { [key: string]: string };

  /**
   * The commit ID of the source code, at most 256 characters, which is recorded as the custom metadata `commitId` of each version.
   *
   * @default - no commit ID
   */
  readonly commitId?: string;

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
}

/**
 * Renders the request that registers the model of an execution.
 *
 * @throws an error that lists every invalid property
 */
export function renderRegistration(
  scope: Construct,
  options: WorkflowRegistrationOptions,
  modelData: WorkflowModelData,
): object {
  const props: ModelPackageProps = { ...options, modelData };
  checkModelPackage(scope, props);
  const containers = containersOf(props).map((container) => bindContainer(scope, container));
  registerIn(options.group, (grantee) => containersOf(props).forEach((one) => grantContainer(scope, one, grantee)));
  const { group, approvalStatus = Status.PENDING_MANUAL_APPROVAL } = options;
  return inApiCase({
    modelPackageGroupName: groupReference(scope, group),
    modelApprovalStatus: approvalStatus,
    ...renderDescription(scope, props),
    customerMetadataProperties: metadataWithCommit(options),
    ...renderSource(props, containers, modelData.bind(scope)),
  });
}
