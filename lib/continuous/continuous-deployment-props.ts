import type { aws_ssm as ssm } from 'aws-cdk-lib';
import type { IModelPackageGroup } from '../registry/model-package-group';
import type { ShadowTestOptions } from './shadow-test';

/** Properties of a continuous deployment. */
export interface ContinuousDeploymentProps {
  /** The group whose newest approved version is released. */
  readonly group: IModelPackageGroup;

  /** The name of the hosting stack, which is another stack of this account and region. */
  readonly stackName: string;

  /**
   * The name of the SSM parameter that contains the released version, as in `ModelPackage.fromReleaseParameter()` of the hosting stack.
   * It is created if it does not exist, and retained when this stack is deleted.
   */
  readonly parameterName: string;

  /**
   * The test of a newly approved version in the shadow variant of the endpoint. Only a version whose responses agree with those of the
   * released one is released; otherwise it is rejected. The first version is released without a test.
   *
   * @default - an approved version is released at once
   */
  readonly shadowTest?: ShadowTestOptions;

  /**
   * Further SSM parameters that the hosting stack reads, as template parameters of a type `AWS::SSM::Parameter::Value`. CloudFormation
   * reads them at each update with the permissions of the deployment, which is granted `ssm:GetParameters` on them.
   *
   * @default - the hosting stack reads only the released version, and the version of the bootstrap stack
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
   */
  readonly stackParameters?: ssm.IParameter[];

  /**
   * The qualifier of the bootstrap stack with which the hosting stack was deployed.
   *
   * @default - the qualifier of this stack
   */
  readonly bootstrapQualifier?: string;

  /**
   * The name of the deployment in its events and metrics, which is also the name of its state machine: at most 80 letters, digits,
   * hyphens and underscores.
   *
   * @default - derived from the construct path
   */
  readonly stateMachineName?: string;
}
