import { type aws_ec2 as ec2, type aws_iam as iam, type aws_kms as kms } from 'aws-cdk-lib';
import { type AsyncInferenceOptions } from './async-inference';
import { type DataCaptureOptions } from './data-capture';
import { type EndpointMetricsOptions } from './endpoint-metrics';
import { type ExplainerOptions } from './explainer';
import type { ProductionVariant } from './production-variant';

/** Properties for defining an `EndpointConfig`. */
export interface EndpointConfigProps {
  /** The production variants, 1 to 10. */
  readonly variants: ProductionVariant[];

  /**
   * The shadow variant, which tests a new model with production traffic: it receives copies of the requests to the
   * production variant, and its responses are discarded, or recorded by `dataCapture`. Requires a single production variant.
   *
   * If its model is released in another parameter than that of the production variant, as for `shadowTest` of `ContinuousDeployment`, the
   * shadow variant only exists while that parameter contains a version.
   *
   * @default - no shadow variant
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests.html
   */
  readonly shadowVariant?: ProductionVariant;

  /**
   * The configuration of asynchronous inference.
   *
   * @default - real-time or serverless inference
   */
  readonly asyncInference?: AsyncInferenceOptions;

  /**
   * The capture of requests and responses.
   *
   * @default - no data capture
   */
  readonly dataCapture?: DataCaptureOptions;

  /**
   * The SageMaker Clarify explainer. Closed to new customers since 2026-07-30.
   *
   * @default - no explanations
   */
  readonly explainer?: ExplainerOptions;

  /**
   * The additional metrics of the endpoint.
   *
   * @default - no additional metrics
   */
  readonly metrics?: EndpointMetricsOptions;

  /**
   * Whether all containers of the endpoint are isolated from networks.
   *
   * @default - the network isolation of each model
   */
  readonly networkIsolation?: boolean;

  /**
   * The VPC of inference components. For other variants, specify the VPC of the `Model`.
   *
   * @default - no VPC; the containers run in a network that SageMaker manages
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets of inference components.
   *
   * @default - private subnets with egress
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of inference components, 1 to 5.
   *
   * @default - a new security group
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * The execution role of inference components. It is granted the permissions that they require. For other variants,
   * specify the role of the `Model`.
   *
   * @default - a new role with least-privilege permissions if there are variants for inference components
   */
  readonly role?: iam.IRole;

  /**
   * The KMS key that encrypts the storage volumes of the instances. Not supported for instance types with local storage.
   *
   * @default - a key that AWS manages
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The prefix of the endpoint configuration name, at most 52 letters, digits and hyphens. A hash of the definition is
   * appended, because a configuration can only be replaced and the replacement requires a new name.
   *
   * @default - a name that CloudFormation generates
   */
  readonly endpointConfigName?: string;
}
