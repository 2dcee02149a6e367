import {
  Resource,
  Stack,
  Token,
  TokenComparison,
  type aws_iam as iam,
  type aws_sagemaker as sagemaker,
} from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { type SupportedInstanceTypes, renderInferenceSpecification } from '../../algorithm/inference-specification';
import { sagemakerArn } from '../../private/arn';
import { RuleError } from '../../private/rules';
import { sortedMap } from '../../private/sorted-entries';
import type { ModelDataConfig } from '../../common/model-data';
import { renderBaselines, renderMetrics } from './model-metrics';
import type { IModelPackageGroup } from '../model-package-group';
import type { BoundPackageContainer, ModelPackageContainer } from './model-package-container';
import type { ModelPackageProps, ModelPackageValidationProfile } from './model-package-props';

/** The containers, as far as they are known: those of an algorithm from AWS Marketplace are not. */
export function containersOf({
  containers,
  image,
  algorithm,
  inference,
  modelData,
}: ModelPackageProps): ModelPackageContainer[] {
  const inferenceImage = image ?? algorithm?.specification?.images.inference;
  if (containers !== undefined) return containers;
  if (inferenceImage === undefined) return [];
  const { followingContainers = [], ...options } = inference ?? algorithm?.specification?.inference ?? {};
  return [{ ...options, image: inferenceImage, modelData }, ...followingContainers];
}

/** The instance types of the inference specification of a package, or of an additional one. */
export function supportedInstanceTypes(
  { node }: IConstruct,
  { algorithm, inference, additionalInferenceSpecifications = [] }: ModelPackageProps,
  name?: string,
): SupportedInstanceTypes {
  const subject = `model package ${node.path}`;
  const index = additionalInferenceSpecifications.findIndex((specification) => specification.name === name);
  if (index >= 0) {
    const definedIn = `\`additionalInferenceSpecifications[${index}]\` of ${node.path}`;
    return { ...additionalInferenceSpecifications[index], subject, definedIn };
  }
  const definedIn = `\`inference\` of ${(algorithm ?? { node }).node.path}`;
  return { ...(inference ?? algorithm?.specification?.inference), subject, definedIn };
}

/** The custom metadata with the commit, which is part of no identity: a commit alone changes no name and starts no job. */
export function metadataWithCommit({
  customerMetadata,
  commitId,
}: Pick<ModelPackageProps, 'customerMetadata' | 'commitId'>): Record<string, string> | undefined {
  return sortedMap(commitId === undefined ? customerMetadata : { ...customerMetadata, commitId });
}

/** Renders the properties that do not depend on the source of the package. */
export function renderDescription(
  scope: Construct,
  props: ModelPackageProps,
  validationRole?: iam.IRole,
): sagemaker.CfnModelPackageProps {
  const { modelCard, metadata, metrics, driftCheckBaselines, validationProfile, encryptionKey } = props;
  return {
    modelPackageDescription: props.description,
    certifyForMarketplace: props.certifyForMarketplace,
    customerMetadataProperties: props.customerMetadata,
    metadataProperties: metadata,
    sourceUri: props.sourceUri,
    modelMetrics: metrics && renderMetrics(scope, metrics),
    driftCheckBaselines: driftCheckBaselines && renderBaselines(scope, driftCheckBaselines),
    domain: props.domain?.domain,
    task: props.task?.task,
    samplePayloadUrl: props.samplePayload?._bind(scope).s3Uri,
    modelCard: modelCard && { modelCardContent: modelCard.content, modelCardStatus: modelCard.status },
    skipModelValidation:
      props.skipModelValidation === undefined ? undefined : props.skipModelValidation ? 'All' : 'None',
    securityConfig: encryptionKey && { kmsKeyId: encryptionKey.keyArn },
    validationSpecification: validationProfile && validationRole && renderValidation(validationProfile, validationRole),
  };
}

function renderValidation(
  { profileName, transform }: ModelPackageValidationProfile,
  role: iam.IRole,
): sagemaker.CfnModelPackage.ValidationSpecificationProperty {
  const { input, output, resources, environment, batchStrategy, maxConcurrentTransforms, maxPayload } = transform;
  return {
    validationRole: role.roleArn,
    validationProfiles: [
      {
        profileName,
        transformJobDefinition: {
          transformInput: input._bind(role),
          transformOutput: output._bind(role),
          transformResources: resources._bind(role),
          batchStrategy,
          maxConcurrentTransforms,
          maxPayloadInMb: maxPayload?.toMebibytes(),
          environment,
        },
      },
    ],
  };
}

/**
 * Renders the inference specification of a version, so that it can be hosted after its algorithm is deleted. An
 * unversioned package of an algorithm, and a package of an algorithm from AWS Marketplace, refer to the algorithm
 * instead.
 */
export function renderSource(
  props: ModelPackageProps,
  containers: BoundPackageContainer[],
  data?: ModelDataConfig,
): sagemaker.CfnModelPackageProps {
  const { algorithm, group } = props;
  const inference = props.inference ?? algorithm?.specification?.inference;
  const refersToAlgorithm = algorithm !== undefined && group === undefined;
  if (containers.length === 0 || inference === undefined || refersToAlgorithm) {
    if (props.modelData?.uncompressed !== undefined) {
      throw new RuleError(
        'model-packages',
        '`modelData` must be a model.tar.gz archive for a model package that refers to an algorithm.',
      );
    }
    const algorithmName = algorithm && (algorithm.specification ? algorithm.algorithmName : algorithm.algorithmArn);
    return {
      sourceAlgorithmSpecification: {
        sourceAlgorithms: [{ algorithmName: algorithmName ?? '', modelDataUrl: data?.modelDataUrl }],
      },
    };
  }
  return {
    inferenceSpecification: {
      containers: containers.map(({ rendered }) => rendered),
      ...renderInferenceSpecification(inference),
    },
  };
}

/** The reference to a group in a request: its name, or its ARN if it belongs to another account. */
export function groupReference(scope: Construct, group: IModelPackageGroup): string {
  const comparison = Token.compareStrings(group.env.account, Stack.of(scope).account);
  const isInSameAccount = comparison === TokenComparison.SAME || comparison === TokenComparison.BOTH_UNRESOLVED;
  if (isInSameAccount) return group.modelPackageGroupName;
  if (!Resource.isOwnedResource(group)) return group.modelPackageGroupArn;
  const { account, region } = group.env;
  // The reference to a group of another stack cannot be passed to a stack of another account, and the name is text.
  return sagemakerArn(scope, 'model-package-group', group.modelPackageGroupName, { account, region });
}
