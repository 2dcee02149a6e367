/** The number of records in a request of a batch transform job. */
export enum BatchStrategy {
  /** As many records as fit into the maximum payload. */
  MULTI_RECORD = 'MultiRecord',

  /** One record. */
  SINGLE_RECORD = 'SingleRecord',
}
