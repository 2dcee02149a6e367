import { Stack, type aws_iam as iam, type aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import type { Construct, IDependable } from 'constructs';
import type { IAlgorithm } from '../../algorithm/algorithm';
import { checkEnvironment } from '../../algorithm/inference-container';
import type { ModelData, ModelDataConfig } from '../../common/model-data';
import type { Script } from '../../common/script';
import type { ContainerImage } from '../../image/container-image';
import type { ContainerImageConfig } from '../../image/image-options';
import { type ImageRequirements, checkImage, warnAboutScript } from '../../image/image-compatibility';
import { ImagePurpose } from '../../image/provided-image-options';
import { accountConflict, regionConflict } from '../../private/environment';
import { releaseConditionOf } from '../../private/release-condition';
import { type ValidationErrors, quote } from '../../private/validation';
import { ModelApprovalStatus } from '../../registry/model-package/model-approval-status';
import { ModelPackage } from '../../registry/model-package/model-package';
import type { IModelPackage } from '../../registry/model-package/model-package-base';
import { needsScriptInModel, repackable, repackedModelData } from './repacked-model-data';

/** Options for a multi-model container. */
export interface MultiModelOptions {
  /**
   * Whether loaded models stay cached in memory until the space is needed. When disabled, a model is loaded for each
   * request, which suits endpoints with a large number of models that are seldom invoked.
   *
   * @default true
   */
  readonly cache?: boolean;
}

/**
 * The definition of a container of a model: an inference image with its model data, or a model package.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html
 */
export interface ContainerDefinition {
  /**
   * The model package to host. Specify exactly one of `modelPackage`, `image` and `algorithm`.
   *
   * @default - no model package
   */
  readonly modelPackage?: IModelPackage;

  /**
   * The name of the additional inference specification of `modelPackage` to use.
   *
   * @default - the inference specification of the model package
   */
  readonly inferenceSpecificationName?: string;

  /**
   * The inference image. Specify exactly one of `image`, `modelPackage` and `algorithm`.
   *
   * @default - no image
   */
  readonly image?: ContainerImage;

  /**
   * The algorithm that `modelData` was trained with. The container runs its inference image with the environment
   * variables of its inference specification. Specify exactly one of `algorithm`, `image` and `modelPackage`.
   *
   * @default - no algorithm
   */
  readonly algorithm?: IAlgorithm;

  /**
   * The model data, which SageMaker extracts to `/opt/ml/model`. Used with `image`, and required with `algorithm`.
   *
   * @default - no model data
   */
  readonly modelData?: ModelData;

  /**
   * The inference script for an `image` that SageMaker provides. Requires `image`.
   *
   * @default - the inference code in the image
   */
  readonly script?: Script;

  /**
   * Turns the container into a multi-model container, which loads each archive under the key prefix of `modelData` when that
   * model is invoked. The image must support multi-model endpoints. Requires `image` and
   * `ModelData.fromUncompressedPrefix()`.
   *
   * @default - the container serves a single model
   */
  readonly multiModel?: MultiModelOptions;

  /**
   * The environment variables of the container, at most 100.
   *
   * @default - no environment variables
   */
  readonly environment?: { [name: string]: string };

  /**
   * The host name by which callers select the container, at most 63 letters, digits and hyphens. Either all containers of a
   * model have a host name, or none.
   *
   * @default - no host name
   */
  readonly containerHostname?: string;
}

/** A rendered container, the dependency that must be created before the model, and whether its registry requires credentials. */
export interface BoundContainer {
  readonly rendered: sagemaker.CfnModel.ContainerDefinitionProperty;
  readonly dependency?: IDependable;
  readonly needsCredentials: boolean;
}

/** The image that a container runs; undefined if the container is defined by a model package. */
export function imageOf({ image, algorithm }: ContainerDefinition): ContainerImage | undefined {
  return image ?? algorithm?.specification?.images.inference;
}

/** The images and the model data of a container, as far as they are known: a model package can define several containers. */
export function contentsOf(
  container: ContainerDefinition,
): { readonly image?: ContainerImage; readonly modelData?: ModelData }[] {
  const { inferenceSpecificationName, modelData } = container;
  return (
    ownPackageOf(container)?._containersOf(inferenceSpecificationName) ?? [{ image: imageOf(container), modelData }]
  );
}

/** The model package of a container, if this app creates it. Only the test of a package loads the code of the model registry. */
export function ownPackageOf({ modelPackage }: ContainerDefinition): ModelPackage | undefined {
  return modelPackage !== undefined && modelPackage instanceof ModelPackage ? modelPackage : undefined;
}

/** The architecture and processor that the image of a container requires. */
export function requirementsOf(container: ContainerDefinition): ImageRequirements {
  return imageOf(container) ?? container.modelPackage ?? {};
}

/** Grants the role permission to pull the image and read the model data, and renders the container. */
export function bindContainer(
  scope: Construct,
  container: ContainerDefinition,
  role: iam.IRole,
  index = 0,
): BoundContainer {
  const { modelPackage, inferenceSpecificationName, containerHostname } = container;
  modelPackage?.grantHost(role, inferenceSpecificationName);
  const environment = environmentOf(scope, container, role);
  const image = imageOf(container)?.bind(scope, role);
  const data = bindData(scope, container, role, index);
  return {
    dependency: data?.dependency,
    needsCredentials: image?.registryAccess?.credentialsProviderArn !== undefined,
    rendered: {
      image: image?.imageUri,
      imageConfig: image && renderRegistry(image),
      ...renderData(data?.modelDataUrl, container),
      ...renderMultiModel(container),
      modelPackageName: modelPackage?.modelPackageArn,
      inferenceSpecificationName,
      environment,
      containerHostname,
    },
  };
}

/** The model data of a container, to which its script is added if the image requires it. */
function bindData(
  scope: Construct,
  container: ContainerDefinition,
  role: iam.IRole,
  index: number,
): ModelDataConfig | undefined {
  const script = needsScriptInModel(container) ? container.script?._archive(scope) : undefined;
  const modelData = script && repackable(container);
  if (modelData === undefined || script === undefined) return container.modelData?.bind(scope, role);
  return repackedModelData(scope, `Artifact${index === 0 ? '' : index + 1}`, { modelData, script, role });
}

/** Variables of the container override those of the algorithm, which override those of the script. */
function environmentOf(
  scope: Construct,
  container: ContainerDefinition,
  role: iam.IRole,
): { [name: string]: string } | undefined {
  const { script, algorithm, environment } = container;
  const scripted = needsScriptInModel(container)
    ? script?._environmentInModel(scope)
    : script?._environment(scope, role);
  const sources = [scripted, algorithm?.specification?.inference?.environment, environment];
  const defined = sources.filter((source) => source !== undefined);
  return defined.length === 0 ? undefined : (Object.assign({}, ...defined) as { [name: string]: string });
}

function renderMultiModel({
  multiModel,
}: ContainerDefinition): Pick<sagemaker.CfnModel.ContainerDefinitionProperty, 'mode' | 'multiModelConfig'> {
  if (multiModel === undefined) return {};
  const modelCacheSetting = (multiModel.cache ?? true) ? 'Enabled' : 'Disabled';
  return { mode: 'MultiModel', multiModelConfig: { modelCacheSetting } };
}

function renderRegistry({ registryAccess }: ContainerImageConfig): sagemaker.CfnModel.ImageConfigProperty | undefined {
  if (registryAccess === undefined) return undefined;
  const { credentialsProviderArn } = registryAccess;
  return {
    repositoryAccessMode: 'Vpc',
    repositoryAuthConfig:
      credentialsProviderArn === undefined ? undefined : { repositoryCredentialsProviderArn: credentialsProviderArn },
  };
}

function renderData(
  modelDataUrl: string | undefined,
  { modelData, multiModel }: ContainerDefinition,
): Pick<sagemaker.CfnModel.ContainerDefinitionProperty, 'modelDataUrl' | 'modelDataSource'> {
  const { uncompressed } = modelData ?? {};
  // `ModelDataUrl` of a multi-model container is the key prefix of its archives; it has no `ModelDataSource`.
  if (modelDataUrl === undefined || uncompressed === undefined || multiModel !== undefined) return { modelDataUrl };
  const { isPrefix, acceptEula, hubContentArn } = uncompressed;
  return {
    modelDataSource: {
      s3DataSource: {
        s3Uri: modelDataUrl,
        s3DataType: isPrefix ? 'S3Prefix' : 'S3Object',
        compressionType: 'None',
        modelAccessConfig: acceptEula === undefined ? undefined : { acceptEula },
        hubAccessConfig: hubContentArn === undefined ? undefined : { hubContentArn },
      },
    },
  };
}

/** Checks a container. Errors prefix the names of its properties with `at`. */
export function checkContainer(
  scope: Construct,
  errors: ValidationErrors,
  at: string,
  container: ContainerDefinition,
): void {
  const { image, modelData, modelPackage, algorithm, multiModel, environment, containerHostname } = container;
  errors.when(
    [image, modelPackage, algorithm].filter((source) => source !== undefined).length !== 1,
    `exactly one of \`${at}image\`, \`${at}modelPackage\` and \`${at}algorithm\` must be specified`,
  );
  errors.when(
    algorithm !== undefined && modelData === undefined,
    `\`${at}modelData\` is required with \`${at}algorithm\`: specify the model artifact of a training job`,
  );
  errors.when(
    algorithm !== undefined && algorithm.specification?.inference === undefined,
    `the inference image of \`${at}algorithm\` ${algorithm?.node.path} is unknown. Specify \`image\`, or create a ` +
      '`ModelPackage` from the algorithm, which is required for an algorithm from AWS Marketplace',
  );
  errors.when(
    modelPackage !== undefined && modelData !== undefined,
    `\`${at}modelData\` must not be specified with \`${at}modelPackage\`, which defines its own model data`,
  );
  errors.when(
    container.script !== undefined && image === undefined,
    `\`${at}script\` requires an \`image\` that SageMaker provides`,
  );
  if (image !== undefined) checkInferenceImage(scope, errors, at, { ...container, image });
  modelData?._location?._checkEnvironment(scope, errors, `${at}modelData`);
  errors.when(
    multiModel !== undefined && (modelPackage !== undefined || modelData === undefined),
    `\`${at}multiModel\` requires \`image\` and \`modelData\`: specify the archives with ModelData.fromUncompressedPrefix()`,
  );
  errors.when(
    multiModel !== undefined && modelData !== undefined && modelData.uncompressed?.isPrefix !== true,
    `\`${at}modelData\` must be created with ModelData.fromUncompressedPrefix(): a multi-model container loads the archives under a key prefix`,
  );
  checkEnvironment(errors, `${at}environment`, environment);
  errors.check(`${at}containerHostname`, 'ContainerHostname', containerHostname);
  checkPackage(scope, errors, at, container);
}

function checkInferenceImage(
  scope: Construct,
  errors: ValidationErrors,
  at: string,
  container: ContainerDefinition & { readonly image: ContainerImage },
): void {
  const { image, script } = container;
  checkImage(scope, errors, image, { property: `${at}image`, purpose: ImagePurpose.INFERENCE });
  if (script === undefined) return;
  errors.when(
    needsScriptInModel(container) && repackable(container) === undefined,
    `\`${at}script\` must be part of the model data, since the image does not download it: write the script to the folder \`code\` ` +
      'of the model artifact (a training script writes it to /opt/ml/model/code), and use Script.fromModel(). Only to the compressed ' +
      'artifact of a training job of the app, a script is added when the stack is deployed',
  );
  warnAboutScript(scope, image);
}

function checkPackage(
  scope: Construct,
  errors: ValidationErrors,
  at: string,
  { modelPackage, inferenceSpecificationName }: ContainerDefinition,
): void {
  errors.check(`${at}inferenceSpecificationName`, 'InferenceSpecificationName', inferenceSpecificationName);
  if (modelPackage === undefined) {
    errors.when(
      inferenceSpecificationName !== undefined,
      `\`${at}inferenceSpecificationName\` requires \`${at}modelPackage\``,
    );
    return;
  }
  const conflict = regionConflict(scope, modelPackage.env.region);
  errors.when(
    conflict !== undefined,
    `\`${at}modelPackage\` ${modelPackage.node.path} is ${conflict}: a model must be in the region of its model package`,
  );
  const foreign = accountConflict(scope, modelPackage);
  errors.when(
    foreign !== undefined,
    `\`${at}modelPackage\` ${modelPackage.node.path} is ${foreign}. Share its group with ` +
      'shareWith(), publish its ARN there, for example as an output, and read it here with ModelPackage.fromModelPackageAttributes()',
  );
  errors.when(
    releaseConditionOf(modelPackage) !== undefined && Stack.of(modelPackage) !== Stack.of(scope),
    `\`${at}modelPackage\` ${modelPackage.node.path} must be in the same stack as the model: a release updates the stack that reads the ` +
      'SSM parameter. Call `ModelPackage.fromReleaseParameter()` in the stack of the model',
  );
  const { approvalStatus } = modelPackage;
  errors.when(
    approvalStatus !== undefined && approvalStatus !== ModelApprovalStatus.APPROVED,
    `\`${at}modelPackage\` must be approved, got: ${modelPackage.node.path} with status ${approvalStatus}. Set ` +
      '`approvalStatus: ModelApprovalStatus.APPROVED` on the model package, or import an approved version with ' +
      'ModelPackage.fromModelPackageArn()',
  );
  if (!(modelPackage instanceof ModelPackage) || inferenceSpecificationName === undefined) return;
  const names = modelPackage.inferenceSpecificationNames;
  errors.when(
    !names.includes(inferenceSpecificationName),
    `\`${at}inferenceSpecificationName\` must be the name of an additional inference specification of the model package ` +
      `(${names.join(', ') || 'it has none'}), got: ${quote(inferenceSpecificationName)}`,
  );
}
