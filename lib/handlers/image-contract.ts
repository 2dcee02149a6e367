/** The interface between the constructs and the handler of images. It contains only types. */

/** The properties of the custom resource that verifies an image. CloudFormation converts every scalar to a string. */
export interface VerificationProperties {
  /** The URI of the repository, without tag and digest. */
  readonly RepositoryUri: string;
  readonly RepositoryName: string;

  /** The ID of the AWS account of the registry. */
  readonly RegistryId?: string;

  /** The tag of the image. Undefined if the image is referenced by its digest. */
  readonly ImageTag?: string;

  /** The digest of the image. Undefined if the image is referenced by its tag. */
  readonly ImageDigest?: string;

  /** The required CPU architecture: `x86_64` or `arm64`. */
  readonly Architecture?: string;

  /** The maximum compressed size in bytes. */
  readonly MaxBytes?: string;

  /** The lowest severity of findings that fails the deployment. */
  readonly Severity?: string;

  /** An arbitrary text. When it changes, the image is verified again. */
  readonly Revision?: string;
}

/** The attributes of the custom resource that verifies an image. */
export interface VerificationAttributes {
  readonly ImageUri: string;
  readonly ImageDigest: string;
}
