import { DescribeModelPackageCommand, ListModelPackagesCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker';

/** A version of a model package group. */
export interface Version {
  readonly arn: string;
  readonly isApproved: boolean;
}

export interface DescribedVersion extends Version {
  readonly metadata: Record<string, string>;
}

type Client = Pick<SageMakerClient, 'send'>;

/** The newest approved version of a group, if any. The list can lag behind, so that each version is described. */
export async function newestApproved(
  ModelPackageGroupName: string,
  sagemaker: Client,
): Promise<DescribedVersion | undefined> {
  let NextToken: string | undefined;
  do {
    const page = await sagemaker.send(
      new ListModelPackagesCommand({
        ModelPackageGroupName,
        ModelApprovalStatus: 'Approved',
        SortBy: 'CreationTime',
        SortOrder: 'Descending',
        NextToken,
      }),
    );
    const arns = (page.ModelPackageSummaryList ?? []).map(({ ModelPackageArn = '' }) => ModelPackageArn);
    for (const arn of arns.sort((a, b) => numberOf(b) - numberOf(a))) {
      const version = await describeVersion(arn, sagemaker);
      if (version?.isApproved === true) return version;
    }
    // The page of a filtered list can be empty.
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return undefined;
}

/** The number of a version, by which the versions of a group are ordered. */
export function numberOf(arn: string): number {
  return Number(/\/(\d+)$/.exec(arn)?.[1] ?? 0);
}

/** Describes a version. Undefined if it was deleted. */
export async function describeVersion(
  ModelPackageName: string,
  sagemaker: Client,
): Promise<DescribedVersion | undefined> {
  try {
    const found = await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName }));
    return {
      arn: found.ModelPackageArn ?? ModelPackageName,
      isApproved: found.ModelApprovalStatus === 'Approved',
      metadata: found.CustomerMetadataProperties ?? {},
    };
  } catch (error) {
    if (isMissingVersion(error as Error)) return undefined;
    throw error;
  }
}

/** Whether a request has failed because a version was deleted. */
export function isMissingVersion({ message }: Error): boolean {
  return /does not exist|not found/i.test(message);
}
