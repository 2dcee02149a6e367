import type { aws_iam as iam, aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import type { Construct, IDependable } from 'constructs';
import type { IAlgorithm } from '../../algorithm/algorithm';
import { checkEnvironment } from '../../algorithm/inference-specification';
import type { ModelData } from '../../common/model-data';
import type { Script } from '../../common/script';
import type { ContainerImage } from '../../image/container-image';
import type { ContainerImageConfig } from '../../image/image-options';
import type { ImageRequirements } from '../../image/image-compatibility';
import { type ValidationErrors, quote } from '../../private/validation';
import { ModelApprovalStatus } from '../../registry/model-package/model-approval-status';
import { type IModelPackage, ModelPackage } from '../../registry/model-package/model-package';

/** How one container holds many models. */
export interface MultiModelOptions {
  /**
   * Whether models stay in memory until others need the place. Without it each is loaded for each request, which is for
   * endpoints with very many models that are seldom asked.
   *
   * @default true
   */
  readonly cache?: boolean;
}

/**
 * A container of a model: an image with its data, or a model package.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html
 */
export interface ContainerDefinition {
  /**
   * The package to host. Either this, `image` or `algorithm`.
   *
   * @default - `image` or `algorithm` is given
   */
  readonly modelPackage?: IModelPackage;

  /**
   * The additional inference specification of `modelPackage` that is hosted.
   *
   * @default - the package's own
   */
  readonly inferenceSpecificationName?: string;

  /**
   * The image that serves. Either this, `modelPackage` or `algorithm`.
   *
   * @default - `modelPackage` or `algorithm` is given
   */
  readonly image?: ContainerImage;

  /**
   * The algorithm that `modelData` was trained with: its inference image serves, in the environment that it says.
   *
   * @default - `image` or `modelPackage` is given
   */
  readonly algorithm?: IAlgorithm;

  /**
   * The trained data, which the container finds in `/opt/ml/model`. Goes with `image` and `algorithm`.
   *
   * @default - the image brings what it needs
   */
  readonly modelData?: ModelData;

  /**
   * A script that `image` answers with, which is one that SageMaker provides. Goes with `image`.
   *
   * @default - the image knows what to do
   */
  readonly script?: Script;

  /**
   * Makes the container hold many models, the archives below `modelData`, which it loads when they are asked for. The image
   * must know how. Goes with `image` and `ModelData.fromUncompressedPrefix()`.
   *
   * @default - one model
   */
  readonly multiModel?: MultiModelOptions;

  /**
   * Environment variables of the container, at most 100.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };

  /**
   * The name by which callers choose the container, at most 63 letters, digits and hyphens. All containers of a model have
   * one, or none has.
   *
   * @default - none
   */
  readonly containerHostname?: string;
}

/** A rendered container, and what must exist before the model does. */
export interface BoundContainer {
  readonly rendered: sagemaker.CfnModel.ContainerDefinitionProperty;
  readonly dependency?: IDependable;
}

/** The image that a container runs, unless a model package brings it. */
export function imageOf({ image, algorithm }: ContainerDefinition): ContainerImage | undefined {
  return image ?? algorithm?.specification?.images.inference;
}

/** What the image of a container requires of an instance. */
export function requirementsOf(container: ContainerDefinition): ImageRequirements {
  return imageOf(container) ?? container.modelPackage ?? {};
}

/** Grants the role permission to pull the image and read the data, and renders the container. */
export function bindContainer(scope: Construct, container: ContainerDefinition, role: iam.IRole): BoundContainer {
  const { modelPackage, inferenceSpecificationName, containerHostname } = container;
  modelPackage?.grantHost(role, inferenceSpecificationName);
  const environment = environmentOf(scope, container, role);
  const image = imageOf(container)?.bind(scope, role);
  const data = container.modelData?.bind(scope, role);
  return {
    dependency: data?.dependency,
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

/** The user's variables take precedence over those of the algorithm, and these over those of the script. */
function environmentOf(
  scope: Construct,
  { script, algorithm, environment }: ContainerDefinition,
  role: iam.IRole,
): { [name: string]: string } | undefined {
  const sources = [script?._environment(scope, role), algorithm?.specification?.inference?.environment, environment];
  const given = sources.filter((source) => source !== undefined);
  return given.length === 0 ? undefined : (Object.assign({}, ...given) as { [name: string]: string });
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
  // The models of a multi-model container are archives below a prefix, named by its URI alone.
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

/** Checks one container; `at` is what its properties' names start with. */
export function checkContainer(errors: ValidationErrors, at: string, container: ContainerDefinition): void {
  const { image, modelData, modelPackage, algorithm, multiModel, environment, containerHostname } = container;
  errors.when(
    [image, modelPackage, algorithm].filter((source) => source !== undefined).length !== 1,
    `exactly one of \`${at}image\`, \`${at}modelPackage\` and \`${at}algorithm\` must be given`,
  );
  errors.when(
    algorithm !== undefined && modelData === undefined,
    `\`${at}modelData\` must be given: it is what \`${at}algorithm\` has trained`,
  );
  errors.when(
    algorithm !== undefined && algorithm.specification?.inference === undefined,
    `\`${at}algorithm\` ${algorithm?.node.path} has no inference image that is known here. Give \`image\`, or make a ` +
      '`ModelPackage` of it, which a subscribed algorithm needs anyway',
  );
  errors.when(
    modelPackage !== undefined && modelData !== undefined,
    `\`${at}modelData\` must not be given together with \`${at}modelPackage\`, which brings its own`,
  );
  errors.when(
    container.script !== undefined && image === undefined,
    `\`${at}script\` is for an \`image\` that SageMaker provides`,
  );
  errors.when(
    multiModel !== undefined && (modelPackage !== undefined || modelData === undefined),
    `\`${at}multiModel\` needs \`image\` and \`modelData\`: ModelData.fromUncompressedPrefix() names the archives that the container loads`,
  );
  errors.when(
    multiModel !== undefined && modelData !== undefined && modelData.uncompressed?.isPrefix !== true,
    `\`${at}modelData\` must be ModelData.fromUncompressedPrefix(): with \`multiModel\` the container loads the archives below it`,
  );
  checkEnvironment(errors, `${at}environment`, environment);
  errors.check(`${at}containerHostname`, 'ContainerHostname', containerHostname);
  checkPackage(errors, at, container);
}

function checkPackage(
  errors: ValidationErrors,
  at: string,
  { modelPackage, inferenceSpecificationName }: ContainerDefinition,
): void {
  errors.check(`${at}inferenceSpecificationName`, 'InferenceSpecificationName', inferenceSpecificationName);
  if (modelPackage === undefined) {
    errors.when(
      inferenceSpecificationName !== undefined,
      `\`${at}inferenceSpecificationName\` is for a \`modelPackage\`, and there is none`,
    );
    return;
  }
  const { approvalStatus } = modelPackage;
  errors.when(
    approvalStatus !== undefined && approvalStatus !== ModelApprovalStatus.APPROVED,
    `\`${at}modelPackage\` ${modelPackage.node.path} is ${approvalStatus}, and the service hosts approved versions only. ` +
      'Give the package `approvalStatus: ModelApprovalStatus.APPROVED`, or host a version that is approved already with ' +
      'ModelPackage.fromModelPackageArn()',
  );
  if (!(modelPackage instanceof ModelPackage) || inferenceSpecificationName === undefined) return;
  const known = modelPackage.inferenceSpecificationNames;
  errors.when(
    !known.includes(inferenceSpecificationName),
    `\`${at}inferenceSpecificationName\` must name one of the package's additional inference specifications ` +
      `(${known.join(', ') || 'it has none'}), got: ${quote(inferenceSpecificationName)}`,
  );
}
