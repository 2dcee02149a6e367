import type { IModelPackageGroup } from '../registry/model-package-group';

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
