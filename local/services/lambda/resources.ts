import { type ResourceRequest, type ResourceState, type ResourceTypes, generatedName } from '../resource-type';
import { type PolicyDocument, type Permissions, resourcePolicyType } from '../iam';
import type { Buckets } from '../s3';
import type { Functions } from './store';

interface FunctionProperties {
  readonly Code: { readonly S3Bucket?: string; readonly S3Key?: string };
  readonly Description?: string;
  readonly Handler: string;
  readonly Role: string;
  readonly Environment?: { readonly Variables?: Record<string, string> };
  readonly Timeout?: number;
  readonly Runtime: string;
  readonly LoggingConfig?: { readonly LogGroup?: string };
}

interface PermissionProperties {
  readonly Action: string;
  readonly FunctionName: string;
  readonly Principal: string;
  readonly SourceAccount?: string;
  readonly SourceArn?: string;
}

export function lambdaResourceTypes(functions: Functions, buckets: Buckets, permissions: Permissions): ResourceTypes {
  const put = (name: string, { properties }: ResourceRequest): ResourceState => {
    const { Code, Handler, Role, Environment, Timeout, Runtime, LoggingConfig, Description } =
      properties as unknown as FunctionProperties;
    // The resource of the CDK for the notifications of buckets is emulated without its function.
    if (Description?.includes('"Custom::S3BucketNotifications"') === true) {
      return { physicalId: name, attributes: { Arn: functions.arnOf(name) } };
    }
    if (!Runtime.startsWith('nodejs') || Code.S3Bucket === undefined || Code.S3Key === undefined) {
      throw new Error('The local service supports functions of Node.js whose code is an archive in S3.');
    }
    if (!permissions.isTrusting({ roleArn: Role, service: 'lambda.amazonaws.com' })) {
      throw new Error('The role defined for the function cannot be assumed by Lambda.');
    }
    const definition = {
      name,
      role: Role,
      handler: Handler,
      environment: Environment?.Variables ?? {},
      timeoutSeconds: Number(Timeout ?? 3),
      logGroup: LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
    };
    const { arn } = functions.create(definition, buckets.file(Code.S3Bucket, Code.S3Key));
    return { physicalId: name, attributes: { Arn: arn } };
  };
  return {
    'AWS::Lambda::Permission': resourcePolicyType(
      permissions.resourcePolicies,
      ({ FunctionName }) => functions.arnOf(String(FunctionName)),
      (properties) => permissionDocument(functions, properties as unknown as PermissionProperties),
    ),
    'AWS::Lambda::Function': {
      create: (request) =>
        Promise.resolve(
          put((request.properties.FunctionName as string | undefined) ?? generatedName(request), request),
        ),
      update: (current, request) =>
        Promise.resolve(
          request.properties.FunctionName === current.properties.FunctionName
            ? put(current.physicalId, request)
            : undefined,
        ),
      delete: ({ physicalId }) => Promise.resolve(functions.delete(physicalId)),
    },
  };
}

/** The statement of a permission in the policy of its function. */
function permissionDocument(functions: Functions, properties: PermissionProperties): PolicyDocument {
  const { Action, FunctionName, Principal: principal, SourceAccount, SourceArn } = properties;
  const isService = principal.includes('.');
  return {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: principal === '*' ? '*' : { [isService ? 'Service' : 'AWS']: principal },
      Action,
      Resource: functions.arnOf(FunctionName),
      Condition: {
        ...(SourceAccount === undefined ? {} : { StringEquals: { 'aws:SourceAccount': SourceAccount } }),
        ...(SourceArn === undefined ? {} : { ArnLike: { 'aws:SourceArn': SourceArn } }),
      },
    },
  };
}
