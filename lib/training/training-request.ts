import { type Duration, aws_ec2 as ec2, type aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Algorithm, type IAlgorithm } from '../algorithm/algorithm';
import { defaultInputMode, renderInputs } from '../algorithm/specification-compatibility';
import type { TrainingOutput } from '../common/training-output';
import type { ContainerImageConfig } from '../image/image-options';
import type { JobRequest } from '../private/job-request';
import { sortedMap } from '../private/sorted-entries';
import { checkRegistryAccess, vpcAccess } from '../private/vpc-access';
import type { TrainingOptions } from './training-options';

/** The members that the requests of training jobs and of the definitions of tuning jobs have in common. */
type TrainingRequest = Omit<
  JobRequest<'training'>,
  'HyperParameters' | 'StoppingCondition' | 'AlgorithmSpecification'
> & {
  readonly StoppingCondition: NonNullable<JobRequest<'training'>['StoppingCondition']>;
  readonly AlgorithmSpecification: AlgorithmSource;
};
type AlgorithmSource = NonNullable<JobRequest<'training'>['AlgorithmSpecification']>;

/** The request, and the part of it that forms the job identity. Members are named as in the API. */
export interface RenderedTraining {
  readonly request: TrainingRequest;
  readonly identity: object;
  readonly connections?: ec2.Connections;
}

/** The context in which a job is rendered. */
export interface TrainingContext {
  readonly role: iam.IRole;
  readonly output: TrainingOutput;
  readonly maxRuntime: Duration;

  /** The entrypoint and arguments, which only training jobs that run an image have. */
  readonly container?: Pick<AlgorithmSource, 'ContainerEntrypoint' | 'ContainerArguments'>;
}

/** Renders what a training job and a definition of a tuning job have in common: everything except hyperparameters and name. */
export function renderTraining(scope: Construct, options: TrainingOptions, context: TrainingContext): RenderedTraining {
  const { role, output, maxRuntime, container } = context;
  const { algorithm, vpc, resources } = options;
  const image = options.image?.bind(scope, role);
  const source = { ...renderSource(scope, options, role, image), ...container };
  const { s3OutputPath, kmsKeyId, compression } = output.bind(role);
  const access = vpc && vpcAccess(scope, role, vpc, options.vpcSubnets, options.securityGroups);
  if (access !== undefined && image?.registryAccess?.credentialsProviderArn !== undefined) {
    checkRegistryAccess(scope, access);
  }
  // Distributed training communicates on any port.
  access?.connections.allowInternally(ec2.Port.allTraffic(), 'Instances of one training job');

  const shared = {
    InputDataConfig: renderInputs(scope, role, options.inputs ?? {}, algorithm?.specification),
    OutputDataConfig: { S3OutputPath: s3OutputPath, KmsKeyId: kmsKeyId, CompressionType: compression },
    Environment: sortedMap(options.environment),
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
      // The service rejects a job with an algorithm from AWS Marketplace and without network isolation.
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

/** The part of the algorithm or the image that belongs to the job identity. */
function identityOf(source: AlgorithmSource, algorithm?: IAlgorithm, image?: ContainerImageConfig): object {
  if (algorithm instanceof Algorithm) return { ...source, AlgorithmName: algorithm._trainingIdentity };
  return image?.identity === undefined ? source : { ...source, TrainingImage: image.identity };
}

function renderLimits(
  { useSpotInstances, maxWaitTime, maxPendingTime, maxRetryAttempts }: TrainingOptions,
  maxRuntime: Duration,
): Pick<TrainingRequest, 'StoppingCondition' | 'EnableManagedSpotTraining' | 'RetryStrategy'> {
  return {
    StoppingCondition: {
      MaxRuntimeInSeconds: maxRuntime.toSeconds(),
      MaxWaitTimeInSeconds: useSpotInstances === true ? (maxWaitTime ?? maxRuntime).toSeconds() : undefined,
      MaxPendingTimeInSeconds: maxPendingTime?.toSeconds(),
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
    // An algorithm of this app is referenced by its name: a CloudFormation export in use could not be replaced.
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
