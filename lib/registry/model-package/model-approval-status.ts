/**
 * The approval status of a model package version.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-approve.html
 */
export enum ModelApprovalStatus {
  /** The version is approved for deployment. */
  APPROVED = 'Approved',

  /** The version is rejected and must not be deployed. */
  REJECTED = 'Rejected',

  /** The version is pending manual approval. */
  PENDING_MANUAL_APPROVAL = 'PendingManualApproval',
}
