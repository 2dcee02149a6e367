import { ListObjectsV2Command, type S3Client, type _Object } from '@aws-sdk/client-s3';

export type S3Reader = Pick<S3Client, 'send'>;

interface ObjectList {
  readonly bucket: string;
  readonly prefix: string;

  /** The list starts with the next key. */
  readonly startAfter?: string;
}

/** The objects under a prefix in the order of their keys. A request lists 1,000 of them. */
export async function* objectsOf(
  { bucket: Bucket, prefix: Prefix, startAfter: StartAfter }: ObjectList,
  s3: S3Reader,
  abortSignal?: AbortSignal,
): AsyncGenerator<_Object> {
  let ContinuationToken: string | undefined;
  do {
    const command = new ListObjectsV2Command({ Bucket, Prefix, StartAfter, ContinuationToken });
    const page = await s3.send(command, { abortSignal });
    yield* page.Contents ?? [];
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
}
