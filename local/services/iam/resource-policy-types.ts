import { randomUUID } from 'node:crypto';
import type { Context } from '../context';
import { type ResourceType, generatedName } from '../resource-type';
import type { PolicyDocument } from './evaluation/document';
import type { ResourcePolicies } from './resource-policies';

type Properties = Record<string, unknown>;

/** A resource type that is nothing but the policy of another resource. */
export function resourcePolicyType(
  policies: ResourcePolicies,
  /** The ARN of the resource. */
  resourceOf: (properties: Properties) => string,
  documentOf = ({ PolicyDocument: document }: Properties): PolicyDocument => document as PolicyDocument,
): ResourceType {
  const put = (physicalId: string, properties: Properties): void =>
    policies.put(physicalId, resourceOf(properties), documentOf(properties));
  return {
    create: (request) => {
      const physicalId = generatedName(request);
      put(physicalId, request.properties);
      return Promise.resolve({ physicalId });
    },
    update: ({ physicalId }, request) => {
      put(physicalId, request.properties);
      return Promise.resolve({ physicalId });
    },
    delete: ({ physicalId }) => Promise.resolve(policies.delete(physicalId)),
  };
}

/** A key of AWS KMS, of which only the policy is emulated. */
export function kmsKeyType(context: Context, policies: ResourcePolicies): ResourceType {
  const put = (id: string, { KeyPolicy }: Properties): Awaited<ReturnType<ResourceType['create']>> => {
    const arn = context.arn('kms', `key/${id}`);
    policies.put(arn, arn, (KeyPolicy as PolicyDocument | undefined) ?? defaultKeyPolicy(context));
    return { physicalId: id, attributes: { Arn: arn, KeyId: id } };
  };
  return {
    create: ({ properties }) => Promise.resolve(put(randomUUID(), properties)),
    update: ({ physicalId }, { properties }) => Promise.resolve(put(physicalId, properties)),
    delete: ({ physicalId }) => Promise.resolve(policies.delete(context.arn('kms', `key/${physicalId}`))),
  };
}

/** Leaves the decision to the identity-based policies of the account. */
function defaultKeyPolicy({ partition, account }: Context): PolicyDocument {
  const Principal = { AWS: `arn:${partition}:iam::${account}:root` };
  return { Version: '2012-10-17', Statement: { Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' } };
}
