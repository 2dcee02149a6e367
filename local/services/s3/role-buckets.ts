import { parseS3Folder } from '../../aws-model/s3-uri';
import type { Caller } from '../access';
import type { Context } from '../context';
import { keyAccess, listAccess, objectArn } from './access';
import type { Buckets } from './store';

/** The buckets as a service uses them with a role. */
export type BucketsOfRole = Pick<Buckets, 'hasBucket' | 'hasObject' | 'keys' | 'file' | 'put' | 'folder'>;

/** The buckets with the permissions of a role. */
export function bucketsOf(context: Pick<Context, 'region'>, buckets: Buckets, role: Caller): BucketsOfRole {
  const checkObject = (action: string, bucket: string, key: string): void =>
    role.check([{ action: `s3:${action}`, resource: objectArn(bucket, key) }]);
  return {
    hasBucket: (bucket) => buckets.hasBucket(bucket),
    hasObject: (bucket, key) => buckets.hasObject(bucket, key),
    keys: (bucket, prefix = '') => {
      role.check([listAccess(bucket, prefix)]);
      return buckets.keys(bucket, prefix);
    },
    file: (bucket, key) => {
      checkObject('GetObject', bucket, key);
      const file = buckets.file(bucket, key);
      role.check(keyAccess(context, 'Decrypt', buckets.info(bucket, key).kmsKey));
      return file;
    },
    put: async (bucket, key, body, info) => {
      try {
        checkObject('PutObject', bucket, key);
        role.check(keyAccess(context, 'GenerateDataKey', info?.kmsKey ?? buckets.kmsKeyOf(bucket)));
      } catch (error) {
        // A file that is not read can be deleted before the stream has opened it.
        body.on('error', () => undefined).destroy();
        throw error;
      }
      return buckets.put(bucket, key, body, info);
    },
    folder: (uri) => {
      const { bucket, key } = parseS3Folder(uri);
      role.check([listAccess(bucket, key)]);
      ['GetObject', 'PutObject'].forEach((action) => checkObject(action, bucket, `${key}*`));
      return buckets.folder(uri);
    },
  };
}
