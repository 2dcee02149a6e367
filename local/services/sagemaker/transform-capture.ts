import type { CreateTransformJobCommandInput } from '@aws-sdk/client-sagemaker';
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { parseS3Folder } from '../../aws-model/s3-uri';
import type { Context } from '../context';
import { type BucketsOfRole, kmsKeyArn } from '../s3';
import type { Wire } from '../wire/record';
import { folderOf } from './data/data-sources';
import { hourOf } from './data/hour';

type Job = Pick<Wire<CreateTransformJobCommandInput>, 'DataCaptureConfig' | 'TransformInput' | 'TransformOutput'> & {
  readonly TransformStartTime?: number;
};

/** Writes the manifests of the captured input and output, which contain the names of the objects. */
export async function writeManifests(
  context: Pick<Context, 'arn'>,
  s3: BucketsOfRole,
  job: Job,
  inputs: string[],
): Promise<void> {
  const { DataCaptureConfig: config, TransformInput, TransformOutput } = job;
  if (config === undefined) return;
  const output = parseS3Folder(TransformOutput?.S3OutputPath);
  const manifests = {
    input: [{ prefix: folderOf(s3, TransformInput?.DataSource?.S3DataSource ?? {}) }, ...inputs],
    output: [{ prefix: `s3://${output.bucket}/${output.key}` }, ...inputs.map((name) => `${name}.out`)],
  };
  const { bucket, key } = parseS3Folder(config.DestinationS3Uri);
  const kmsKey = kmsKeyArn(context, config.KmsKeyId);
  const hour = hourOf(startOf(job));
  for (const [direction, manifest] of Object.entries(manifests)) {
    const body = Readable.from([JSON.stringify(manifest)]);
    await s3.put(bucket, `${key}${direction}/${hour}/${randomUUID()}.jsonl`, body, { kmsKey });
  }
}

/** An output file, with an inference ID and the start time of the job in each record if data capture generates them. */
export function outputOf(job: Job, file: string): Readable {
  const content = createReadStream(file);
  if (job.DataCaptureConfig?.GenerateInferenceId !== true) return content;
  const isCsv = (job.TransformOutput?.Accept ?? job.TransformInput?.ContentType ?? '').startsWith('text/csv');
  const time = startOf(job)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z');
  return Readable.from(withInferenceIds(createInterface({ input: content }), isCsv, time));
}

async function* withInferenceIds(lines: AsyncIterable<string>, isCsv: boolean, time: string): AsyncGenerator<string> {
  for await (const line of lines) {
    const id = randomUUID();
    if (isCsv) yield `${line},${id},${time}\n`;
    else {
      const value = JSON.parse(line) as unknown;
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      const record = isObject ? value : { SageMakerOutput: value };
      yield `${JSON.stringify({ ...record, SageMakerInferenceId: id, SageMakerInferenceTime: time })}\n`;
    }
  }
}

function startOf({ TransformStartTime = 0 }: Job): Date {
  return new Date(TransformStartTime * 1000);
}
