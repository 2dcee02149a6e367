import { SECONDS } from '../../contract';
import type { ChannelInput, InputMode, Metric, Split } from '../../container';

/** What an image is meant to do: what is checked depends on it. */
export interface Specification {
  readonly training?: TrainingSpecification;
  readonly serving?: ServingSpecification;

  /** Whether it runs on machines with GPUs. */
  readonly isGpu?: boolean;

  /** The archive that the image was read from. */
  readonly archive?: string;

  /** The processor architectures of the instances. */
  readonly platforms: { readonly training: string; readonly serving: string };

  /** What an app asks the API for, as far as it is known before a deployment. */
  readonly requests?: { readonly operation: string; readonly input: unknown }[];
}

export interface CheckedChannel extends ChannelInput {
  /** Modes that the algorithm says it can read beside the one that is used. */
  readonly supportedModes?: InputMode[];
}

export interface TrainingSpecification {
  readonly image: string;
  readonly channels: CheckedChannel[];
  readonly hyperparameters: Record<string, string>;
  readonly environment: Record<string, string>;
  readonly metrics: Metric[];

  /** Metrics that a tuning job may aim at. */
  readonly objectives?: string[];
  readonly instanceCount?: number;
  readonly networkIsolation?: boolean;
  readonly hasCheckpoints?: boolean;

  /** Where the program finds them: /opt/ml/checkpoints by default. */
  readonly checkpointsTarget?: string;
  readonly entrypoint?: string[];
  readonly arguments?: string[];

  /** Hyperparameters of trials at the ends of what a tuning job may draw. */
  readonly trials?: Record<string, string>[];
}

export interface SampleRequest {
  readonly file: string;
  readonly contentType: string;
}

export interface ServingSpecification {
  readonly image: string;

  /** A model.tar.gz or a directory; what the training run leaves, if undefined. */
  readonly model?: string;
  readonly environment: Record<string, string>;
  readonly requests: SampleRequest[];

  /** What the model can answer in; undefined when nothing is said about it. */
  readonly accepts?: string[];
  readonly isServerless?: boolean;
  readonly isMultiModel?: boolean;

  /** One of several containers of a model. */
  readonly isPipeline?: boolean;
  readonly isStreaming?: boolean;
  readonly isAsync?: boolean;
  readonly networkIsolation?: boolean;
  readonly startUpSeconds?: number;
  readonly transform?: TransformSpecification;
}

export interface TransformSpecification {
  /** By lines where the sample has a record on each, if nothing is said. */
  readonly split?: Split;
  readonly assembleWith?: 'None' | 'Line';
  readonly contentType?: string;
  readonly accept?: string;

  /** Whether records are filtered or joined with their answers. */
  readonly hasDataProcessing?: boolean;
  readonly batchStrategy?: 'MultiRecord' | 'SingleRecord';
  readonly maxPayloadInMB?: number;
  readonly maxConcurrentTransforms?: number;
}

/** The times of the contract that containers are measured by, in seconds, and how long a training run may take here. */
export type Times = Record<keyof typeof TIMES, number>;

export const TIMES = {
  pingTimeout: SECONDS.pingTimeout,
  startUp: SECONDS.startUp,
  startUpServerless: SECONDS.startUpServerless,
  invocation: SECONDS.invocation,
  trainingStopGrace: SECONDS.trainingStopGrace,
  servingStopGrace: SECONDS.servingStopGrace,
  modelLoading: SECONDS.modelLoading,
  training: 900,
} as const;
