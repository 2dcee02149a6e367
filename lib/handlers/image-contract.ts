/** What the constructs and the handler of images say to each other. Types only. */

/** The properties of a verification. CloudFormation turns every scalar into text. */
export interface VerificationProperties {
  /** The URI of the repository, without tag and digest. */
  readonly RepositoryUri: string;
  readonly RepositoryName: string;

  /** The account of the registry. */
  readonly RegistryId?: string;

  /** Either of the two. */
  readonly ImageTag?: string;
  readonly ImageDigest?: string;

  /** `x86_64` or `arm64`. */
  readonly Architecture?: string;

  /** The largest compressed size in bytes. */
  readonly MaxBytes?: string;

  /** The severity of findings that stops the deployment, and all above it. */
  readonly Severity?: string;

  /** Any text: another one verifies again. */
  readonly Revision?: string;
}

/** The attributes of a verification. */
export interface VerificationAttributes {
  readonly ImageUri: string;
  readonly ImageDigest: string;
}
