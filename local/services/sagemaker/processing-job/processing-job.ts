import type { CreateProcessingJobCommandInput, DescribeProcessingJobCommandOutput } from '@aws-sdk/client-sagemaker';
import type { Wire } from '../../wire/record';

export type ProcessingJobInput = Wire<CreateProcessingJobCommandInput>;

/** The record of a processing job, as DescribeProcessingJob returns it. */
export type ProcessingJob = Omit<Wire<DescribeProcessingJobCommandOutput>, '$metadata'> & {
  readonly ProcessingJobName: string;
  readonly ProcessingJobArn: string;
  readonly ProcessingJobStatus: string;
  readonly CreationTime: number;
};

type Cluster = NonNullable<NonNullable<ProcessingJobInput['ProcessingResources']>['ClusterConfig']>;

/** The instances of a job: those of the preferred type, if it has several. */
export function instancesOf(cluster: Partial<Cluster> = {}): { readonly type: string; readonly count: number } {
  const [preferred] = cluster.InstancePreferences ?? [];
  return {
    type: cluster.InstanceType ?? preferred?.InstanceType ?? '',
    count: cluster.InstanceCount ?? preferred?.InstanceCount ?? 1,
  };
}
