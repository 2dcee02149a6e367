import type { Duration, aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { IAlgorithm } from '../algorithm/algorithm';
import type { MetricDefinition } from '../algorithm/metric-definition';
import type { S3Location } from '../common/s3-location';
import type { Script } from '../common/script';
import type { TrainingInput } from '../common/training-input';
import type { TrainingResources } from '../common/training-resources';
import type { ContainerImage } from '../image/container-image';

/** Where a job keeps its checkpoints. */
export interface CheckpointOptions {
  /** The S3 location of the checkpoints. */
  readonly location: S3Location;

  /**
   * Where the container finds them.
   *
   * @default '/opt/ml/checkpoints/'
   */
  readonly localPath?: string;
}

/** What training is told, by a training job as by a tuning job. */
export interface TrainingOptions {
  /** What the job runs on. */
  readonly resources: TrainingResources;

  /**
   * The algorithm to run. Either this or `image`.
   *
   * @default - `image` is given
   */
  readonly algorithm?: IAlgorithm;

  /**
   * The image to run with `train`. Either this or `algorithm`.
   *
   * @default - `algorithm` is given
   */
  readonly image?: ContainerImage;

  /**
   * A script that `image` runs, which is one that SageMaker provides. With `image` only.
   *
   * @default - the image knows what to do
   */
  readonly script?: Script;

  /**
   * The data, by the name of its channel, at most 20.
   *
   * @default - no data
   */
  readonly inputs?: { [channel: string]: TrainingInput };

  /**
   * The hyperparameters, as text, at most 100. With an algorithm that is known here, each is checked against it.
   *
   * @default - the defaults of the algorithm
   */
  readonly hyperparameters?: { [name: string]: string };

  /**
   * Whether the job runs on Spot Instances (managed spot training), which cost less and can be interrupted.
   *
   * @default false
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training.html
   */
  readonly useSpotInstances?: boolean;

  /**
   * The longest time to wait for Spot Instances, the run time included: at least `maxRuntime`. Requires `useSpotInstances`.
   *
   * @default - `maxRuntime`
   */
  readonly maxWaitTime?: Duration;

  /**
   * Where checkpoints are kept, which an interrupted job goes on from.
   *
   * @default - no checkpoints
   */
  readonly checkpoints?: CheckpointOptions;

  /**
   * How often the service tries again after a error of its own, 1 to 30.
   *
   * @default - not at all
   */
  readonly maxRetryAttempts?: number;

  /**
   * Environment variables, at most 100. With `image` only.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };

  /**
   * The metrics that training prints, at most 40. With `image` only.
   *
   * @default - those of the algorithm
   */
  readonly metrics?: MetricDefinition[];

  /**
   * The network that the containers reach.
   *
   * @default - the service's own
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Which subnets of the network.
   *
   * @default - private ones with egress
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the containers, at most 5.
   *
   * @default - a new one
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Whether the containers have no network at all.
   *
   * @default false
   */
  readonly networkIsolation?: boolean;

  /**
   * Whether what instances say to each other is encrypted.
   *
   * @default false
   */
  readonly encryptInterContainerTraffic?: boolean;
}
