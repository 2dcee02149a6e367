/**
 * Whether a version of a model may be deployed.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-approve.html
 */
export enum ModelApprovalStatus {
  /** The version may be deployed. */
  APPROVED = 'Approved',

  /** The version must not be deployed. */
  REJECTED = 'Rejected',

  /** Somebody has yet to decide. */
  PENDING_MANUAL_APPROVAL = 'PendingManualApproval',
}
