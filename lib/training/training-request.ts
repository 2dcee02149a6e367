import { type Duration, aws_ec2 as ec2, type aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Algorithm } from '../algorithm/algorithm';
import { defaultInputMode, renderInputs } from '../algorithm/specification-compatibility';
import type { TrainingOutput } from '../common/training-output';
import type { ContainerImageConfig } from '../image/image-options';
import { vpcAccess } from '../private/vpc-access';
import type { TrainingOptions } from './training-options';

/** What the service is asked for, and what of it decides the artifact. Members are named as in the API. */
export interface RenderedTraining {
  readonly request: Record<string, unknown>;
  readonly identity: Record<string, unknown>;
  readonly connections?: ec2.Connections;
}

interface Bound {
  readonly role: iam.IRole;
  readonly output: TrainingOutput;
  readonly maxRuntime: Duration;

  /** What only jobs that run an image say of it. */
  readonly container?: Record<string, unknown>;
}

/** What a training job and a definition of a tuning job have in common: all but hyperparameters and name. */
export function renderTraining(scope: Construct, options: TrainingOptions, bound: Bound): RenderedTraining {
  const { role, output, maxRuntime } = bound;
  const { algorithm, vpc, resources } = options;
  const image = options.image?.bind(scope, role);
  const source = { ...renderSource(scope, options, role, image), ...bound.container };
  const { s3OutputPath, kmsKeyId, compression } = output.bind(role);
  const access = vpc && vpcAccess(scope, role, vpc, options.vpcSubnets, options.securityGroups);
  // Instances of one job talk to each other on any port.
  access?.connections.allowInternally(ec2.Port.allTraffic(), 'Instances of one training job');

  const shared = {
    InputDataConfig: renderInputs(scope, role, options.inputs ?? {}, algorithm?.specification),
    OutputDataConfig: { S3OutputPath: s3OutputPath, KmsKeyId: kmsKeyId, CompressionType: compression },
    Environment: options.environment,
    CheckpointConfig: renderCheckpoints(options, role),
  };
  return {
    request: {
      ...shared,
      AlgorithmSpecification: source,
      RoleArn: role.roleArn,
      ResourceConfig: resources._bind(role),
      StoppingCondition: {
        MaxRuntimeInSeconds: maxRuntime.toSeconds(),
        MaxWaitTimeInSeconds: options.useSpotInstances ? (options.maxWaitTime ?? maxRuntime).toSeconds() : undefined,
      },
      EnableManagedSpotTraining: options.useSpotInstances || undefined,
      RetryStrategy: options.maxRetryAttempts && { MaximumRetryAttempts: options.maxRetryAttempts },
      VpcConfig: access && { SecurityGroupIds: access.securityGroupIds, Subnets: access.subnetIds },
      // The service refuses to run what comes from AWS Marketplace with a network.
      EnableNetworkIsolation: options.networkIsolation ?? (algorithm?.isMarketplaceProduct || undefined),
      EnableInterContainerTrafficEncryption: options.encryptInterContainerTraffic,
    },
    identity: {
      ...shared,
      AlgorithmSpecification:
        algorithm instanceof Algorithm
          ? { ...source, AlgorithmName: algorithm._trainingHalf }
          : { ...source, ...(image?.identity === undefined ? {} : { TrainingImage: image.identity }) },
      ResourceConfig: resources._instances,
    },
    connections: access?.connections,
  };
}

function renderSource(
  scope: Construct,
  options: TrainingOptions,
  role: iam.IRole,
  image?: ContainerImageConfig,
): Record<string, unknown> {
  const { algorithm, inputs = {}, metrics } = options;
  const TrainingInputMode = defaultInputMode(inputs, algorithm?.specification);
  if (algorithm !== undefined) {
    // It is verified where the algorithm is made.
    algorithm.specification?.images.training._unverified.bind(scope, role);
    // An own algorithm is named, in whatever stack it is: a name is no export that would stand in the way of another one.
    const AlgorithmName = algorithm instanceof Algorithm ? algorithm.algorithmName : algorithm.algorithmArn;
    return { AlgorithmName, TrainingInputMode };
  }
  const { imageUri, registryAccess } = image ?? {};
  return {
    TrainingImage: imageUri,
    TrainingImageConfig: registryAccess && {
      TrainingRepositoryAccessMode: 'Vpc',
      TrainingRepositoryAuthConfig: registryAccess.credentialsProviderArn && {
        TrainingRepositoryCredentialsProviderArn: registryAccess.credentialsProviderArn,
      },
    },
    TrainingInputMode,
    MetricDefinitions: metrics?.map(({ name, regex }) => ({ Name: name, Regex: regex })),
  };
}

function renderCheckpoints({ checkpoints }: TrainingOptions, role: iam.IRole): object | undefined {
  if (checkpoints === undefined) return undefined;
  const { location, localPath } = checkpoints;
  location.grantReadWrite(role);
  return { S3Uri: location.uri, LocalPath: localPath };
}
