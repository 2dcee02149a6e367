import type { Lambda } from '../../lambda/store';
import type { Buckets } from '../../s3/store';
import type { Ssm } from '../../ssm/operations';
import type { StepFunctions } from '../../step-functions/operations';
import type { Context } from '../../context';
import { type Provider, type ProviderRequest, generatedName } from '../provider';

interface Services {
  readonly context: Context;
  readonly s3: Buckets;
  readonly ssm: Ssm;
  readonly lambda: Lambda;
  readonly stepFunctions: StepFunctions;
}

/** Resources of other services that work here: buckets, parameters, functions and state machines. */
export function infrastructure(services: Services): Record<string, Provider> {
  return {
    'AWS::S3::Bucket': bucket(services),
    'AWS::SSM::Parameter': parameter(services),
    'AWS::Lambda::Function': lambdaFunction(services),
    'AWS::StepFunctions::StateMachine': stateMachine(services),
  };
}

function bucket({ s3, context: { region, urlSuffix } }: Services): Provider {
  const describe = (name: string): { physicalId: string; attributes: Record<string, unknown> } => ({
    physicalId: name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.${urlSuffix}`,
      RegionalDomainName: `${name}.s3.${region}.${urlSuffix}`,
    },
  });
  return {
    create: (request) => {
      const name = (request.properties.BucketName as string | undefined) ?? generatedName(request).toLowerCase();
      if (s3.hasBucket(name)) return Promise.reject(new Error(`${name} already exists`));
      s3.createBucket(name);
      request.made(name);
      return Promise.resolve(describe(name));
    },
    update: (current, { properties }) =>
      Promise.resolve(
        properties.BucketName === current.properties.BucketName ? describe(current.physicalId) : undefined,
      ),
    delete: ({ physicalId }) => {
      if (s3.hasBucket(physicalId)) s3.deleteBucket(physicalId);
      return Promise.resolve();
    },
  };
}

function parameter({ ssm }: Services): Provider {
  const put = ({
    properties,
    logicalId,
    stackName,
  }: ProviderRequest): { physicalId: string; attributes: Record<string, unknown> } => {
    const name = (properties.Name as string | undefined) ?? `CFN-${stackName}-${logicalId}`;
    const { Value, Type } = ssm.put(name, String(properties.Value), properties.Type as string | undefined);
    return { physicalId: name, attributes: { Value, Type } };
  };
  return {
    create: (request) => {
      const name = request.properties.Name as string | undefined;
      if (name !== undefined && ssm.value(name) !== undefined)
        return Promise.reject(new Error(`${name} already exists`));
      return Promise.resolve(put(request));
    },
    update: (current, request) =>
      Promise.resolve(request.properties.Name === current.properties.Name ? put(request) : undefined),
    delete: ({ physicalId }) => Promise.resolve(ssm.delete(physicalId)),
  };
}

function lambdaFunction({ lambda, s3 }: Services): Provider {
  const make = (
    name: string,
    { properties }: ProviderRequest,
  ): { physicalId: string; attributes: Record<string, unknown> } => {
    const { Code, Handler, Environment, Timeout, Runtime, LoggingConfig } = properties as {
      Code: { S3Bucket?: string; S3Key?: string };
      Handler: string;
      Environment?: { Variables?: Record<string, string> };
      Timeout?: number;
      Runtime: string;
      LoggingConfig?: { LogGroup?: string };
    };
    if (!Runtime.startsWith('nodejs') || Code.S3Bucket === undefined || Code.S3Key === undefined) {
      throw new Error('The local service runs functions whose code is Node.js in an archive of S3.');
    }
    const { arn } = lambda.create(
      {
        name,
        handler: Handler,
        environment: Environment?.Variables ?? {},
        timeoutSeconds: Number(Timeout ?? 3),
        logGroup: LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
      },
      s3.file(Code.S3Bucket, Code.S3Key),
    );
    return { physicalId: name, attributes: { Arn: arn } };
  };
  return {
    create: (request) =>
      Promise.resolve(make((request.properties.FunctionName as string | undefined) ?? generatedName(request), request)),
    update: (current, request) =>
      Promise.resolve(
        request.properties.FunctionName === current.properties.FunctionName
          ? make(current.physicalId, request)
          : undefined,
      ),
    delete: ({ physicalId }) => Promise.resolve(lambda.delete(physicalId)),
  };
}

function stateMachine({ stepFunctions }: Services): Provider {
  const make = (
    name: string,
    { properties }: ProviderRequest,
  ): { physicalId: string; attributes: Record<string, unknown> } => {
    if (typeof properties.DefinitionString !== 'string') throw new Error('The local service needs a DefinitionString.');
    const arn = stepFunctions.create(name, properties.DefinitionString);
    return { physicalId: arn, attributes: { Arn: arn, Name: name } };
  };
  return {
    create: (request) =>
      Promise.resolve(
        make((request.properties.StateMachineName as string | undefined) ?? generatedName(request, 80), request),
      ),
    update: (current, request) =>
      Promise.resolve(
        request.properties.StateMachineName === current.properties.StateMachineName
          ? make(String(current.attributes.Name), request)
          : undefined,
      ),
    delete: ({ physicalId }) => Promise.resolve(stepFunctions.delete(physicalId)),
  };
}
