import { type Duration, aws_ec2 as ec2, type aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Algorithm, type IAlgorithm } from '../algorithm/algorithm';
import { defaultInputMode, renderInputs } from '../algorithm/specification-compatibility';
import type { TrainingOutput } from '../common/training-output';
import type { ContainerImageConfig } from '../image/image-options';
import type { JobRequest } from '../private/job-request';
import { vpcAccess } from '../private/vpc-access';
import type { TrainingOptions } from './training-options';

/** The members that the requests for training jobs and for definitions of tuning jobs have in common. */
type TrainingRequest = Omit<
  JobRequest<'training'>,
  'HyperParameters' | 'StoppingCondition' | 'AlgorithmSpecification'
> & {
  readonly StoppingCondition: NonNullable<JobRequest<'training'>['StoppingCondition']>;
  readonly AlgorithmSpecification: AlgorithmSource;
};
type AlgorithmSource = NonNullable<JobRequest<'training'>['AlgorithmSpecification']>;

/** What the service is asked for, and what of it decides the artifact. Members are named as in the API. */
export interface RenderedTraining {
  readonly request: TrainingRequest;
  readonly identity: object;
  readonly connections?: ec2.Connections;
}

interface Bound {
  readonly role: iam.IRole;
  readonly output: TrainingOutput;
  readonly maxRuntime: Duration;

  /** What only jobs that run an image say of it. */
  readonly container?: Pick<AlgorithmSource, 'ContainerEntrypoint' | 'ContainerArguments'>;
}

/** Renders what a training job and a definition of a tuning job have in common: all but hyperparameters and name. */
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
      ...renderLimits(options, maxRuntime),
      VpcConfig: access && { SecurityGroupIds: access.securityGroupIds, Subnets: access.subnetIds },
      // The service refuses to run an algorithm from AWS Marketplace with a network.
      EnableNetworkIsolation: options.networkIsolation ?? (algorithm?.isMarketplaceProduct || undefined),
      EnableInterContainerTrafficEncryption: options.encryptInterContainerTraffic,
    },
    identity: {
      ...shared,
      AlgorithmSpecification: identityOf(source, algorithm, image),
      ResourceConfig: resources._instances,
    },
    connections: access?.connections,
  };
}

/** The algorithm or the image as far as it decides the result. */
function identityOf(source: AlgorithmSource, algorithm?: IAlgorithm, image?: ContainerImageConfig): object {
  if (algorithm instanceof Algorithm) return { ...source, AlgorithmName: algorithm._trainingHalf };
  return image?.identity === undefined ? source : { ...source, TrainingImage: image.identity };
}

function renderLimits(
  { useSpotInstances, maxWaitTime, maxRetryAttempts }: TrainingOptions,
  maxRuntime: Duration,
): Pick<TrainingRequest, 'StoppingCondition' | 'EnableManagedSpotTraining' | 'RetryStrategy'> {
  return {
    StoppingCondition: {
      MaxRuntimeInSeconds: maxRuntime.toSeconds(),
      MaxWaitTimeInSeconds: useSpotInstances === true ? (maxWaitTime ?? maxRuntime).toSeconds() : undefined,
    },
    EnableManagedSpotTraining: useSpotInstances || undefined,
    RetryStrategy: maxRetryAttempts === undefined ? undefined : { MaximumRetryAttempts: maxRetryAttempts },
  };
}

function renderSource(
  scope: Construct,
  options: TrainingOptions,
  role: iam.IRole,
  image?: ContainerImageConfig,
): AlgorithmSource {
  const { algorithm, inputs = {}, metrics } = options;
  const TrainingInputMode = defaultInputMode(inputs, algorithm?.specification);
  if (algorithm !== undefined) {
    // The stack that creates the algorithm verifies its image.
    algorithm.specification?.images.training._unverified.bind(scope, role);
    // An algorithm of this app is named, in whatever stack it is: an export in use could not be replaced.
    const AlgorithmName = algorithm instanceof Algorithm ? algorithm.algorithmName : algorithm.algorithmArn;
    return { AlgorithmName, TrainingInputMode };
  }
  const { imageUri, registryAccess } = image ?? {};
  const credentialsProvider = registryAccess?.credentialsProviderArn;
  return {
    TrainingImage: imageUri,
    TrainingImageConfig: registryAccess && {
      TrainingRepositoryAccessMode: 'Vpc',
      TrainingRepositoryAuthConfig:
        credentialsProvider === undefined
          ? undefined
          : { TrainingRepositoryCredentialsProviderArn: credentialsProvider },
    },
    TrainingInputMode,
    MetricDefinitions: metrics?.map(({ name, regex }) => ({ Name: name, Regex: regex })),
  };
}

function renderCheckpoints({ checkpoints }: TrainingOptions, role: iam.IRole): TrainingRequest['CheckpointConfig'] {
  if (checkpoints === undefined) return undefined;
  const { location, localPath } = checkpoints;
  location.grantReadWrite(role);
  return { S3Uri: location.uri, LocalPath: localPath };
}
