import { notSupported } from '../../aws-model/not-supported';
import type { Context } from '../context';
import { type ResourcePolicies, resourcePolicyType } from '../iam';
import { type ResourceState, type ResourceType, type ResourceTypes, generatedName } from '../resource-type';
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
    'Custom::S3BucketNotifications': notificationsType(buckets),
    'AWS::S3::Bucket': {
      create: (request) => {
        const name = (request.properties.BucketName as string | undefined) ?? generatedName(request).toLowerCase();
        if (buckets.hasBucket(name)) return Promise.reject(new Error(`${name} already exists`));
        const isNotifying = isNotifyingEventBridge(request.properties.NotificationConfiguration);
        buckets.createBucket(name);
        encrypt(name, request.properties);
        buckets.setNotifying(name, isNotifying);
        request.onCreated(name);
        return Promise.resolve(stateOf(name));
      },
      update: (current, { properties }) => {
        if (properties.BucketName !== current.properties.BucketName) return Promise.resolve(undefined);
        const { NotificationConfiguration: notifications } = properties;
        const isNotifying = isNotifyingEventBridge(notifications);
        encrypt(current.physicalId, properties);
        // The notifications of a bucket can also be those of the CDK's resource.
        if (JSON.stringify(notifications) !== JSON.stringify(current.properties.NotificationConfiguration)) {
          buckets.setNotifying(current.physicalId, isNotifying);
        }
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

/** The resource with which the CDK sets the notifications of a bucket. Its function is not Node.js code. */
function notificationsType(buckets: Buckets): ResourceType {
  const put = ({ BucketName, NotificationConfiguration }: Record<string, unknown>): void =>
    buckets.setNotifying(String(BucketName), isNotifyingEventBridge(NotificationConfiguration));
  return {
    create: (request) =>
      Promise.resolve().then(() => {
        put(request.properties);
        return { physicalId: generatedName(request) };
      }),
    update: (current, { properties }) =>
      Promise.resolve().then(() => {
        if (properties.BucketName !== current.properties.BucketName) return undefined;
        put(properties);
        return { physicalId: current.physicalId };
      }),
    delete: ({ properties: { BucketName } }) => {
      if (buckets.hasBucket(String(BucketName))) buckets.setNotifying(String(BucketName), false);
      return Promise.resolve();
    },
  };
}

/** Whether Amazon EventBridge receives the events of a bucket: always if the configuration of EventBridge is present, unless it is disabled. */
function isNotifyingEventBridge(configuration: unknown): boolean {
  if (configuration === undefined) return false;
  const { EventBridgeConfiguration: own, ...others } = configuration as Record<string, unknown>;
  const unsupported = Object.keys(others);
  if (unsupported.length > 0) {
    throw new Error(notSupported('s3', `${unsupported.join(' and ')} of the notifications of buckets`));
  }
  if (own === undefined) return false;
  const { EventBridgeEnabled: isEnabled = true } = own as { readonly EventBridgeEnabled?: unknown };
  return String(isEnabled) === 'true';
}
