import { type ResourceRequest, type ResourceState, type ResourceTypes, generatedName } from '../resource-type';
import type { Buckets } from '../s3';
import type { Functions } from './store';

interface FunctionProperties {
  readonly Code: { readonly S3Bucket?: string; readonly S3Key?: string };
  readonly Handler: string;
  readonly Environment?: { readonly Variables?: Record<string, string> };
  readonly Timeout?: number;
  readonly Runtime: string;
  readonly LoggingConfig?: { readonly LogGroup?: string };
}

export function lambdaResourceTypes(functions: Functions, buckets: Buckets): ResourceTypes {
  const put = (name: string, { properties }: ResourceRequest): ResourceState => {
    const { Code, Handler, Environment, Timeout, Runtime, LoggingConfig } = properties as unknown as FunctionProperties;
    if (!Runtime.startsWith('nodejs') || Code.S3Bucket === undefined || Code.S3Key === undefined) {
      throw new Error('The local service supports functions of Node.js whose code is an archive in S3.');
    }
    const definition = {
      name,
      handler: Handler,
      environment: Environment?.Variables ?? {},
      timeoutSeconds: Number(Timeout ?? 3),
      logGroup: LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
    };
    const { arn } = functions.create(definition, buckets.file(Code.S3Bucket, Code.S3Key));
    return { physicalId: name, attributes: { Arn: arn } };
  };
  return {
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
