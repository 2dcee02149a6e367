/** The outcome of an execution of a workflow. Each is an event on the default event bus and a metric. */
export enum WorkflowOutcome {
  /**
   * The transform job has completed, the captured data of an endpoint was analyzed, or the gate has accepted the model of a training workflow
   * without a registration.
   */
  COMPLETED = 'Completed',

  /** No data was captured that a monitor could analyze. */
  NO_DATA = 'NoData',

  /** The model was registered as a version of the group. */
  REGISTERED = 'Registered',

  /** The gate has rejected the model. */
  REJECTED = 'Rejected',

  /** Another execution was running. */
  SKIPPED = 'Skipped',

  /** The execution was stopped, and its jobs with it. */
  STOPPED = 'Stopped',

  /** The execution has failed or timed out. It can be redriven. */
  FAILED = 'Failed',
}
