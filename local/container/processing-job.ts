import type { LogLine } from './engine';

/** The data of a processing job, which every host finds below a path in its container. */
export interface ProcessingInput {
  readonly name: string;

  /** The path in the container. */
  readonly target: string;

  /** The data of every host; a sharded input has a directory for each host in `shards`. */
  readonly directory: string;
  readonly shards?: string[];
}

/** The directory of a container whose files are uploaded. */
export interface ProcessingOutput {
  readonly name: string;

  /** The path in the container. */
  readonly target: string;

  /** Whether the files are uploaded while the container runs. */
  readonly isContinuous?: boolean;
}

export interface ProcessingRequest {
  readonly jobName: string;
  readonly image: string;
  readonly entrypoint?: string[];
  readonly arguments?: string[];
  readonly environment?: Record<string, string>;
  readonly inputs?: ProcessingInput[];
  readonly outputs?: ProcessingOutput[];
  readonly instanceCount?: number;
  readonly networkIsolation?: boolean;

  /** The network of a single host: the default network of the engine, if undefined. */
  readonly network?: string;

  /** Whether every host uses all GPUs of this machine. The job fails to start if the engine offers none. */
  readonly gpus?: boolean;

  /** The content of `processingjobconfig.json`: the members of this request, if undefined. */
  readonly config?: object;
  readonly maxRuntimeSeconds?: number;
  readonly stopGraceSeconds?: number;
}

export interface ProcessingEvents {
  onPhase?(phase: 'Starting' | 'Processing' | 'Stopping' | 'Uploading'): void;
  onLog?(line: LogLine & { host: string }): void;

  /** Receives the id of the container of each host after its start. */
  onContainer?(id: string): void;

  /** Receives the directories of the hosts with the files so far of an output that is uploaded continuously. */
  onFiles?(output: ProcessingOutput, directories: string[]): Promise<void>;

  /** Stops the job as StopProcessingJob does. */
  readonly stop?: AbortSignal;
}

export interface ProcessingResult {
  readonly jobName: string;
  readonly status: 'Completed' | 'Failed' | 'Stopped';
  readonly exitCodes: Record<string, number>;
  readonly failureReason?: string;

  /** The text that the containers have written to `/opt/ml/output/message`. */
  readonly exitMessage?: string;

  /** Whether that text is not valid UTF-8, which fails the job. */
  readonly hasInvalidMessage?: boolean;

  /** The directories with the files of the outputs, of all hosts, by the names of the outputs. */
  readonly outputs: Record<string, string>;

  /** Files that several hosts wrote: the file of one host was kept. */
  readonly conflicts: string[];

  /** The paths, in the container, of the files that are not uploaded, and why: symbolic links, for example. */
  readonly excluded: { readonly path: string; readonly reason: string }[];
  readonly seconds: number;
}
