import {
  DescribeAlgorithmCommand,
  DescribeTrainingJobCommand,
  type DescribeTrainingJobResponse,
  ListTagsCommand,
  type SageMakerClient,
  type Tag,
} from '@aws-sdk/client-sagemaker';
import { decimalOf } from '../contract/records';
import type { Clients } from './clients';
import { type Fact, isMissing, isNotFound, missing, reasonOf, requested } from './fact';
import { type ImageLineage, imageOf } from './image';
import { type InputsLineage, inputsOf } from './inputs';
import type { VersionLineage } from './version';

/** The training job that has made the model of a version. */
export interface TrainingLineage {
  readonly trainingJobName: string;
  readonly trainingJobArn: string;
  readonly status: string;
  readonly createdAt?: string;
  readonly endedAt?: string;

  /** The tuning job whose best training job it is. */
  readonly tuningJobArn?: string;
  readonly algorithm?: string;
  readonly image: Fact<ImageLineage>;
  readonly instances: string;
  readonly role?: string;
  readonly hyperparameters: Record<string, string>;
  readonly metrics: Record<string, number>;
  readonly inputs: InputsLineage;
  readonly modelArtifact?: string;
}

/**
 * The training job of a version: the one that is recorded, or the one whose name is part of the URI of the model data and which has
 * written this model data.
 */
export async function trainingOf(version: VersionLineage, clients: Clients): Promise<Fact<TrainingLineage>> {
  const recorded = recordedJob(version);
  const name = recorded ?? jobInUri(version.containers[0]?.modelDataUrl);
  if (name === undefined) {
    return missing(
      'not recorded: the version was not registered by a workflow, and its model data is not that of a training job',
    );
  }
  const job = await described(name, clients.sagemaker);
  if (isMissing(job)) return job;
  const written = version.containers.map(({ modelDataUrl }) => modelDataUrl);
  const isProven = written.includes(job.ModelArtifacts?.S3ModelArtifacts);
  if (recorded === undefined && !isProven) {
    return missing(`not recorded: the training job ${name} exists, but has not written the model data of the version`);
  }
  const [account, own] = [accountOfJob(version), accountOf(job.TrainingJobArn)];
  return isProven || account === own
    ? lineageOfJob(name, job, version, clients)
    : missing(`the training job ${name} is in account ${account}, and the credentials are of account ${own}`);
}

/** The same stack has jobs of the same name in another account, and the name in a request is that of a job in the account of the credentials. */
function accountOfJob({ generatedBy = '', modelPackageArn }: VersionLineage): string | undefined {
  return accountOf(generatedBy.includes(':training-job/') ? generatedBy : modelPackageArn);
}

function accountOf(arn = ''): string | undefined {
  return arn.split(':')[4];
}

/** The name that a workflow has recorded, or that of `metadata.generatedBy`. */
function recordedJob({ metadata, generatedBy = '' }: VersionLineage): string | undefined {
  return metadata.trainingJob ?? /:training-job\/(.+)$/.exec(generatedBy)?.[1];
}

function jobInUri(uri = ''): string | undefined {
  return /\/([^/]+)\/output\/model(?:\.tar\.gz|\/)$/.exec(uri)?.[1];
}

async function described(
  TrainingJobName: string,
  sagemaker: SageMakerClient,
): Promise<Fact<DescribeTrainingJobResponse>> {
  try {
    return await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
  } catch (error) {
    return isNotFound(error as Error)
      ? missing(
          `the training job ${TrainingJobName} does not exist in the region of the version and the account of the credentials`,
        )
      : missing(reasonOf('sagemaker:DescribeTrainingJob', error as Error));
  }
}

async function lineageOfJob(
  trainingJobName: string,
  job: DescribeTrainingJobResponse,
  version: VersionLineage,
  clients: Clients,
): Promise<TrainingLineage> {
  const { TrainingJobArn = '', AlgorithmSpecification: source, CreationTime } = job;
  const tags = await requested('sagemaker:ListTags', () => tagsOf(TrainingJobArn, clients.sagemaker));
  const uri = source?.TrainingImage ?? (await imageOfAlgorithm(source?.AlgorithmName, clients.sagemaker));
  const registered = new Map(
    version.containers.flatMap(({ image, digest }) => (isMissing(digest) ? [] : [[image, digest]])),
  );
  return {
    trainingJobName,
    trainingJobArn: TrainingJobArn,
    status: job.TrainingJobStatus ?? '',
    createdAt: CreationTime?.toISOString(),
    endedAt: job.TrainingEndTime?.toISOString(),
    tuningJobArn: job.TuningJobArn,
    algorithm: source?.AlgorithmName,
    image: isMissing(uri) ? uri : await imageOf(uri, { registered, usedAt: CreationTime, ecr: clients.ecr }),
    instances: instancesOf(job),
    role: job.RoleArn,
    hyperparameters: job.HyperParameters ?? {},
    metrics: metricsOf(job),
    inputs: await inputsOf(job, tags, clients.s3),
    modelArtifact: job.ModelArtifacts?.S3ModelArtifacts,
  };
}

async function tagsOf(ResourceArn: string, sagemaker: SageMakerClient): Promise<Tag[]> {
  const tags: Tag[] = [];
  let NextToken: string | undefined;
  do {
    const page = await sagemaker.send(new ListTagsCommand({ ResourceArn, NextToken }));
    tags.push(...(page.Tags ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return tags;
}

/** A job of an algorithm runs the image of the algorithm. */
async function imageOfAlgorithm(AlgorithmName: string | undefined, sagemaker: SageMakerClient): Promise<Fact<string>> {
  if (AlgorithmName === undefined) return missing('the job has neither an image nor an algorithm');
  try {
    const { TrainingSpecification } = await sagemaker.send(new DescribeAlgorithmCommand({ AlgorithmName }));
    return (
      TrainingSpecification?.TrainingImage ?? missing(`the image of the algorithm ${AlgorithmName} is not visible`)
    );
  } catch (error) {
    return isNotFound(error as Error)
      ? missing(`the algorithm ${AlgorithmName} does not exist any more`)
      : missing(reasonOf('sagemaker:DescribeAlgorithm', error as Error));
  }
}

function instancesOf({
  ResourceConfig: { InstanceType, InstanceCount, InstanceGroups } = {},
}: DescribeTrainingJobResponse): string {
  const groups = InstanceGroups ?? [{ InstanceType, InstanceCount }];
  return groups.map((group) => `${group.InstanceCount ?? 1} × ${group.InstanceType}`).join(', ');
}

function metricsOf({ FinalMetricDataList = [] }: DescribeTrainingJobResponse): Record<string, number> {
  return Object.fromEntries(
    FinalMetricDataList.map(({ MetricName = '', Value = NaN }) => [MetricName, decimalOf(Value)]),
  );
}
