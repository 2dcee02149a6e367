import type { Context } from '../context';
import { type ResourcePolicies, resourcePolicyType } from '../iam';
import { type ResourceState, type ResourceTypes, generatedName } from '../resource-type';
import { kmsKeyArn } from './access';
import type { Buckets } from './store';

export function s3ResourceTypes(context: Context, buckets: Buckets, policies: ResourcePolicies): ResourceTypes {
  const { region, urlSuffix } = context;
  const encrypt = (name: string, properties: Record<string, unknown>): void =>
    buckets.setKey(name, kmsKeyArn(context, defaultKeyOf(properties)));
  const stateOf = (name: string): ResourceState => ({
    physicalId: name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.${urlSuffix}`,
      RegionalDomainName: `${name}.s3.${region}.${urlSuffix}`,
    },
  });
  return {
    'AWS::S3::BucketPolicy': resourcePolicyType(policies, ({ Bucket }) => `arn:aws:s3:::${String(Bucket)}`),
    'AWS::S3::Bucket': {
      create: (request) => {
        const name = (request.properties.BucketName as string | undefined) ?? generatedName(request).toLowerCase();
        if (buckets.hasBucket(name)) return Promise.reject(new Error(`${name} already exists`));
        buckets.createBucket(name);
        encrypt(name, request.properties);
        request.onCreated(name);
        return Promise.resolve(stateOf(name));
      },
      update: (current, { properties }) => {
        if (properties.BucketName !== current.properties.BucketName) return Promise.resolve(undefined);
        encrypt(current.physicalId, properties);
        return Promise.resolve(stateOf(current.physicalId));
      },
      delete: ({ physicalId }) => {
        if (buckets.hasBucket(physicalId)) buckets.deleteBucket(physicalId);
        return Promise.resolve();
      },
    },
  };
}

interface BucketEncryption {
  readonly ServerSideEncryptionConfiguration?: {
    readonly ServerSideEncryptionByDefault?: { readonly KMSMasterKeyID?: string };
  }[];
}

function defaultKeyOf({ BucketEncryption: encryption }: Record<string, unknown>): string | undefined {
  const [rule] = (encryption as BucketEncryption | undefined)?.ServerSideEncryptionConfiguration ?? [];
  return rule?.ServerSideEncryptionByDefault?.KMSMasterKeyID;
}
