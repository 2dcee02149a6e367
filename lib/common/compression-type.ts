/** The compression of training or transform data. */
export enum CompressionType {
  /** Not compressed. */
  NONE = 'None',

  /** Gzip. Training data is decompressed in pipe mode only. */
  GZIP = 'Gzip',
}
