import type { ChannelInput } from './channel';
import type { LogLine } from './engine';
import type { Metric, MetricValue } from './metrics';

export interface TrainingRequest {
  readonly jobName: string;
  readonly image: string;

  /** SageMaker passes strings only; other values show what a program can parse. */
  readonly hyperparameters?: Record<string, unknown>;
  readonly channels?: ChannelInput[];
  readonly environment?: Record<string, string>;
  readonly instanceCount?: number;
  readonly instanceType?: string;

  /** A heterogeneous cluster, instead of `instanceCount` and `instanceType`. */
  readonly instanceGroups?: { readonly name: string; readonly instanceType: string; readonly instanceCount: number }[];
  readonly metrics?: Metric[];
  readonly entrypoint?: string[];
  readonly arguments?: string[];
  readonly networkIsolation?: boolean;

  /**
   * An archive with a script, which each host has at /opt/ml/code: the training toolkit then does not download it. Otherwise, the files of
   * the image stay visible there.
   */
  readonly script?: string;

  /** The network of a single host: the default network of the engine, if undefined. */
  readonly network?: string;

  /** A directory of this machine that outlives the job, and its path in the container. */
  readonly checkpoints?: string;
  readonly checkpointsTarget?: string;

  /** Receives `model.tar.gz` and `output.tar.gz`, or directories `model` and `output` if they are uncompressed. */
  readonly outputDirectory: string;
  readonly isUncompressed?: boolean;
  readonly maxRuntimeSeconds?: number;
  readonly stopGraceSeconds?: number;

  /** Whether every host uses all GPUs of this machine. The job fails to start if the engine offers none. */
  readonly gpus?: boolean;

  /** No container has a terminal on SageMaker: this shows whether a program depends on one. */
  readonly hasTerminal?: boolean;
  readonly sharedMemoryBytes?: number;

  /**
   * The delay of the first host, whose name does not resolve meanwhile: this shows whether the other hosts wait for it. It ends early if
   * another host ends.
   */
  readonly firstHostDelaySeconds?: number;
}

export interface TrainingEvents {
  onPhase?(phase: 'Starting' | 'Training' | 'Stopping' | 'Uploading'): void;
  onLog?(line: LogLine & { host: string }): void;

  /** Receives each value of a metric when it is logged. */
  onMetric?(value: MetricValue): void;

  /** Receives the id of the container of each host after its start. */
  onContainer?(id: string): void;

  /** Stops the job as StopTrainingJob does: the artifacts that it has saved are kept. */
  readonly stop?: AbortSignal;

  /** Interrupts the job as happens to spot instances: only the checkpoints are kept. */
  readonly interrupt?: AbortSignal;
}

export interface TrainingResult {
  readonly jobName: string;
  readonly status: 'Completed' | 'Failed' | 'Stopped' | 'Interrupted';
  readonly exitCodes: Record<string, number>;
  readonly failureReason?: string;

  /** Whether the failure reason is the text of the failure file. */
  readonly hasFailureFile?: boolean;
  readonly modelArtifact?: string;
  readonly outputArtifact?: string;
  readonly metrics: MetricValue[];

  /** Files that several hosts wrote: the file of one host was kept. */
  readonly conflicts: string[];

  /** The paths, in the container, of the files that the artifacts cannot contain, and why: FIFOs, for example. */
  readonly excluded: { readonly path: string; readonly reason: string }[];
  readonly seconds: number;
}
