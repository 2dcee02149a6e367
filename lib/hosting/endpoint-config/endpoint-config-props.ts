import { type aws_ec2 as ec2, type aws_iam as iam, type aws_kms as kms } from 'aws-cdk-lib';
import { type AsyncInferenceOptions } from './async-inference';
import { type DataCaptureOptions } from './data-capture';
import { type EndpointMetricsOptions } from './endpoint-metrics';
import { type ExplainerOptions } from './explainer';
import type { ProductionVariant } from './production-variant';

/** The definition of an endpoint configuration. */
export interface EndpointConfigProps {
  /** The variants that share the requests, 1 to 10. */
  readonly variants: ProductionVariant[];

  /**
   * A variant that is sent copies of the requests of the only one of `variants`, and whose answers nobody gets: to see how a
   * new model does under real load. Its weight is relative to the weight of that one.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests.html
   */
  readonly shadowVariant?: ProductionVariant;

  /**
   * Makes the endpoint answer later, by objects of S3.
   *
   * @default - it answers at once
   */
  readonly asyncInference?: AsyncInferenceOptions;

  /**
   * Keeps requests and answers.
   *
   * @default - nothing is kept
   */
  readonly dataCapture?: DataCaptureOptions;

  /**
   * Makes the endpoint explain its answers.
   *
   * @default - answers come without reasons
   */
  readonly explainer?: ExplainerOptions;

  /**
   * What is measured beyond the usual metrics.
   *
   * @default - nothing
   */
  readonly metrics?: EndpointMetricsOptions;

  /**
   * Whether no container of the endpoint can reach a network.
   *
   * @default - as each model says
   */
  readonly networkIsolation?: boolean;

  /**
   * The network of inference components. A `Model` has its own.
   *
   * @default - a network of the service
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets of inference components.
   *
   * @default - private subnets with a way out
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of inference components, 1 to 5.
   *
   * @default - a new one
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * The role that inference components run with. It is granted what they need. A `Model` has its own.
   *
   * @default - a role that may do nothing but what they need, where there are variants for inference components
   */
  readonly role?: iam.IRole;

  /**
   * The key that encrypts the storage volumes of the instances. Instance types with local storage do not allow one.
   *
   * @default - a key of the service
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The start of the name, at most 52 letters, digits and hyphens, which a hash of the definition follows: a
   * configuration can only be replaced, and its replacement needs another name.
   *
   * @default - CloudFormation makes a name
   */
  readonly endpointConfigName?: string;
}
