/**
 * What the constructs and the handler of jobs say to each other. Types only: nothing of a handler may become part of the
 * construct library.
 */

import type {
  CreateAlgorithmCommandInput,
  CreateHyperParameterTuningJobCommandInput,
  CreateTrainingJobCommandInput,
  CreateTransformJobCommandInput,
} from '@aws-sdk/client-sagemaker';

/** The kinds of work that CloudFormation has no resource type for. */
export type JobKind = 'training' | 'tuning' | 'transform' | 'algorithm';

/** The requests that create a job, without its name and its tags, which the handler adds. */
export interface JobRequests {
  readonly training: Omit<CreateTrainingJobCommandInput, 'TrainingJobName' | 'Tags'>;
  readonly tuning: Omit<CreateHyperParameterTuningJobCommandInput, 'HyperParameterTuningJobName' | 'Tags'>;
  readonly transform: Omit<CreateTransformJobCommandInput, 'TransformJobName' | 'Tags'>;
  readonly algorithm: Omit<CreateAlgorithmCommandInput, 'AlgorithmName' | 'Tags'>;
}

/**
 * The properties of a start resource. CloudFormation turns every scalar into text, so structures travel as JSON.
 */
export interface StartProperties {
  readonly Kind: JobKind;

  /** The start of the job's name, in lower case. */
  readonly Prefix: string;

  /** `true` when the prefix is the whole name: what is deleted can be made again under its name. */
  readonly IsExactName?: string;

  /** JSON: the request to create the job, without its name and its tags. */
  readonly Request: string;

  /** JSON: what decides the artifact. Equal text in one stack means one job. */
  readonly Identity: string;

  /** JSON: the user's tags, `[{ Key, Value }]`. */
  readonly Tags: string;

  /** The waiter, and where it signals; absent when nobody waits. */
  readonly StateMachineArn?: string;
  readonly WaitHandle?: string;

  /** `true` when a job that was ended by its maximum run time is good enough. */
  readonly AcceptMaxRuntime?: string;
}

/** Names of the attributes of a start resource. */
export interface StartAttributes {
  readonly JobName: string;
  readonly ModelDataUrl?: string;
}

/** What the waiter passes to the handler in every round. */
export interface PollInput {
  readonly Kind: JobKind;
  readonly JobName: string;
  readonly WaitHandle: string;
  readonly AcceptMaxRuntime: boolean;

  /** Why no round could be done any more; there is no other one then. */
  readonly Error?: { readonly Cause?: string };
}

/** What the waiter decides by. */
export interface PollOutput {
  readonly Over: boolean;
}
