import { type Duration, aws_ec2 as ec2, type aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Algorithm } from '../algorithm/algorithm';
import { InputMode } from '../common/input-mode';
import type { TrainingOutput } from '../common/training-output';
import { vpcAccess } from '../private/vpc-access';
import type { TrainingJobProps } from './training-job';

/** What the service is asked for, and what of it decides the artifact. Members are named as in the API. */
export interface RenderedTrainingJob {
  readonly request: Record<string, unknown>;
  readonly identity: Record<string, unknown>;
  readonly connections?: ec2.Connections;
}

interface Bound {
  readonly role: iam.IRole;
  readonly output: TrainingOutput;
  readonly maxRuntime: Duration;
}

export function renderTrainingJob(scope: Construct, props: TrainingJobProps, bound: Bound): RenderedTrainingJob {
  const { role, output, maxRuntime } = bound;
  const { algorithm, vpc, resources } = props;
  const source = renderSource(scope, props, role);
  const { s3OutputPath, kmsKeyId, compression } = output.bind(role);
  const access = vpc && vpcAccess(scope, role, vpc, props.vpcSubnets, props.securityGroups);
  // Instances of one job talk to each other on any port.
  access?.connections.allowInternally(ec2.Port.allTraffic(), 'Instances of one training job');

  const shared = {
    HyperParameters: props.hyperparameters,
    InputDataConfig: renderInputs(scope, props, role),
    OutputDataConfig: { S3OutputPath: s3OutputPath, KmsKeyId: kmsKeyId, CompressionType: compression },
    Environment: props.environment,
    CheckpointConfig: renderCheckpoints(props, role),
  };
  const resourceConfig = resources._bind(role);
  const { InstanceType, InstanceCount } = resourceConfig;
  return {
    request: {
      ...shared,
      AlgorithmSpecification: source,
      RoleArn: role.roleArn,
      ResourceConfig: resourceConfig,
      StoppingCondition: {
        MaxRuntimeInSeconds: maxRuntime.toSeconds(),
        MaxWaitTimeInSeconds: props.spotMaxWait?.toSeconds(),
      },
      EnableManagedSpotTraining: props.spotMaxWait === undefined ? undefined : true,
      RetryStrategy: props.maxRetryAttempts && { MaximumRetryAttempts: props.maxRetryAttempts },
      VpcConfig: access && { SecurityGroupIds: access.securityGroupIds, Subnets: access.subnetIds },
      EnableNetworkIsolation: props.networkIsolation,
      EnableInterContainerTrafficEncryption: props.encryptInterContainerTraffic,
    },
    identity: {
      ...shared,
      AlgorithmSpecification:
        algorithm instanceof Algorithm ? { ...source, AlgorithmName: algorithm._trainingHalf } : source,
      ResourceConfig: { InstanceType, InstanceCount },
      Revision: props.revision,
    },
    connections: access?.connections,
  };
}

function renderSource(scope: Construct, props: TrainingJobProps, role: iam.IRole): Record<string, unknown> {
  const { algorithm, image, inputs = {} } = props;
  const modes = Object.keys(inputs).map((channel) => inputModeOf(props, channel));
  const TrainingInputMode = modes[0] ?? InputMode.FILE;
  if (algorithm !== undefined) {
    algorithm.specification?.images.training.bind(scope, role);
    // An own algorithm is named, in whatever stack it is: a name is no export that would stand in the way of another one.
    const AlgorithmName = algorithm instanceof Algorithm ? algorithm.algorithmName : algorithm.algorithmArn;
    return { AlgorithmName, TrainingInputMode };
  }
  return {
    TrainingImage: image?.bind(scope, role).imageUri,
    TrainingInputMode,
    ContainerEntrypoint: props.entrypoint,
    ContainerArguments: props.arguments,
    MetricDefinitions: props.metrics?.map(({ name, regex }) => ({ Name: name, Regex: regex })),
  };
}

function renderInputs(scope: Construct, props: TrainingJobProps, role: iam.IRole): object[] | undefined {
  const channels = Object.entries(props.inputs ?? {}).map(([ChannelName, input]) => {
    const { dataSource, options } = input.bind(scope, role);
    const { contentType, compression, recordIoWrapped, shuffleSeed } = options;
    return {
      ChannelName,
      DataSource: dataSource,
      ContentType: contentType,
      CompressionType: compression,
      RecordWrapperType: recordIoWrapped === true ? 'RecordIO' : undefined,
      InputMode: inputModeOf(props, ChannelName),
      ShuffleConfig: shuffleSeed === undefined ? undefined : { Seed: shuffleSeed },
    };
  });
  return channels.length > 0 ? channels : undefined;
}

/** The mode that the input asks for, or the first that the algorithm knows for the channel. */
export function inputModeOf({ algorithm, inputs = {} }: TrainingJobProps, channel: string): InputMode {
  const declared = algorithm?.specification?.channels.find(({ name }) => name === channel)?.inputModes[0];
  return inputs[channel].inputMode ?? declared ?? InputMode.FILE;
}

function renderCheckpoints({ checkpoints }: TrainingJobProps, role: iam.IRole): object | undefined {
  if (checkpoints === undefined) return undefined;
  const { bucket, prefix, localPath } = checkpoints;
  bucket.grantReadWrite(role, `${prefix}*`);
  return { S3Uri: bucket.s3UrlForObject(prefix), LocalPath: localPath };
}
