import type { DescribeModelPackageOutput, ModelPackageContainerDefinition } from '@aws-sdk/client-sagemaker';
import { type Fact, missing } from './fact';

/** A container of a version: its image and its model data. */
export interface ContainerLineage {
  readonly image: string;
  readonly digest: Fact<string>;
  readonly modelDataUrl?: string;
  readonly modelDataETag: Fact<string>;
}

/** A version as the model registry describes it. */
export interface VersionLineage {
  readonly modelPackageArn: string;
  readonly status: string;
  readonly approvalStatus?: string;
  readonly description?: string;
  readonly createdAt?: string;
  readonly createdBy?: string;
  readonly commit: Fact<{ readonly commitId: string; readonly repository?: string }>;
  readonly generatedBy?: string;
  readonly containers: ContainerLineage[];

  /** The custom metadata. */
  readonly metadata: Record<string, string>;

  /** The metrics with which a workflow has registered the version. */
  readonly metrics: Record<string, string>;
  readonly evaluationReport: Fact<string>;
}

/** The prefix of the custom metadata with the metric of a workflow. */
const METRIC = 'metric:';

export function versionOf(found: DescribeModelPackageOutput): VersionLineage {
  const { CustomerMetadataProperties: metadata = {}, InferenceSpecification } = found;
  const metrics = Object.entries(metadata).filter(([key]) => key.startsWith(METRIC));
  return {
    modelPackageArn: found.ModelPackageArn ?? '',
    status: found.ModelPackageStatus ?? '',
    approvalStatus: found.ModelApprovalStatus,
    description: found.ModelPackageDescription,
    createdAt: found.CreationTime?.toISOString(),
    createdBy: found.CreatedBy?.IamIdentity?.Arn ?? found.CreatedBy?.UserProfileName,
    commit: commitOf(found),
    generatedBy: found.MetadataProperties?.GeneratedBy,
    containers: (InferenceSpecification?.Containers ?? []).map(containerOf),
    metadata,
    metrics: Object.fromEntries(metrics.map(([key, value]) => [key.slice(METRIC.length), value])),
    evaluationReport: reportOf(found),
  };
}

function reportOf({ ModelMetrics }: DescribeModelPackageOutput): Fact<string> {
  const uri = ModelMetrics?.ModelQuality?.Statistics?.S3Uri;
  return uri ?? missing('not recorded: the version has no model quality report');
}

function commitOf({
  CustomerMetadataProperties: metadata = {},
  MetadataProperties: properties = {},
}: DescribeModelPackageOutput): VersionLineage['commit'] {
  const commitId = metadata.commitId ?? properties.CommitId;
  return commitId === undefined
    ? missing('not recorded: set `commitId` of the ModelPackage, or of the registration of the workflow')
    : { commitId, repository: properties.Repository };
}

function containerOf({
  Image: image = '',
  ImageDigest,
  ModelDataUrl,
  ModelDataETag,
  ModelDataSource,
}: ModelPackageContainerDefinition): ContainerLineage {
  const modelDataUrl = ModelDataUrl ?? ModelDataSource?.S3DataSource?.S3Uri;
  return {
    image,
    digest:
      ImageDigest ??
      /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1] ??
      missing('SageMaker has recorded no digest of the image'),
    modelDataUrl,
    modelDataETag:
      ModelDataETag ??
      ModelDataSource?.S3DataSource?.ETag ??
      missing(modelDataUrl === undefined ? 'the model is part of the image' : 'SageMaker has recorded no ETag'),
  };
}
