import { PutObjectCommand } from '@aws-sdk/client-s3';
import { capturedFiles } from '../shared/captured-files';
import { type Deadline, isTemporary, retry } from '../shared/retry';
import type { Capture, DataWindow, SelectDataInput, SelectDataOutput } from '../workflow-contract';
import { analyzedUntil, recordWindow, windowOf } from './data-window';
import type { Dependencies } from './dependencies';
import { objectIn } from './object';

/**
 * Selects the captured data of the window of an execution, and writes the manifest with which the job downloads exactly these files. A
 * window without data is complete: no job runs.
 */
export async function selectData(
  input: SelectDataInput,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<SelectDataOutput> {
  const { isEmpty, ...window } = windowOf(input, await analyzedUntil(input.Workflow, dependencies));
  const files = isEmpty ? [] : await filesIn(window, input.Capture, dependencies, deadline);
  if (files.length === 0) {
    await recordWindow(input.Workflow, window, dependencies);
    return { HasData: false, ...window };
  }
  const { Bucket, Prefix } = input.Capture;
  // The names in the container start with the endpoint and the variant.
  const manifest = [{ prefix: `s3://${Bucket}/${Prefix}` }, ...files.map((key) => key.slice(Prefix.length))];
  // A name for each execution: a later one must not replace the manifest of a job that starts again.
  const uri = `${input.Manifests}/${input.Execution.split(':').at(-1)}.json`;
  await retry(dependencies, deadline, isTemporary, () =>
    dependencies.s3.send(
      new PutObjectCommand({ ...objectIn(uri), Body: JSON.stringify(manifest), ContentType: 'application/json' }),
    ),
  );
  return { HasData: true, Manifest: uri, ...window };
}

/** The keys of the files of a window. */
async function filesIn(
  { StartTime: from, EndTime: until }: DataWindow,
  { Bucket: bucket, Prefix, Folders }: Capture,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<string[]> {
  const keys: string[] = [];
  for (const prefix of Folders.map((folder) => `${Prefix}${folder}/`)) {
    const files = capturedFiles({ bucket, prefix, from, until }, dependencies, deadline);
    for await (const { Key = '' } of files) keys.push(Key);
  }
  return keys;
}
