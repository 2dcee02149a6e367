import type { S3Client } from '@aws-sdk/client-s3';
import type { DescribeTrainingJobResponse, Tag } from '@aws-sdk/client-sagemaker';
import { INPUTS_TAG, type InputRecord, parseInputsTag, recordInputs } from '../contract/records';
import { type Fact, isMissing, missing, requested } from './fact';
import { type VersionedObject, versionsOf } from './versions';

/** An input of a training job. */
export interface InputLineage {
  readonly channel: string;

  /** The S3 URI, or the file system and its directory. */
  readonly source: string;
  readonly dataType: string;
  readonly contentType?: string;
}

/** The objects in the S3 inputs of a training job when it was created, and now. */
export interface InputsLineage {
  readonly channels: InputLineage[];
  readonly recorded: Fact<InputRecord>;
  readonly now: Fact<InputRecord>;

  /** The versions of the objects that the job was to read. */
  readonly versions: Fact<VersionedObject[]>;

  /** Whether the objects are the same. Undefined if that is unknown. */
  readonly isUnchanged?: boolean;
}

export async function inputsOf(
  { InputDataConfig = [], CreationTime }: DescribeTrainingJobResponse,
  tags: Fact<Tag[]>,
  s3: S3Client,
): Promise<InputsLineage> {
  const channels = InputDataConfig.map(({ ChannelName = '', DataSource, ContentType: contentType }) => {
    const { S3DataSource: object, FileSystemDataSource: system } = DataSource ?? {};
    const source = object?.S3Uri ?? `${system?.FileSystemId}:${system?.DirectoryPath}`;
    return { channel: ChannelName, source, dataType: object?.S3DataType ?? system?.FileSystemType ?? '', contentType };
  });
  const uris = [...new Set(channels.map(({ source }) => source).filter((source) => source.startsWith('s3://')))].sort();
  if (uris.length === 0) {
    const none = missing('the job has no inputs in Amazon S3');
    return { channels, recorded: none, now: none, versions: none };
  }
  const recorded = recordOf(tags);
  const now = await requested('s3:ListBucket', () => recordInputs(uris, s3));
  const versions = await versionsOf(uris, CreationTime, recorded, s3);
  const isKnown = !isMissing(recorded) && !isMissing(now);
  return { channels, recorded, now, versions, isUnchanged: isKnown ? recorded.sha256 === now.sha256 : undefined };
}

function recordOf(tags: Fact<Tag[]>): Fact<InputRecord> {
  if (isMissing(tags)) return tags;
  const value = tags.find(({ Key }) => Key === INPUTS_TAG)?.Value;
  if (value === undefined) return missing('not recorded: the job was not created by a construct of this library');
  return parseInputsTag(value) ?? missing(`not recorded: the inputs could not be listed (${value})`);
}
