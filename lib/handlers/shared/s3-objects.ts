import { ListObjectsV2Command, type S3Client, type _Object } from '@aws-sdk/client-s3';

export type S3Reader = Pick<S3Client, 'send'>;

/** The objects under a prefix in the order of their keys. A request lists 1,000 of them. */
export async function* objectsOf(
  { bucket: Bucket, prefix: Prefix }: { readonly bucket: string; readonly prefix: string },
  s3: S3Reader,
  abortSignal?: AbortSignal,
): AsyncGenerator<_Object> {
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }), { abortSignal });
    yield* page.Contents ?? [];
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
}
