import { createReadStream, readdirSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { parseS3Folder, parseS3Uri } from '../../../aws-model/s3-uri';
import type { Context } from '../../context';
import { type BucketsOfRole, kmsKeyArn } from '../../s3';
import type { DataObject } from '../data/data-sources';
import type { TrainingJob } from './training-job';

/** Uploads the artifacts of a job to its output path. Returns the S3 URI of the model. */
export async function uploadArtifacts(
  context: Pick<Context, 'arn'>,
  s3: BucketsOfRole,
  job: TrainingJob,
  artifacts: (string | undefined)[],
): Promise<string> {
  const { bucket, key: folder } = parseS3Uri(outputUri(job));
  const files = artifacts.flatMap((artifact) => (artifact === undefined ? [] : filesOf(artifact)));
  const kmsKey = kmsKeyArn(context, job.OutputDataConfig?.KmsKeyId);
  for (const { name, file } of files) await s3.put(bucket, `${folder}/${name}`, createReadStream(file), { kmsKey });
  return modelUri(job);
}

/** The S3 URI of the model artifact of a job, which is known before the job uploads it. */
export function modelUri(job: TrainingJob): string {
  return `${outputUri(job)}/${job.OutputDataConfig?.CompressionType === 'NONE' ? 'model/' : 'model.tar.gz'}`;
}

function outputUri({ OutputDataConfig: output, TrainingJobName }: TrainingJob): string {
  const { bucket, key } = parseS3Folder(output?.S3OutputPath);
  return `s3://${bucket}/${key}${TrainingJobName}/output`;
}

/** An archive is one file; an uncompressed artifact is a directory. */
function filesOf(artifact: string): DataObject[] {
  if (!statSync(artifact).isDirectory()) return [{ name: path.basename(artifact), file: artifact }];
  const entries = readdirSync(artifact, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => {
    const file = path.join(entry.parentPath, entry.name);
    return { name: path.relative(path.dirname(artifact), file), file };
  });
}
