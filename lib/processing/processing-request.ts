import { aws_ec2 as ec2, type aws_iam as iam, type aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { renderExperiment } from '../common/experiment';
import { S3Location } from '../common/s3-location';
import { ARTIFACT_BUCKET, newArtifactBucket } from '../private/artifact-bucket';
import type { JobRequest } from '../private/job-request';
import { sortedEntries, sortedMap } from '../private/sorted-entries';
import { type VpcAccess, vpcAccess } from '../private/vpc-access';
import type { ProcessingOptions } from './processing-options';
import type { ProcessingOutput } from './processing-output';
import { DEFAULT_MAX_RUNTIME } from './processing-validation';

/** The key prefix of outputs in a new bucket. */
const OUTPUT_PREFIX = 'processing';

/** The request, and the part of it that forms the job identity. Members are named as in the API. */
export interface RenderedProcessing {
  readonly request: JobRequest<'processing'>;
  readonly identity: object;
  readonly connections?: ec2.Connections;

  /** The S3 locations of the outputs by their names. */
  readonly outputs: { readonly [name: string]: S3Location };
}

/**
 * Renders the request of a processing job, and grants its role the permissions that it needs.
 *
 * @param folder the folder of outputs that are stored in a new bucket, which must differ between jobs
 */
export function renderProcessing(
  scope: Construct,
  options: ProcessingOptions,
  role: iam.IRole,
  folder: string,
): RenderedProcessing {
  const { vpc, resources, environment, entrypoint, arguments: args, outputEncryptionKey } = options;
  const image = options.image.bind(scope, role);
  const access = vpc && vpcAccess(scope, role, vpc, options.vpcSubnets, options.securityGroups);
  // The containers of several instances communicate on any port.
  access?.connections.allowInternally(ec2.Port.allTraffic(), 'Instances of one processing job');
  const inputs = sortedEntries(options.inputs ?? {}).map(([name, input]) => input._bind(scope, name, role));
  const outputs = locationsOf(scope, options.outputs ?? {}, role, folder);
  // A multipart upload requires permission to decrypt its parts.
  outputEncryptionKey?.grantEncryptDecrypt(role);

  const shared = { ProcessingInputs: inputs.length === 0 ? undefined : inputs, Environment: sortedMap(environment) };
  const container = { ContainerEntrypoint: entrypoint, ContainerArguments: args };
  return {
    request: {
      ...shared,
      AppSpecification: { ImageUri: image.imageUri, ...container },
      ProcessingOutputConfig: renderOutputs(options, (name) => outputs[name]._folderUri),
      RoleArn: role.roleArn,
      ProcessingResources: { ClusterConfig: resources._bind(role) },
      StoppingCondition: { MaxRuntimeInSeconds: (options.maxRuntime ?? DEFAULT_MAX_RUNTIME).toSeconds() },
      NetworkConfig: renderNetwork(options, access),
      ExperimentConfig: renderExperiment(options.experiment),
    },
    identity: {
      ...shared,
      AppSpecification: { ImageUri: image.identity ?? image.imageUri, ...container },
      ProcessingOutputConfig: renderOutputs(options, (_, output) => output._location?._folderUri),
      ProcessingResources: { ClusterConfig: resources._instances },
    },
    connections: access?.connections,
    outputs,
  };
}

/** The S3 locations of the outputs, which the role is permitted to write to. */
function locationsOf(
  scope: Construct,
  outputs: { [name: string]: ProcessingOutput },
  role: iam.IRole,
  folder: string,
): Record<string, S3Location> {
  const locations = sortedEntries(outputs).map(([name, { _location, _parent }]): [string, S3Location] => {
    const parent = _location ?? _parent ?? S3Location.fromBucket(artifactBucket(scope), OUTPUT_PREFIX);
    parent.bucket.encryptionKey?.grantEncryptDecrypt(role);
    // The permission does not contain the folder, so that the policy does not change with each job.
    parent.grantWrite(role);
    return [name, _location ?? S3Location.fromBucket(parent.bucket, [parent.keyPrefix, folder, name].join('/'))];
  });
  return Object.fromEntries(locations);
}

/** The bucket for artifacts of a scope, which several outputs share. */
function artifactBucket(scope: Construct): s3.IBucket {
  return (scope.node.tryFindChild(ARTIFACT_BUCKET) as s3.IBucket | undefined) ?? newArtifactBucket(scope);
}

function renderOutputs(
  { outputs = {}, outputEncryptionKey }: ProcessingOptions,
  uriOf: (name: string, output: ProcessingOutput) => string | undefined,
): JobRequest<'processing'>['ProcessingOutputConfig'] {
  const entries = sortedEntries(outputs);
  if (entries.length === 0) return undefined;
  return {
    Outputs: entries.map(([name, output]) => output._render(name, uriOf(name, output))),
    KmsKeyId: outputEncryptionKey?.keyArn,
  };
}

function renderNetwork(
  { networkIsolation, encryptInterContainerTraffic }: ProcessingOptions,
  access?: VpcAccess,
): JobRequest<'processing'>['NetworkConfig'] {
  if (networkIsolation === undefined && encryptInterContainerTraffic === undefined && access === undefined) return;
  return {
    EnableNetworkIsolation: networkIsolation,
    EnableInterContainerTrafficEncryption: encryptInterContainerTraffic,
    VpcConfig: access && { SecurityGroupIds: access.securityGroupIds, Subnets: access.subnetIds },
  };
}
