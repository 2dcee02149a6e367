import type { Context } from '../context';
import type { ResourcePolicies } from '../iam';
import type { Service } from '../service';
import { S3Operations } from './operations';
import { s3ResourceTypes } from './resources';
import type { Buckets } from './store';

export { kmsKeyArn } from './access';
export { type BucketsOfRole, bucketsOf } from './role-buckets';
export { Buckets } from './store';

/** Amazon S3: buckets are directories. */
export function s3(context: Context, buckets: Buckets, policies: ResourcePolicies): Service {
  const operations = new S3Operations(context, buckets);
  return {
    signingName: 's3',
    api: { protocol: 'rest', respond: (request, callerOf) => operations.respond(request, callerOf) },
    resourceTypes: s3ResourceTypes(context, buckets, policies),
  };
}
