import { DescribeModelPackageCommand, ListModelPackagesCommand } from '@aws-sdk/client-sagemaker';
import { type Deadline, isTransient, retry } from '../shared/retry';
import type { Dependencies } from './dependencies';

/** The prefix of the metadata key under which a version is registered with the metric of the gate. */
const METRIC = 'metric:';

/** A version of a model package group. */
export interface Version {
  readonly arn: string;
  readonly metadata: Record<string, string>;
}

/** The newest approved version of a group, if any. */
export async function newestApproved(
  ModelPackageGroupName: string,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<Version | undefined> {
  const { sagemaker } = dependencies;
  return retry(dependencies, deadline, isTransient, async () => {
    let arn: string | undefined;
    let NextToken: string | undefined;
    do {
      const page = await sagemaker.send(
        new ListModelPackagesCommand({
          ModelPackageGroupName,
          ModelApprovalStatus: 'Approved',
          SortBy: 'CreationTime',
          SortOrder: 'Descending',
          MaxResults: 1,
          NextToken,
        }),
      );
      arn = page.ModelPackageSummaryList?.at(0)?.ModelPackageArn;
      NextToken = page.NextToken;
      // The page of a filtered list can be empty.
    } while (arn === undefined && NextToken !== undefined);
    if (arn === undefined) return undefined;
    const { CustomerMetadataProperties = {} } = await sagemaker.send(
      new DescribeModelPackageCommand({ ModelPackageName: arn }),
    );
    return { arn, metadata: CustomerMetadataProperties };
  });
}

export function metricKey(metric: string): string {
  return `${METRIC}${metric}`;
}

/** The metric with which a version was registered. */
export function metricOf({ metadata }: Version, metric: string): number | undefined {
  const text = metadata[metricKey(metric)];
  return text === undefined || text.trim() === '' ? undefined : Number(text);
}
