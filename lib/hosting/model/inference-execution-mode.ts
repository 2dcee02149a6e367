/** How the containers of a multi-container model process requests. */
export enum InferenceExecutionMode {
  /** As a serial inference pipeline: the response of each container is the request of the next one. */
  SERIAL = 'Serial',

  /** By direct invocation: the caller selects the container that processes the request. */
  DIRECT = 'Direct',
}
