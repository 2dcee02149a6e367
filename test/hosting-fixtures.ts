import { type Stack, aws_ec2 as ec2, aws_iam as iam } from 'aws-cdk-lib';
import {
  type AsyncInferenceOptions,
  Endpoint,
  EndpointConfig,
  type EndpointConfigProps,
  type EndpointProps,
  type IModelPackage,
  type IReleasedModelPackage,
  InstanceType,
  Model,
  ModelData,
  ModelPackage,
  ModelPackageGroup,
  type ModelPackageProps,
  type ModelProps,
  ProductionVariant,
  S3Location,
} from '../lib';
import { Template } from 'aws-cdk-lib/assertions';
import { bucket, newConfig } from './features';
import { image, newAlgorithm, statementsOf } from './stacks';

export const SCALABLE_TARGET = 'AWS::ApplicationAutoScaling::ScalableTarget';
export const SCALING_POLICY = 'AWS::ApplicationAutoScaling::ScalingPolicy';
export const ALARM = 'AWS::CloudWatch::Alarm';

/** An ARN in the partition of the stack; `rest` starts after the partition. */
export const arn = (rest: string): object => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, rest]] });

/** The ARN of objects in the bucket of the tests. */
export const objects = (keys: string): object => arn(`:s3:::models/${keys}`);

export const newVpc = (stack: Stack): ec2.IVpc => new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
export const modelArchive = (stack: Stack): ModelData => ModelData.fromObject(bucket(stack), 'model.tar.gz');
export const uncompressedData = (stack: Stack): ModelData => ModelData.fromUncompressedPrefix(bucket(stack), 'many');

/** A model that runs an image unless `props` define its containers. */
export function newModel(stack: Stack, props: ModelProps = {}, id = 'Model'): Model {
  const isDefined = props.containers !== undefined || props.modelPackage !== undefined;
  return new Model(stack, id, { image: isDefined ? undefined : image(), ...props });
}

/** A version of a model package group, pending approval by default. */
export function newVersion(stack: Stack, props: Partial<ModelPackageProps> = {}): ModelPackage {
  return new ModelPackage(stack, 'Package', {
    group: new ModelPackageGroup(stack, 'Group', { modelPackageGroupName: 'Churn' }),
    algorithm: newAlgorithm(stack),
    modelData: modelArchive(stack),
    ...props,
  });
}

export function marketplacePackage(stack: Stack): IModelPackage {
  return ModelPackage.fromModelPackageAttributes(stack, 'Subscribed', {
    modelPackageArn: 'arn:aws:sagemaker:eu-west-1:999988887777:model-package/subscribed',
    isMarketplaceProduct: true,
  });
}

export const RELEASE_PARAMETER = '/churn/deployed';

/** The version that is released in an SSM parameter. */
export function releasedVersion(
  stack: Stack,
  parameterName = RELEASE_PARAMETER,
  id = 'Version',
): IReleasedModelPackage {
  return ModelPackage.fromReleaseParameter(stack, id, parameterName);
}

/** An endpoint configuration with a variant `main` that hosts the released version. */
export function releasedConfig(stack: Stack, props: Partial<EndpointConfigProps> = {}): EndpointConfig {
  const model = newModel(stack, { modelPackage: releasedVersion(stack) });
  return new EndpointConfig(stack, 'Config', {
    variants: [
      ProductionVariant.instances('main', { model, instanceType: InstanceType.ML_C7I_LARGE, instanceCount: 2 }),
    ],
    ...props,
  });
}

/** The types of the resources of a stack with their conditions, without duplicates. */
export function conditionsOfTypes(stack: Stack): Record<string, (string | undefined)[]> {
  const found: Record<string, Set<string | undefined>> = {};
  for (const { Type, Condition } of Object.values(resourcesOf(stack))) (found[Type] ??= new Set()).add(Condition);
  return Object.fromEntries(Object.entries(found).map(([type, conditions]) => [type, [...conditions]]));
}

function resourcesOf(stack: Stack): Record<string, { Type: string; Condition?: string }> {
  return (Template.fromStack(stack).toJSON() as { Resources: Record<string, { Type: string; Condition?: string }> })
    .Resources;
}

/** An endpoint with the name `churn`. */
export function newEndpoint(stack: Stack, props: Partial<EndpointProps> = {}): Endpoint {
  return new Endpoint(stack, 'Endpoint', {
    endpointName: 'churn',
    ...props,
    endpointConfig: props.endpointConfig ?? newConfig(stack),
  });
}

export function asyncInference(stack: Stack): AsyncInferenceOptions {
  return { input: S3Location.fromBucket(bucket(stack), 'in'), output: S3Location.fromBucket(bucket(stack), 'out') };
}

export function asyncConfig(stack: Stack): EndpointConfig {
  return newConfig(stack, { asyncInference: asyncInference(stack) });
}

/** A role that is granted permissions. */
export function newCaller(stack: Stack): iam.Role {
  return new iam.Role(stack, 'User', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
}

/** The policy statements of the execution role of a model that not every model has. */
export function additionalStatements(stack: Stack, roleId = 'ModelRole'): unknown[] {
  return statementsOf(stack, roleId).filter(
    (statement) => !/logs:|PutMetricData/.test(JSON.stringify((statement as { Action: unknown }).Action)),
  );
}
