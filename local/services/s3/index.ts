import type { Context } from '../context';
import type { Service } from '../service';
import { S3Operations } from './operations';
import { s3ResourceTypes } from './resources';
import type { Buckets } from './store';

export { Buckets } from './store';

/** Amazon S3: buckets are directories. */
export function s3(context: Context, buckets: Buckets): Service {
  const operations = new S3Operations(context, buckets);
  return {
    signingName: 's3',
    api: { protocol: 'rest', respond: (request) => operations.respond(request) },
    resourceTypes: s3ResourceTypes(context, buckets),
  };
}
