import type { aws_iam as iam, aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import type { Construct, IDependable } from 'constructs';
import { checkEnvironment } from '../../algorithm/inference-specification';
import type { ModelData } from '../../common/model-data';
import type { ContainerImage } from '../../image/container-image';
import { type ValidationErrors } from '../../private/validation';

/**
 * A container of a model package.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ModelPackageContainerDefinition.html
 */
export interface ModelPackageContainer {
  /** The inference image. */
  readonly image: ContainerImage;

  /**
   * The model data.
   *
   * @default - no model data
   */
  readonly modelData?: ModelData;

  /**
   * The environment variables of the container, at most 100.
   *
   * @default - no environment variables
   */
  readonly environment?: { [name: string]: string };

  /**
   * The host name by which callers select the container, at most 63 letters, digits and hyphens.
   *
   * @default - no host name
   */
  readonly containerHostname?: string;

  /**
   * The machine learning framework of the model, for example `XGBOOST` or `PYTORCH`.
   *
   * @default - no framework
   */
  readonly framework?: string;

  /**
   * The framework version, for example `1.7`.
   *
   * @default - no framework version
   */
  readonly frameworkVersion?: string;

  /**
   * The name of a pre-trained benchmark model that resembles this model, for example `resnet50`.
   *
   * @default - no benchmark model
   */
  readonly nearestModelName?: string;

  /**
   * The names and shapes of the model inputs as JSON, for example `{"input": [1, 28, 28, 1]}`, at most 16,384 characters.
   *
   * @default - no input configuration
   */
  readonly dataInputConfig?: string;
}

/** A rendered container, and the dependency that must be created before the model package. */
export interface BoundPackageContainer {
  readonly rendered: sagemaker.CfnModelPackage.ModelPackageContainerDefinitionProperty;
  readonly dependency?: IDependable;
}

export function bindContainer(scope: Construct, container: ModelPackageContainer): BoundPackageContainer {
  const { environment, containerHostname, framework, frameworkVersion, nearestModelName, dataInputConfig } = container;
  const image = container.image.bind(scope);
  const data = container.modelData?.bind(scope);
  const { uncompressed } = container.modelData ?? {};
  const url = data?.modelDataUrl;
  return {
    dependency: data?.dependency,
    rendered: {
      image: image.imageUri,
      modelDataUrl: uncompressed === undefined ? url : undefined,
      modelDataSource:
        uncompressed === undefined || url === undefined
          ? undefined
          : {
              s3DataSource: {
                s3Uri: url,
                s3DataType: uncompressed.isPrefix ? 'S3Prefix' : 'S3Object',
                compressionType: 'None',
                modelAccessConfig:
                  uncompressed.acceptEula === undefined ? undefined : { acceptEula: uncompressed.acceptEula },
              },
            },
      environment,
      containerHostname,
      framework,
      frameworkVersion,
      nearestModelName,
      // The L1 types this property as JSON and does not convert its keys.
      modelInput: dataInputConfig === undefined ? undefined : { DataInputConfig: dataInputConfig },
    },
  };
}

/** Grants a principal permission to pull the image and read the model data. */
export function grantContainer(
  scope: Construct,
  { image, modelData }: ModelPackageContainer,
  grantee: iam.IGrantable,
): void {
  image.bind(scope, grantee);
  modelData?.bind(scope, grantee);
}

export function checkContainers(
  scope: Construct,
  errors: ValidationErrors,
  property: string,
  containers: ModelPackageContainer[],
): void {
  errors.check(property, 'ModelPackageContainerDefinitionList', containers);
  containers.forEach((container, index) => {
    const at = `${property}[${index}]`;
    container.modelData?._location?._checkRegion(scope, errors, `${at}.modelData`);
    checkEnvironment(errors, `${at}.environment`, container.environment);
    errors.check(`${at}.containerHostname`, 'ContainerHostname', container.containerHostname);
    errors.check(`${at}.frameworkVersion`, 'ModelPackageFrameworkVersion', container.frameworkVersion);
    errors.check(`${at}.dataInputConfig`, 'DataInputConfig', container.dataInputConfig);
  });
  errors.checkUnique(
    `${property}.containerHostname`,
    containers.flatMap(({ containerHostname }) => containerHostname ?? []),
  );
}
