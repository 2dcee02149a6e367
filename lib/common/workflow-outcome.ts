/** The outcome of an execution of a workflow. Each is an event on the default event bus and a metric. */
export enum WorkflowOutcome {
  /** The model was trained and accepted, and the workflow has no registration. */
  COMPLETED = 'Completed',

  /** The model was registered as a version of the group. */
  REGISTERED = 'Registered',

  /** The gate has rejected the model. */
  REJECTED = 'Rejected',

  /** Another execution was running. */
  SKIPPED = 'Skipped',

  /** The execution was stopped, and its jobs with it. */
  STOPPED = 'Stopped',

  /** The execution has failed. It can be redriven. */
  FAILED = 'Failed',
}
