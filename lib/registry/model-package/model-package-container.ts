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
  /** The image that serves. */
  readonly image: ContainerImage;

  /**
   * The trained data.
   *
   * @default - the image brings what it needs
   */
  readonly modelData?: ModelData;

  /**
   * Environment variables of the container, at most 100.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };

  /**
   * The name by which callers choose the container, at most 63 letters, digits and hyphens.
   *
   * @default - none
   */
  readonly containerHostname?: string;

  /**
   * The framework of the model, for example `XGBOOST` or `PYTORCH`.
   *
   * @default - not said
   */
  readonly framework?: string;

  /**
   * The version of the framework, for example `1.7`.
   *
   * @default - not said
   */
  readonly frameworkVersion?: string;

  /**
   * The name of a known model that this one is like, for example `resnet50`.
   *
   * @default - not said
   */
  readonly nearestModelName?: string;

  /**
   * The names and shapes of the model's inputs as JSON, for example `{"input": [1, 28, 28, 1]}`; at most 16,384 characters.
   *
   * @default - not said
   */
  readonly dataInputConfig?: string;
}

/** A container, bound: what the template says of it, and what has to be there before. */
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
      // The L1 passes this on as it is.
      modelInput: dataInputConfig === undefined ? undefined : { DataInputConfig: dataInputConfig },
    },
  };
}

/** Lets a principal pull the image and read the data. */
export function grantContainer(
  scope: Construct,
  { image, modelData }: ModelPackageContainer,
  grantee: iam.IGrantable,
): void {
  image.bind(scope, grantee);
  modelData?.bind(scope, grantee);
}

export function checkContainers(errors: ValidationErrors, property: string, containers: ModelPackageContainer[]): void {
  errors.check(property, 'ModelPackageContainerDefinitionList', containers);
  containers.forEach((container, index) => {
    const at = `${property}[${index}]`;
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
