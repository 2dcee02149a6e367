/** The interface between the state machines of the continuous lifecycle and their handler. It contains only types. */

import type { JobKind } from './contract';

/** The state machine to which an execution belongs, as the handler knows it. */
export interface Workflow {
  /** The name of the workflow in events and metrics, and of its state machine. */
  readonly Name: string;

  /** The table that contains the lock of the workflow. */
  readonly Table: string;

  /** The jobs that an execution can run. They are stopped when it ends. */
  readonly Jobs: WorkflowJob[];
}

/** A kind of job that an execution runs. */
export interface WorkflowJob {
  readonly Kind: JobKind;

  /** The prefix of the names of the jobs, in lower case. It differs between the steps of a stack. */
  readonly Prefix: string;
}

/**
 * Separates the elements of a list that is only known at deployment: in a request, which is text inside other JSON text, it is one text.
 * Like placeholders, it has double braces. JSON escapes none of its characters, however often it is part of other text.
 */
export type ElementSeparator = '{{,}}';

/** Stands for `{{` in the text of a user, which is no placeholder and no separator. */
export type LiteralBraces = '{{_}}';

/** The input that all steps of an execution have in common. */
interface StepInput {
  readonly Workflow: Workflow;

  /** The ARN of the execution. */
  readonly Execution: string;
  readonly RedriveCount: number;

  /** The input of the execution. */
  readonly Input: unknown;
}

/**
 * Runs a job: creates it if it does not exist, and describes it. The state machine repeats the step until the job has ended. A job
 * that failed or was stopped fails the step, and only a redrive of the execution starts the next attempt.
 */
export interface RunJobInput extends StepInput {
  readonly Action: 'RunJob';
  readonly Job: WorkflowJob;

  /** JSON: the request that creates the job, without the name and the tags. */
  readonly Request: string;

  /** JSON: the tags of the job, `[{ Key, Value }]`. */
  readonly Tags: string;

  /** The values of the placeholders `{{name}}` in the request. */
  readonly Values: Values;
}

export type Values = Record<string, string>;

/** The state of a job of an execution. The members after `JobName` are known when it has ended. */
export interface RunJobOutput {
  readonly IsFinished: boolean;

  /** The time until the step is repeated. */
  readonly WaitSeconds: number;
  readonly JobName: string;

  /** The training job: the job itself, or the best training job of a tuning job. */
  readonly TrainingJobName?: string;
  readonly TrainingJobArn?: string;

  /** The URI of the model artifact of the training job. */
  readonly ModelData?: string;

  /** The final metrics of the training job, as text, since JSON has no NaN. */
  readonly Metrics?: Record<string, string>;
}

/** Where the handler finds the metric by which the model is evaluated. */
export interface EvaluationResult {
  /** The final metrics of the training job. */
  readonly Metrics?: Record<string, string>;

  /** The report that a processing job has written: its S3 URI, with the placeholder `{{JobName}}`, and the name of the job. */
  readonly Report?: string;
  readonly JobName?: string;
}

/** Decides whether a model is registered. */
export interface GateInput extends StepInput {
  readonly Action: 'Gate';
  readonly Gate: Gate;
  readonly Evaluation: EvaluationResult;
}

export interface Gate {
  /** The name of the metric, or its JSONPath in the report. */
  readonly Metric: string;
  readonly ObjectiveType: 'Maximize' | 'Minimize';

  /** The worst value that is accepted. */
  readonly Threshold?: number;

  /** The group whose newest approved version the model is compared with. Undefined if it is not compared. */
  readonly BaselineGroup?: string;

  /** The difference by which the metric can be worse than that of the newest approved version. */
  readonly Tolerance: number;
}

/** The decision of the gate. Numbers are text, since JSON has no NaN. */
export interface GateOutput {
  readonly IsAccepted: boolean;
  readonly Metric: string;
  readonly BaselineMetric?: string;
  readonly BaselineArn?: string;
  readonly Reason: string;

  /** The S3 URI of the report. */
  readonly Report?: string;
}

/** Registers the model as a version of a group. */
export interface RegisterInput extends StepInput {
  readonly Action: 'Register';

  /** JSON: the request that creates the model package. */
  readonly Request: string;
  readonly Values: Values;

