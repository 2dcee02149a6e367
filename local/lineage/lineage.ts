import { DescribeModelPackageCommand, type DescribeModelPackageOutput } from '@aws-sdk/client-sagemaker';
import { type Clients, clientsFor } from './clients';
import { type ExecutionLineage, executionOf } from './execution';
import { type Fact, isDenied, isNotFound } from './fact';
import { type TrainingLineage, trainingOf } from './training';
import { type VersionLineage, versionOf } from './version';

export interface LineageOptions {
  /** The ARN of a model package version, or of a model package without versions. */
  readonly modelPackageArn: string;

  /** The URL of another endpoint than that of AWS. */
  readonly endpointUrl?: string;
}

/** The lineage of a model package version. */
export interface Lineage extends VersionLineage {
  readonly trainingJob: Fact<TrainingLineage>;
  readonly execution: Fact<ExecutionLineage>;
}

/** The version cannot be described. */
export class LineageError extends Error {
  constructor(
    message: string,
    /** Whether the version does not exist. */
    public readonly isNotFound = false,
  ) {
    super(message);
  }
}

/**
 * Follows what a version, its training job and its execution refer to. A part that is unknown contains the reason.
 *
 * @throws LineageError if the version cannot be described
 */
export async function lineageOf({ modelPackageArn, endpointUrl }: LineageOptions): Promise<Lineage> {
  const clients = clientsFor(modelPackageArn.split(':')[3], endpointUrl);
  const version = versionOf(await describe(modelPackageArn, clients, endpointUrl));
  const [trainingJob, execution] = await Promise.all([
    trainingOf(version, clients),
    executionOf(version, clients.stepFunctions),
  ]);
  return { ...version, trainingJob, execution };
}

async function describe(
  ModelPackageName: string,
  { sagemaker }: Clients,
  endpointUrl?: string,
): Promise<DescribeModelPackageOutput> {
  try {
    return await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName }));
  } catch (error) {
    throw described(ModelPackageName, error as Error, endpointUrl);
  }
}

/** The error about a version that cannot be described, with what the user can do. */
function described(arn: string, error: Error, endpointUrl?: string): LineageError {
  const [, , , region, account] = arn.split(':');
  const { name, message } = error;
  if (isDenied(error))
    return new LineageError(`No permission for sagemaker:DescribeModelPackage on ${arn}: ${message}`);
  if (name === 'CredentialsProviderError') {
    const { AWS_PROFILE: profile = '' } = process.env;
    const cause = profile === '' ? 'Set AWS_PROFILE or' : `The profile "${profile}" of AWS_PROFILE has none. Set`;
    return new LineageError(
      `No AWS credentials were found: ${message}. ${cause} other credentials of account ${account}, or use the local service: ` +
        '`byoa local run -- byoa lineage ARN`.',
    );
  }
  if (/ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch/.test(name)) {
    return new LineageError(
      `AWS rejects the credentials: ${message}. Refresh them, for example with \`aws sso login\`.`,
    );
  }
  if (isNotFound(error)) {
    return new LineageError(
      `${arn} does not exist in account ${account} and region ${region}. The versions of a group: ` +
        `aws sagemaker list-model-packages --model-package-group-name ${groupOf(arn)} --region ${region}`,
      true,
    );
  }
  const code = (error as NodeJS.ErrnoException).code ?? name;
  const { AWS_ENDPOINT_URL = '' } = process.env;
  const endpoint = endpointUrl ?? AWS_ENDPOINT_URL;
  const fix =
    endpoint === ''
      ? ''
      : `. The endpoint is ${endpoint}: start its service, or change --endpoint-url or AWS_ENDPOINT_URL`;
  return new LineageError(`${arn} cannot be described (${code}): ${message}${fix}`);
}

function groupOf(arn: string): string {
  return arn.split('/')[1];
}
