import { GetObjectCommand } from '@aws-sdk/client-s3';
import { type Clock, type Deadline, isTransient, retry } from '../shared/retry';
import type { Dependencies } from './dependencies';

/** The bucket and the key of an S3 URI. */
export function objectIn(uri: string): { readonly Bucket: string; readonly Key: string } {
  const [, Bucket = '', Key = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri) ?? [];
  return { Bucket, Key };
}

/** The text of an object. Undefined if it does not exist. */
export async function readObject(
  uri: string,
  dependencies: Pick<Dependencies, 's3' | keyof Clock>,
  deadline: Deadline,
): Promise<string | undefined> {
  try {
    return await retry(dependencies, deadline, isTransient, async () => {
      const { Body } = await dependencies.s3.send(new GetObjectCommand(objectIn(uri)));
      return (await Body?.transformToString()) ?? '';
    });
  } catch (error) {
    if ((error as Error).name !== 'NoSuchKey') throw error;
    return undefined;
  }
}
