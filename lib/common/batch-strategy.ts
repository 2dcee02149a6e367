/** How many records a request of a batch transform job carries. */
export enum BatchStrategy {
  /** As many as fit. */
  MULTI_RECORD = 'MultiRecord',

  /** One. */
  SINGLE_RECORD = 'SingleRecord',
}
