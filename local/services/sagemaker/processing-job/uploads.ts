import { createReadStream, readdirSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { parseS3Folder } from '../../../aws-model/s3-uri';
import type { Context } from '../../context';
import { type BucketsOfRole, kmsKeyArn } from '../../s3';
import type { ProcessingJob } from './processing-job';

/** Uploads the outputs of a job. A file that has not changed since its last upload is not uploaded again. */
export class Uploads {
  private readonly uploaded = new Map<string, string>();

  constructor(
    private readonly context: Pick<Context, 'arn'>,
    private readonly s3: BucketsOfRole,
    private readonly job: ProcessingJob,
  ) {}

  /** Uploads the files of an output. Symbolic links are not followed. */
  public async upload(output: string, directories: string[]): Promise<void> {
    const { Outputs: outputs = [], KmsKeyId } = this.job.ProcessingOutputConfig ?? {};
    const { bucket, key } = parseS3Folder(outputs.find(({ OutputName }) => OutputName === output)?.S3Output?.S3Uri);
    const kmsKey = kmsKeyArn(this.context, KmsKeyId);
    for (const directory of directories) {
      for (const file of filesIn(directory)) {
        const state = stateOf(path.join(directory, file));
        const target = `${key}${file}`;
        if (state === undefined || this.uploaded.get(`${bucket}/${target}`) === state) continue;
        await this.s3.put(bucket, target, createReadStream(path.join(directory, file)), { kmsKey });
        this.uploaded.set(`${bucket}/${target}`, state);
      }
    }
  }
}

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** The size and the time of the last change of a file; undefined if it has been deleted in the meantime. */
function stateOf(file: string): string | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats && `${stats.size} ${stats.mtimeMs}`;
}
