import { GetObjectCommand } from '@aws-sdk/client-s3';
import { isTemporary, retry } from '../shared/retry';
import type { SmokeTestDefinition } from '../smoke-test-contract';
import type { Dependencies } from './dependencies';

/** Long enough for a new permission to be propagated. */
const READ_DEADLINE_MS = 2 * 60_000;

/** The body of the request, which is downloaded if it is an object in Amazon S3. */
export async function bodyOf({ Body, BodyUri }: SmokeTestDefinition, dependencies: Dependencies): Promise<Uint8Array> {
  if (BodyUri === undefined) return Buffer.from(Body ?? '');
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(BodyUri) ?? [];
  return retry(dependencies, dependencies.now() + READ_DEADLINE_MS, isTemporary, async () => {
    const { Body: stream } = await dependencies.s3.send(new GetObjectCommand({ Bucket, Key }));
    return (await stream?.transformToByteArray()) ?? new Uint8Array();
  });
}
