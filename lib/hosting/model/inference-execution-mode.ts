/** How several containers of a model answer. */
export enum InferenceExecutionMode {
  /** One after the other: each is asked what the one before has answered. */
  SERIAL = 'Serial',

  /** The one that the caller names. */
  DIRECT = 'Direct',
}
