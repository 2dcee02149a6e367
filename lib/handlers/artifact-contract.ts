/** The interface between the constructs and the handler of model artifacts. It contains only types. */

/** The properties of the custom resource that adds a script to a model artifact. */
export interface RepackingProperties {
  /** The S3 URI of the model artifact. */
  readonly ModelDataUrl: string;

  /** The S3 URI of the archive with the script. */
  readonly ScriptUrl: string;

  /** The S3 URI below which the new artifact is written, without a trailing "/". */
  readonly Destination: string;

  /** The ARN of the KMS key that encrypts the new artifact. Undefined for the default encryption of the bucket. */
  readonly KmsKeyArn?: string;
}

/** The attributes of the custom resource that adds a script to a model artifact. */
export interface RepackingAttributes {
  /** The S3 URI of the new artifact. */
  readonly ModelDataUrl: string;
}
