import type { Context } from '../context';
import { type ResourceState, type ResourceTypes, generatedName } from '../resource-type';
import type { Buckets } from './store';

export function s3ResourceTypes({ region, urlSuffix }: Context, buckets: Buckets): ResourceTypes {
  const stateOf = (name: string): ResourceState => ({
    physicalId: name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.${urlSuffix}`,
      RegionalDomainName: `${name}.s3.${region}.${urlSuffix}`,
    },
  });
  return {
    'AWS::S3::Bucket': {
      create: (request) => {
        const name = (request.properties.BucketName as string | undefined) ?? generatedName(request).toLowerCase();
        if (buckets.hasBucket(name)) return Promise.reject(new Error(`${name} already exists`));
        buckets.createBucket(name);
        request.onCreated(name);
        return Promise.resolve(stateOf(name));
      },
      update: (current, { properties }) =>
        Promise.resolve(
          properties.BucketName === current.properties.BucketName ? stateOf(current.physicalId) : undefined,
        ),
      delete: ({ physicalId }) => {
        if (buckets.hasBucket(physicalId)) buckets.deleteBucket(physicalId);
        return Promise.resolve();
      },
    },
  };
}
