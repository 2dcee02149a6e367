import type {
  Duration,
  aws_cloudwatch as cloudwatch,
  aws_ec2 as ec2,
  aws_iam as iam,
  aws_kms as kms,
} from 'aws-cdk-lib';
import type { InstanceType } from '../common/instance-type';
import type { JobWait } from '../common/job-wait';
import type { TrainingOutput } from '../common/training-output';
import type { TrainingResources } from '../common/training-resources';
import type { AsyncInferenceOptions } from '../hosting/endpoint-config/async-inference';
import type { DataCaptureOptions } from '../hosting/endpoint-config/data-capture';
import type { DeploymentPolicy } from '../hosting/endpoint/deployment-policy';
import type { EndpointLogsOptions } from '../hosting/endpoint/endpoint-log-group';
import type { InvocationScalingOptions, VariantScalingOptions } from '../hosting/endpoint/scalable-instance-count';
import type { ModelApprovalStatus } from '../registry/model-package/model-approval-status';
import type { IModelPackageGroup } from '../registry/model-package-group';
import type { CheckpointOptions } from '../training/training-options';

/** How a `ByoAlgorithm` trains. */
export interface ByoTrainingOptions {
  /**
   * What the job runs on.
   *
   * @default - one ml.m5.xlarge, or ml.g5.xlarge for an image that is declared for a GPU
   */
  readonly resources?: TrainingResources;

  /**
   * The hyperparameters, as text. Each is checked against the algorithm.
   *
   * @default - the defaults of the algorithm
   */
  readonly hyperparameters?: { [name: string]: string };

  /**
   * Where the job puts what it makes.
   *
   * @default - a new bucket, which is retained
   */
  readonly output?: TrainingOutput;

  /**
   * The longest time that the job may run.
   *
   * @default - the time that the deployment waits, less 30 minutes
   */
  readonly maxRuntime?: Duration;

  /**
   * How long the deployment waits for the job.
   *
   * @default - as long as the job may run
   */
  readonly wait?: JobWait;

  /**
   * Whether training runs on Spot Instances (managed spot training).
   *
   * @default false
   */
  readonly useSpotInstances?: boolean;

  /**
   * The longest time to wait for Spot Instances, the run time included. Requires `useSpotInstances`.
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
   * The role that the containers run with. It is granted what the job needs.
   *
   * @default - a role that may do nothing but what the job needs
   */
  readonly role?: iam.IRole;

  /**
   * Any text. Changing it trains again, which is needed when only the data has changed.
   *
   * @default - none
   */
  readonly revision?: string;
}

/** How a `ByoAlgorithm` registers what it has trained. */
export interface ByoRegistryOptions {
  /**
   * The group that the model becomes a version of.
   *
   * @default - a new group
   */
  readonly group?: IModelPackageGroup;

  /**
   * Whether the version may be deployed. One that may not be has no model and no endpoint.
   *
   * @default ModelApprovalStatus.APPROVED - the endpoint of this construct runs it
   */
  readonly approvalStatus?: ModelApprovalStatus;

  /**
   * What this version is, at most 1024 characters.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * What you want to know of the version.
   *
   * @default - nothing
   */
  readonly customerMetadata?: { [key: string]: string };
}

/** What a `ByoAlgorithm` hosts. */
export interface ByoModelOptions {
  /**
   * Environment variables of the container beside those of the algorithm.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };

  /**
   * The role that the container runs with. It is granted what the model needs.
   *
   * @default - a role that may do nothing but what the model needs
   */
  readonly role?: iam.IRole;
}

/** Where the containers of a `ByoAlgorithm` run. */
export interface ByoNetworkOptions {
  /** The network that training and hosting are in. */
  readonly vpc: ec2.IVpc;

  /**
   * The subnets of the network.
   *
   * @default - private subnets with a way out
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups, 1 to 5.
   *
   * @default - a new one for each stage
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/** Between which numbers the instances of a `ByoAlgorithm` are kept, and by what. */
export interface ByoScalingOptions extends VariantScalingOptions, InvocationScalingOptions {}

/** How a `ByoAlgorithm` answers. */
export interface ByoEndpointOptions {
  /** What the instances are. */
  readonly instanceType: InstanceType;

  /**
   * How many instances there are at first.
   *
   * @default 1
   */
  readonly instanceCount?: number;

  /**
   * Lets the number of instances change by itself, by the number of requests; where answers come later, by the requests that
   * wait, of which there may be as many as an instance answers in a minute.
   *
   * @default - it does not
   */
  readonly scaling?: ByoScalingOptions;

  /**
   * Whether there are alarms on errors of requests and of the model, which roll updates back too.
   *
   * @default true
   */
  readonly alarms?: boolean;

  /**
   * What happens when an alarm goes off.
   *
   * @default - nothing but that it can be seen, and that an update is rolled back
   */
  readonly alarmActions?: cloudwatch.IAlarmAction[];

  /**
   * How the endpoint moves to another model.
   *
   * @default - a canary with several instances, and all at once with one; both are watched by the alarms, if there are any
   */
  readonly deployment?: DeploymentPolicy;

  /**
   * The name of the endpoint.
   *
   * @default - made of the construct's path
   */
  readonly endpointName?: string;

  /**
   * Keeps requests and answers.
   *
   * @default - nothing is kept
   */
  readonly dataCapture?: DataCaptureOptions;

  /**
   * Makes the endpoint answer later, by objects of S3.
   *
   * @default - it answers at once
   */
  readonly asyncInference?: AsyncInferenceOptions;

  /**
   * The key that encrypts the storage volumes of the instances.
   *
   * @default - a key of the service
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * How long logs are kept, and what becomes of them.
   *
   * @default - 3 months, and they go with the stack
   */
  readonly logs?: EndpointLogsOptions;

  /**
   * Whether the endpoint is there. Without it, model and configuration stay, and nothing costs money.
   *
   * @default true
   */
  readonly enabled?: boolean;
}
