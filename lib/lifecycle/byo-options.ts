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

/** Options for the training job of a `ByoAlgorithm`. */
export interface ByoTrainingOptions {
  /**
   * The training resources.
   *
   * @default - one instance that runs the training image: ml.m5.xlarge, ml.g5.xlarge for an image that requires a GPU, or
   * ml.trn1.2xlarge for one that requires AWS Neuron
   */
  readonly resources?: TrainingResources;

  /**
   * The hyperparameter values as strings. They are validated with the hyperparameter definitions of the algorithm.
   *
   * @default - the default values of the algorithm
   */
  readonly hyperparameters?: { [name: string]: string };

  /**
   * The S3 location of the training output.
   *
   * @default - a new bucket, which is retained
   */
  readonly output?: TrainingOutput;

  /**
   * The maximum run time of the job.
   *
   * @default - the time that the deployment waits, minus 30 minutes
   */
  readonly maxRuntime?: Duration;

  /**
   * How long the deployment waits for the job.
   *
   * @default - waits for the maximum run time of the job and 30 more minutes, in total at most 12 hours
   */
  readonly wait?: JobWait;

  /**
   * Whether training runs on Spot Instances (managed spot training).
   *
   * @default false
   */
  readonly useSpotInstances?: boolean;

  /**
   * The maximum time to wait for Spot Instances, including the run time. Requires `useSpotInstances`.
   *
   * @default - `maxRuntime`
   */
  readonly maxWaitTime?: Duration;

  /**
   * The S3 location of checkpoints, from which an interrupted job resumes.
   *
   * @default - no checkpoints
   */
  readonly checkpoints?: CheckpointOptions;

  /**
   * The execution role. It is granted the permissions that the job requires.
   *
   * @default - a new role with least-privilege permissions
   */
  readonly role?: iam.IRole;

  /**
   * An arbitrary text. Change it to run a new job when only the content of the training data has changed.
   *
   * @default - no revision
   */
  readonly revision?: string;
}

/** Options for the model package of a `ByoAlgorithm`. */
export interface ByoRegistryOptions {
  /**
   * The model package group in which the model is registered as a version.
   *
   * @default - a new model package group
   */
  readonly group?: IModelPackageGroup;

  /**
   * The approval status of the version. A version that is not approved has no model and no endpoint.
   *
   * @default ModelApprovalStatus.APPROVED
   */
  readonly approvalStatus?: ModelApprovalStatus;

  /**
   * The description of the version, at most 1024 characters.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * The custom metadata of the version.
   *
   * @default - no metadata
   */
  readonly customerMetadata?: { [key: string]: string };

  /**
   * The commit ID of the source code, at most 256 characters, which is recorded as the custom metadata `commitId`. A changed commit alone
   * updates the version in place.
   *
   * @default - no commit ID
   */
  readonly commitId?: string;
}

/** Options for the model of a `ByoAlgorithm`. */
export interface ByoModelOptions {
  /**
   * The environment variables of the container, in addition to those of the inference specification.
   *
   * @default - no additional environment variables
   */
  readonly environment?: { [name: string]: string };

  /**
   * The execution role. It is granted the permissions that the model requires.
   *
   * @default - a new role with least-privilege permissions
   */
  readonly role?: iam.IRole;
}

/** Network options for training and hosting of a `ByoAlgorithm`. */
export interface ByoNetworkOptions {
  /** The VPC that the containers run in. */
  readonly vpc: ec2.IVpc;

  /**
   * The subnets that the containers run in.
   *
   * @default - private subnets with egress
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the containers, 1 to 5.
   *
   * @default - a new security group for each stage
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/** Options for scaling the endpoint of a `ByoAlgorithm`. */
export interface ByoScalingOptions extends VariantScalingOptions, InvocationScalingOptions {}

/** Options for the endpoint of a `ByoAlgorithm`. */
export interface ByoEndpointOptions {
  /** The instance type. */
  readonly instanceType: InstanceType;

  /**
   * The initial number of instances.
   *
   * @default 1
   */
  readonly instanceCount?: number;

  /**
   * Automatic scaling of the number of instances: on the number of invocations, or on the backlog for asynchronous
   * inference. The target backlog is the number of requests that an instance processes in a minute, multiplied by
   * `safetyFactor`.
   *
   * @default - no scaling
   */
  readonly scaling?: ByoScalingOptions;

  /**
   * Whether to create alarms on 5xx responses and on model errors, which also roll back updates.
   *
   * @default true
   */
  readonly alarms?: boolean;

  /**
   * The actions that run when an alarm goes into ALARM.
   *
   * @default - only the rollback of an update in progress
   */
  readonly alarmActions?: cloudwatch.IAlarmAction[];

  /**
   * The deployment policy for updates of the endpoint.
   *
   * @default - if `alarms` is true, canary traffic shifting for several instances, and all-at-once traffic shifting
   * with a baking period of 5 minutes for a single one; otherwise, the service default
   */
  readonly deployment?: DeploymentPolicy;

  /**
   * The name of the endpoint.
   *
   * @default - derived from the construct path
   */
  readonly endpointName?: string;

  /**
   * The capture of requests and responses.
   *
   * @default - no data capture
   */
  readonly dataCapture?: DataCaptureOptions;

  /**
   * The configuration of asynchronous inference.
   *
   * @default - real-time inference
   */
  readonly asyncInference?: AsyncInferenceOptions;

  /**
   * The KMS key that encrypts the storage volumes of the instances. Not supported for instance types with local storage.
   *
   * @default - `encryptionKey` of the `ByoAlgorithm`
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The log group of the endpoint.
   *
   * @default - a log group with a retention of 3 months, which is deleted with the stack
   */
  readonly logs?: EndpointLogsOptions;

  /**
   * Whether the endpoint is deployed. When disabled, only the model and the endpoint configuration remain, which incur
   * no costs.
   *
   * @default true
   */
  readonly enabled?: boolean;
}