  /** The metric of the decision. */
  readonly Metric?: string;
  readonly Decision?: GateOutput;
  readonly Training: RunJobOutput;
}

export interface RegisterOutput {
  readonly ModelPackageArn: string;
}

/** The folders in which an endpoint stores captured data: `<Prefix><folder>/YYYY/MM/DD/HH/`, in UTC. */
export interface Capture {
  readonly Bucket: string;

  /** The key prefix of the destination, with a "/" at the end, or empty. */
  readonly Prefix: string;

  /** The folder of each variant below the prefix: the names of the endpoint and the variant. */
  readonly Folders: string[];
}

/** Selects the data that was captured since the last window that was analyzed, and writes a manifest of its files. */
export interface SelectDataInput extends StepInput {
  readonly Action: 'SelectData';
  readonly Capture: Capture;

  /** The S3 URI of the folder of the manifests, without a "/" at the end. */
  readonly Manifests: string;

  /** The time at which the execution was started, which a redrive does not change. */
  readonly StartedAt: string;
  readonly DelayHours: number;
  readonly MaxWindowHours: number;
}

/** Whole hours, from the start to the end, which is excluded: `2026-11-30T04:00:00Z`. */
export interface DataWindow {
  readonly StartTime: string;
  readonly EndTime: string;

  /** The end of the last window, if the maximum window excludes the data since then. */
  readonly NotAnalyzedSince?: string;
}

/** The selected data. */
export interface SelectDataOutput extends DataWindow {
  readonly HasData: boolean;

  /** The S3 URI of the manifest, if there is data. */
  readonly Manifest?: string;
}

/** Reads the report of a monitoring job, publishes its metrics, and records that the window was analyzed. */
export interface ReportInput extends StepInput {
  readonly Action: 'Report';
  readonly Window: DataWindow;

  /** The S3 URI of the folder of the report, with the placeholder `{{JobName}}`, and the name of the job. */
  readonly Report: string;
  readonly JobName: string;
}

export interface ReportOutput {
  readonly Violations: number;
  readonly Reason: string;
}

/** The dimension of the metrics that a monitor reports, and the name of the metric of the number of violations. */
export type MonitorDimension = 'MonitorName';
export type ViolationsMetric = 'Violations';

/** The result of an execution. */
export type Outcome = 'Completed' | 'NoData' | 'Registered' | 'Rejected' | 'Skipped' | 'Stopped' | 'Failed';

/** Reports the outcome of an execution that succeeds, and releases its lock. */
export interface FinishInput extends StepInput {
  readonly Action: 'Finish';
  readonly Outcome: Outcome;
  readonly Decision?: GateOutput;
  readonly Registration?: RegisterOutput;

  /** The window of a monitor, and its report, if data was captured. */
  readonly Window?: DataWindow;
  readonly Report?: ReportOutput;
}

/** Stops the jobs of an execution that has failed or was stopped, reports its outcome, and releases its lock. */
export interface EndInput {
  readonly Action: 'End';
  readonly Workflow: Workflow;
  readonly Execution: string;
}

/**
 * Starts an execution if there are new objects, and none has been added for a while, or the first of them has waited for the maximum
 * delay.
 */
export interface LookForDataInput {
  readonly Action: 'LookForData';
  readonly Workflow: Workflow;
  readonly StateMachine: string;
  readonly Bucket: string;
  readonly Prefix: string;
  readonly SettleSeconds: number;
  readonly MaxDelaySeconds: number;

  /** The time of the schedule, which is the same each time its event is delivered. */
  readonly ScheduledTime: string;
}

/** The input of an execution that new data has started. */
export interface NewDataInput {
  readonly NewData: NewData;
}

/** The objects under a prefix when an execution was started. */
export interface NewData {
  /** The URI of the prefix. */
  readonly Location: string;

  /** The modification time of the newest object in milliseconds. */
  readonly Newest: number;

  /** The number of objects. An upload in several parts has the modification time at which it began. */
  readonly Count: number;
}

export type WorkflowInput =
  RunJobInput | GateInput | RegisterInput | SelectDataInput | ReportInput | FinishInput | EndInput | LookForDataInput;

/** The properties of the custom resource whose deletion stops the running execution. */
export interface WorkflowProperties {
  /** JSON: the workflow. */
  readonly Workflow: string;
}
