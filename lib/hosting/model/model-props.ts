import { type aws_ec2 as ec2, type aws_iam as iam } from 'aws-cdk-lib';
import { type ContainerDefinition } from './container-definition';
import type { InferenceExecutionMode } from './inference-execution-mode';

/** Properties for defining a `Model`. Define a single container with its own properties, or several with `containers`. */
export interface ModelProps extends ContainerDefinition {
  /**
   * The containers of a multi-container model, at most 15. Each instance runs all of them.
   *
   * @default - a single container, defined by the other properties
   */
  readonly containers?: ContainerDefinition[];

  /**
   * How the `containers` process requests.
   *
   * @default InferenceExecutionMode.SERIAL
   */
  readonly inferenceExecutionMode?: InferenceExecutionMode;

  /**
   * The VPC that the containers run in.
   *
   * @default - no VPC; the containers run in a network that SageMaker manages
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets that the containers run in.
   *
   * @default - private subnets with egress
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the containers, 1 to 5.
   *
   * @default - a new security group
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Whether the containers are isolated from all networks. SageMaker still downloads images and model data for them.
   *
   * @default - true for a product from AWS Marketplace, which requires it; false otherwise
   */
  readonly networkIsolation?: boolean;

  /**
   * The execution role. It is granted the permissions that the model requires.
   *
   * @default - a new role with least-privilege permissions
   */
  readonly role?: iam.IRole;

  /**
   * The prefix of the model name, at most 52 letters, digits and hyphens. A hash of the definition is appended, because
   * a model can only be replaced and the replacement requires a new name.
   *
   * @default - a name that CloudFormation generates
   */
  readonly modelName?: string;
}
