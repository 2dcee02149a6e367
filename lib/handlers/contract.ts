/**
 * The interface between the constructs and the handler of jobs. It contains only types, so that the construct library does not
 * include code of the handler.
 */

import type {
  CreateAlgorithmCommandInput,
  CreateHyperParameterTuningJobCommandInput,
  CreateProcessingJobCommandInput,
  CreateTrainingJobCommandInput,
  CreateTransformJobCommandInput,
} from '@aws-sdk/client-sagemaker';

/** The kinds of jobs, including algorithms, whose creation runs validation jobs. */
export type JobKind = 'training' | 'tuning' | 'transform' | 'processing' | 'algorithm';

/** The requests that create a job, without the name and the tags, which the handler adds. */
export interface JobRequests {
  readonly training: Omit<CreateTrainingJobCommandInput, 'TrainingJobName' | 'Tags'>;
  readonly tuning: Omit<CreateHyperParameterTuningJobCommandInput, 'HyperParameterTuningJobName' | 'Tags'>;
  readonly transform: Omit<CreateTransformJobCommandInput, 'TransformJobName' | 'Tags'>;
  readonly processing: Omit<CreateProcessingJobCommandInput, 'ProcessingJobName' | 'Tags'>;
  readonly algorithm: Omit<CreateAlgorithmCommandInput, 'AlgorithmName' | 'Tags'>;
}

/**
 * The properties of the custom resource that starts a job. CloudFormation converts every scalar to a string, so structures are
 * passed as JSON.
 */
export interface StartProperties {
  readonly Kind: JobKind;

  /** The prefix of the job's name, in lower case. */
  readonly Prefix: string;

  /** `true` if the prefix is the complete name, for resources that can be deleted and created again under the same name. */
  readonly IsExactName?: string;

  /** JSON: the request that creates the job, without the name and the tags. */
  readonly Request: string;

  /** JSON: the job identity. Equal text in a stack means the same job. */
  readonly Identity: string;

  /** JSON: the tags that the user specified, `[{ Key, Value }]`. */
  readonly Tags: string;

  /** The state machine that waits for the completion of the job. Undefined if the deployment does not wait. */
  readonly StateMachineArn?: string;

  /** The URL of the wait condition handle. Undefined if the deployment does not wait. */
  readonly WaitHandle?: string;

  /** `true` if a job that was stopped at its maximum run time counts as completed. */
  readonly AllowMaxRuntimeExceeded?: string;
}

/** The attributes of the custom resource that starts a job. */
export interface StartAttributes {
  readonly JobName: string;
  readonly ModelDataUrl?: string;
}

/** The input of the handler each time the waiter polls a job. */
export interface PollInput {
  readonly Kind: JobKind;
  readonly JobName: string;
  readonly WaitHandle: string;
  readonly AllowMaxRuntimeExceeded: boolean;

  /** The error after which the waiter stops polling. */
  readonly Error?: { readonly Cause?: string };
}

/** The output of the handler for the waiter. */
export interface PollOutput {
  readonly IsFinished: boolean;
}
