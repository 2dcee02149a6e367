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

  /** The test of a version before it is released. Undefined if a version is released at once. */
  readonly ShadowTest?: ShadowTest;
}

/** A test in which the shadow variant of the endpoint serves the version, and its responses are compared with those of production. */
export interface ShadowTest {
  /** The name of the SSM parameter that contains the ARN of the version in the shadow variant. */
  readonly ParameterName: string;

  /** The bucket of the captured data. */
  readonly Bucket: string;

  /** The key prefixes of the captured data of the two variants, which end in "/". The folders in them are the hours. */
  readonly ProductionPrefix: string;
  readonly ShadowPrefix: string;
  readonly DurationSeconds: number;

  /** The time after which a person is required if there are too few requests. */
  readonly MaxDurationSeconds: number;

  /** The smallest number of requests that are compared. */
  readonly MinRequests: number;

  /** The smallest part of them with the same response, from 0 to 1. */
  readonly MinAgreement: number;

  /** The largest difference of two numbers that are the same. */
  readonly Tolerance: number;

  /** The JSONPath of the values that are compared: by default the whole response. */
  readonly JsonPath?: string;

  /** The alarms that must not be in ALARM during the test. Undefined if there are none. */
  readonly Alarms?: WatchedAlarms;

  /** The comparison by a processing job of the user. Undefined if the responses themselves are compared. */
  readonly Comparison?: ComparisonJob;
}

/** A processing job that compares the captured data of the two variants, and the metric in its report that decides. */
export interface ComparisonJob {
  /** The prefix of the names of the jobs. */
  readonly Prefix: string;

  /** JSON: the request that creates the job, with placeholders. */
  readonly Request: string;

  /** JSON: the tags of the job. */
  readonly Tags: string;

  /** The S3 URI of the folder for the manifests, which list the captured data of a variant. */
  readonly Manifests: string;

  /** The S3 URI of the report, with a placeholder for the name of the job. */
  readonly Report: string;
  readonly Metric: string;
  readonly ObjectiveType: 'Maximize' | 'Minimize';

  /** The worst value of the metric with which a version passes. */
  readonly Threshold: number;
}

/** The values that replace the placeholders in the request of a comparison. */
export interface ComparisonValues {
  readonly JobName: string;

  /** The S3 URIs of the manifests of the two variants. */
  readonly ProductionManifest: string;
  readonly ShadowManifest: string;

  /** The start of the test and of the comparison: `2026-11-30T04:05:06Z`. */
  readonly StartTime: string;
  readonly EndTime: string;
}

/** The alarms of a shadow test. */
export interface WatchedAlarms {
  /** At most 100, as one request can have. */
  readonly Names: string[];

  /** The types of the alarms, each of which requires a permission. */
  readonly Types: ('MetricAlarm' | 'CompositeAlarm')[];
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
export type ReleaseOutcome = 'Released' | 'RolledBack' | 'Rejected' | 'Skipped' | 'Failed' | 'Blocked' | 'UpToDate';

/** The properties of the custom resource that creates the parameters, if they do not exist. */
export interface ReleaseParameterProperties {
  /** JSON: the deployment. */
  readonly Release: string;
}
