/** The compression of training data or transform data. */
export enum ContentCompression {
  /** No compression. */
  NONE = 'None',

  /** Gzip. SageMaker decompresses training data in Pipe mode only. */
  GZIP = 'Gzip',
}
