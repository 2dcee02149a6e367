import { type aws_ec2 as ec2, type aws_iam as iam } from 'aws-cdk-lib';
import { type ContainerDefinition } from './container-definition';
import type { InferenceExecutionMode } from './inference-execution-mode';

/** The definition of a model: of one container, or of several in `containers`. */
export interface ModelProps extends ContainerDefinition {
  /**
   * Several containers, at most 15, which all run on each instance.
   *
   * @default - one container, which the other properties define
   */
  readonly containers?: ContainerDefinition[];

  /**
   * How several `containers` answer.
   *
   * @default InferenceExecutionMode.SERIAL
   */
  readonly inferenceExecutionMode?: InferenceExecutionMode;

  /**
   * The network that the containers are in.
   *
   * @default - a network of the service
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets that the containers are in.
   *
   * @default - private subnets with a way out
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the containers, 1 to 5.
   *
   * @default - a new one
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Whether the containers can reach no network at all. Images and data are loaded for them all the same.
   *
   * @default false - true for products of AWS Marketplace, which the service demands
   */
  readonly networkIsolation?: boolean;

  /**
   * The role that the containers run with. It is granted what the model needs.
   *
   * @default - a role that may do nothing but what the model needs
   */
  readonly role?: iam.IRole;

  /**
   * The start of the name, at most 52 letters, digits and hyphens, which a hash of the definition follows: a model can
   * only be replaced, and its replacement needs another name.
   *
   * @default - CloudFormation makes a name
   */
  readonly modelName?: string;
}
