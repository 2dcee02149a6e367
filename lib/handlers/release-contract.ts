/** The interface between the constructs of continuous deployment and their handler. It contains only types. */

/** A continuous deployment, as the handler knows it. */
export interface Release {
  /** The name of the deployment in events and metrics, and of its state machine. */
  readonly Name: string;

  /** The table that contains the lock and the record of the deployment. */
  readonly Table: string;

  /** The name of the hosting stack. */
  readonly StackName: string;

  /** The name of the SSM parameter that contains the ARN of the released version. */
  readonly ParameterName: string;

  /** The name of the model package group. */
  readonly Group: string;
}

/** Compares what is released with what is approved, and does the next thing. The state machine repeats it until it is finished. */
export interface ReconcileInput {
  readonly Action: 'Reconcile';
  readonly Release: Release;

  /** The ARN of the execution. */
  readonly Execution: string;
}

export interface ReconcileOutput {
  readonly IsFinished: boolean;

  /** The time until the step is repeated. */
  readonly WaitSeconds: number;
}

/** The outcome of a release. */
export type ReleaseOutcome = 'Released' | 'RolledBack' | 'Skipped' | 'Failed' | 'Blocked' | 'UpToDate';

/** The properties of the custom resource that creates the parameter, if it does not exist. */
export interface ReleaseParameterProperties {
  /** JSON: the deployment. */
  readonly Release: string;
}
