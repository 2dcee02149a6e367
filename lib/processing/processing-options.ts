import type { Duration, aws_ec2 as ec2, aws_iam as iam, aws_kms as kms } from 'aws-cdk-lib';
import type { ExperimentOptions } from '../common/experiment';
import type { ContainerImage } from '../image/container-image';
import type { ProcessingInput } from './processing-input';
import type { ProcessingOutput } from './processing-output';
import type { ProcessingResources } from './processing-resources';

/** Options of a processing job, without those of its deployment. */
export interface ProcessingOptions {
  /** The image of the container. Images in private registries are not supported. */
  readonly image: ContainerImage;

  /** The instances and the storage of the job. */
  readonly resources: ProcessingResources;

  /**
   * The entrypoint of the container: 1 to 100 items of at most 256 characters.
   *
   * @default - the entrypoint of the image
   */
  readonly entrypoint?: string[];

  /**
   * The arguments of the container's entrypoint: 1 to 100 items of at most 256 characters.
   *
   * @default - the command of the image; no arguments with `entrypoint`
   */
  readonly arguments?: string[];

  /**
   * The environment variables of the container, at most 100.
   *
   * @default - no environment variables
   */
  readonly environment?: { [name: string]: string };

  /**
   * The inputs by their names, at most 10.
   *
   * @default - no inputs
   */
  readonly inputs?: { [name: string]: ProcessingInput };

  /**
   * The outputs by their names, at most 10.
   *
   * @default - no outputs
   */
  readonly outputs?: { [name: string]: ProcessingOutput };

  /**
   * The KMS key that encrypts all outputs.
   *
   * @default - the default encryption of the buckets
   */
  readonly outputEncryptionKey?: kms.IKey;

  /**
   * The maximum run time of the job, at most 9 days.
   *
   * @default - 1 day; if a deployment waits for the job, the time that it waits, minus 30 minutes for start, download and upload
   */
  readonly maxRuntime?: Duration;

  /**
   * The execution role of the job. It is granted the permissions that the job needs.
   *
   * @default - a new role with least-privilege permissions
   */
  readonly role?: iam.IRole;

  /**
   * The association of the job with SageMaker Experiments. It is not part of the job identity.
   *
   * @default - no experiment
   */
  readonly experiment?: ExperimentOptions;

  /**
   * The VPC to which the containers are connected.
   *
   * @default - no VPC; the containers have internet access
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets of the VPC.
   *
   * @default - the private subnets with egress
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the containers, at most 5.
   *
   * @default - a new security group
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Whether the containers run without network access.
   *
   * @default false
   */
  readonly networkIsolation?: boolean;

  /**
   * Whether the traffic between the containers of several instances is encrypted.
   *
   * @default false
   */
  readonly encryptInterContainerTraffic?: boolean;
}
