import {
  type ChannelInput,
  type InputMode,
  type Metric,
  type ProcessingInput,
  type ProcessingOutput,
  STANDSTILL_SECONDS,
  type Split,
} from '../../container';
import { SECONDS } from '../../contract';

/** The intended use of the images, which decides which requirements apply. */
export interface Specification {
  readonly training?: TrainingSpecification;
  readonly serving?: ServingSpecification;
  readonly processing?: ProcessingSpecification;

  /** Whether the instances have GPUs. */
  readonly isGpu?: boolean;

  /** The name of each image in findings: images that are built have no name of their own. */
  readonly names?: Readonly<Record<string, string>>;

  /** The archive that the image was loaded from. */
  readonly archive?: string;

  /** The platforms of the instances, such as `linux/amd64`. */
  readonly platforms: { readonly training: string; readonly serving: string; readonly processing: string };

  /** The API requests of an app, as far as they are known before deployment. */
  readonly requests?: { readonly operation: string; readonly input: unknown }[];
}

export interface ChannelSpecification extends ChannelInput {
  /** The input modes that the algorithm declares. */
  readonly supportedModes?: InputMode[];
}

export interface TrainingSpecification {
  readonly image: string;

  /** Whether the containers use the GPUs of this machine. */
  readonly gpus?: boolean;
  readonly channels: ChannelSpecification[];
  readonly hyperparameters: Record<string, string>;
  readonly environment: Record<string, string>;
  readonly metrics: Metric[];

  /** Metrics that are objectives of tuning jobs. */
  readonly objectives?: string[];
  readonly instanceCount?: number;
  readonly networkIsolation?: boolean;
  readonly hasCheckpoints?: boolean;

  /** The path of the checkpoints in the container: /opt/ml/checkpoints by default. */
  readonly checkpointsTarget?: string;
  readonly entrypoint?: string[];
  readonly arguments?: string[];

  /** Hyperparameters of tuning trials at the limits of the ranges. */
  readonly trials?: Record<string, string>[];
}

export interface SampleRequest {
  readonly file: string;
  readonly contentType: string;
}

export interface ServingSpecification {
  readonly image: string;

  /** Whether the containers use the GPUs of this machine. */
  readonly gpus?: boolean;

  /** A model.tar.gz or a directory; the model artifact of the training run by default. */
  readonly model?: string;
  readonly environment: Record<string, string>;
  readonly requests: SampleRequest[];

  /** The response content types that the model supports; undefined if none are declared. */
  readonly accepts?: string[];
  readonly isServerless?: boolean;
  readonly isMultiModel?: boolean;

  /** Whether the container is one of several of a model. */
  readonly isPipeline?: boolean;
  readonly isStreaming?: boolean;
  readonly isAsync?: boolean;
  readonly networkIsolation?: boolean;
  readonly startUpSeconds?: number;
  readonly transform?: TransformSpecification;
}

export interface ProcessingSpecification {
  readonly image: string;

  /** Whether the containers use the GPUs of this machine. */
  readonly gpus?: boolean;
  readonly inputs: ProcessingInput[];
  readonly outputs: ProcessingOutput[];
  readonly environment: Record<string, string>;
  readonly entrypoint?: string[];
  readonly arguments?: string[];
  readonly instanceCount?: number;
  readonly networkIsolation?: boolean;

  /** Whether the container monitors an endpoint, and writes a report. */
  readonly isMonitor?: boolean;
}

export interface TransformSpecification {
  /** By lines for content types with one record per line, by default. */
  readonly split?: Split;
  readonly assembleWith?: 'None' | 'Line';
  readonly contentType?: string;
  readonly accept?: string;

  /** Whether records are filtered, or joined with their predictions. */
  readonly hasDataProcessing?: boolean;
  readonly batchStrategy?: 'MultiRecord' | 'SingleRecord';
  readonly maxPayloadInMB?: number;
  readonly maxConcurrentTransforms?: number;
}

/** Time limits in seconds. */
export type Times = Record<keyof typeof TIMES, number>;

/**
 * The time limits of SageMaker, the longest time that a training or processing run may take in a check (`training`, `processing`), how long
 * the other hosts wait for the first one (`firstHostDelay`), and how long a server that cannot become healthy any more must have been idle
 * (`standstill`).
 */
export const TIMES = {
  pingTimeout: SECONDS.pingTimeout,
  startUp: SECONDS.startUp,
  startUpServerless: SECONDS.startUpServerless,
  invocation: SECONDS.invocation,
  trainingStopGrace: SECONDS.trainingStopGrace,
  servingStopGrace: SECONDS.servingStopGrace,
  processingStopGrace: SECONDS.processingStopGrace,
  modelLoading: SECONDS.modelLoading,
  firstHostDelay: 15,
  standstill: STANDSTILL_SECONDS,
  training: 900,
  processing: 900,
} as const;
