import type { Tag } from '@aws-sdk/client-sagemaker';
import type { JobKind, JobRequests } from '../contract';
import { INPUTS_TAG, inputUris, inputsTagValue, recordInputs } from '../shared/input-record';
import type { JobDependencies } from './dependencies';

const MAX_LISTING_MS = 20_000;

/**
 * The tag with the record of the objects that a job is about to read. The prefix of an input determines them only until an object changes. A list that fails or takes too long never prevents the job: the tag contains the error instead.
 */
export async function inputTags(request: JobRequests[JobKind], { s3 }: JobDependencies): Promise<Tag[]> {
  const uris = inputUris(request);
  if (uris.length === 0) return [];
  const record = await recordInputs(uris, s3, AbortSignal.timeout(MAX_LISTING_MS)).catch((error: Error) => error);
  return [{ Key: INPUTS_TAG, Value: record instanceof Error ? `error=${record.name}` : inputsTagValue(record) }];
}
