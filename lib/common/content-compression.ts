/** The compression of training or transform data. */
export enum ContentCompression {
  /** Not compressed. */
  NONE = 'None',

  /** Gzip. Training data is decompressed in pipe mode only. */
  GZIP = 'Gzip',
}
