export type InputMode = 'File' | 'FastFile' | 'Pipe';

/** An input channel of a training job. */
export interface ChannelInput {
  readonly name: string;

  /** The data of every host; a sharded channel has a directory for each host in `shards`. */
  readonly directory: string;
  readonly shards?: string[];

  /** The instance groups that receive the channel: all, if undefined. */
  readonly groups?: string[];
  readonly contentType?: string;
  readonly inputMode?: InputMode;

  /** A file system that the job may write to. */
  readonly isWritable?: boolean;

  /** Pipe mode only: the files are gzipped. */
  readonly isCompressed?: boolean;

  /** Pipe mode only: each file becomes a RecordIO record. */
  readonly isRecordIo?: boolean;

  /** Pipe mode only: the files have a different order in each epoch. */
  readonly shuffleSeed?: number;
}
