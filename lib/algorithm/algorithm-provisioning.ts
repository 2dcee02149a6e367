import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The resource that creates an algorithm. */
export enum AlgorithmProvisioning {
  /** `AWS::SageMaker::Algorithm`, which is not available in every region and does not support validation profiles. */
  CLOUDFORMATION = 'CloudFormation',

  /** A custom resource of this library, which is available in every region and supports validation profiles. */
  CUSTOM_RESOURCE = 'CustomResource',
}

/**
 * The regions in which CloudFormation supports `AWS::SageMaker::Algorithm`, according to the region data of cfn-lint 1.58.0. The
 * list only changes in a major version of this library: a region that is added replaces the algorithms in it.
 */
const NATIVE_REGIONS = new Set([
  'ap-south-1',
  'eu-central-1',
  'eu-isoe-west-1',
  'eusc-de-east-1',
  'us-east-1',
  'us-iso-east-1',
  'us-iso-west-1',
  'us-isob-east-1',
  'us-isob-west-1',
  'us-isof-east-1',
  'us-isof-south-1',
  'us-west-2',
]);

/** The provisioning of an algorithm: as specified, or what its region and its validation profiles require. */
export function provisioningOf(
  scope: Construct,
  props: { readonly provisioning?: AlgorithmProvisioning; readonly validationProfiles?: object[] },
): AlgorithmProvisioning {
  if (props.provisioning !== undefined) return props.provisioning;
  const { region } = Stack.of(scope);
  const isNative = Token.isUnresolved(region) || NATIVE_REGIONS.has(region);
  return isNative && props.validationProfiles === undefined
    ? AlgorithmProvisioning.CLOUDFORMATION
    : AlgorithmProvisioning.CUSTOM_RESOURCE;
}
