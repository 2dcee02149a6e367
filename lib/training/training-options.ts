import type { Duration, aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { IAlgorithm } from '../algorithm/algorithm';
import type { MetricDefinition } from '../algorithm/metric-definition';
import type { S3Location } from '../common/s3-location';
import type { Script } from '../common/script';
import type { TrainingInput } from '../common/training-input';
import type { TrainingResources } from '../common/training-resources';
import type { ContainerImage } from '../image/container-image';

/** The checkpoints of a training job. */
export interface CheckpointOptions {
  /** The S3 location of the checkpoints. */
  readonly location: S3Location;

  /**
   * The path in the container that is synchronized with the S3 location.
   *
   * @default '/opt/ml/checkpoints/'
   */
  readonly localPath?: string;
}

/** Options that training jobs and the definitions of tuning jobs have in common. */
export interface TrainingOptions {
  /** The instances and the storage of the job. */
  readonly resources: TrainingResources;

  /**
   * The algorithm. Exactly one of `algorithm` and `image` is required.
   *
   * @default - `image` is used
   */
  readonly algorithm?: IAlgorithm;

  /**
   * The training image, which is run with the argument `train`. Exactly one of `algorithm` and `image` is required.
   *
   * @default - `algorithm` is used
   */
  readonly image?: ContainerImage;

  /**
   * The training script (script mode). Requires an `image` that SageMaker provides.
   *
   * @default - the image contains the training code
   */
  readonly script?: Script;

  /**
   * The inputs by the names of their channels, at most 20.
   *
   * @default - no inputs
   */
  readonly inputs?: { [channel: string]: TrainingInput };

  /**
   * The hyperparameters, as text, at most 100. They are validated against the specification of `algorithm`, if it has one.
   *
   * @default - the default values of the algorithm
   */
  readonly hyperparameters?: { [name: string]: string };

  /**
   * Whether to use managed spot training: Spot Instances cost less and can be interrupted.
   *
   * @default false
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training.html
   */
  readonly useSpotInstances?: boolean;

  /**
   * The maximum time for waiting for Spot Instances and running the job, at least `maxRuntime`. Requires `useSpotInstances`.
   *
   * @default - the maximum run time
   */
  readonly maxWaitTime?: Duration;

  /**
   * The maximum time for which a job waits for capacity, 30 minutes to 28 days. It has no effect on instance types without accelerators.
   *
   * @default - no limit
   */
  readonly maxPendingTime?: Duration;

  /**
   * The checkpoints from which a job resumes after an interruption.
   *
   * @default - no checkpoints
   */
  readonly checkpoints?: CheckpointOptions;

  /**
   * The maximum number of retries after an internal error of the service, 1 to 30.
   *
   * @default - no retries
   */
  readonly maxRetryAttempts?: number;

  /**
   * The environment variables of the container, at most 100.
   *
   * @default - no environment variables
   */
  readonly environment?: { [name: string]: string };

  /**
   * The metrics that training writes to its logs, at most 40. Requires `image`. Not supported for the built-in algorithms of SageMaker,
   * which define their own.
   *
   * @default - the metrics of the algorithm or of the built-in algorithm; none with another image
   */
  readonly metrics?: MetricDefinition[];

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
   * @default - false; true for an algorithm from AWS Marketplace
   */
  readonly networkIsolation?: boolean;

  /**
   * Whether the traffic between containers of distributed training is encrypted.
   *
   * @default false
   */
  readonly encryptInterContainerTraffic?: boolean;
}
