import type { aws_iam as iam, aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import type { Construct, IDependable } from 'constructs';
import {
  type InferenceContainer,
  checkContainerOptions,
  checkEnvironmentSize,
  checkHostnames,
  renderContainer,
} from '../../algorithm/inference-container';
import type { ModelData } from '../../common/model-data';
import { type ValidationErrors } from '../../private/validation';

/**
 * A container of a model package.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ModelPackageContainerDefinition.html
 */
export interface ModelPackageContainer extends InferenceContainer {
  /**
   * The model data.
   *
   * @default - no model data
   */
  readonly modelData?: ModelData;
}

/** A rendered container, and the dependency that must be created before the model package. */
export interface BoundPackageContainer {
  readonly rendered: sagemaker.CfnModelPackage.ModelPackageContainerDefinitionProperty;
  readonly dependency?: IDependable;
}

export function bindContainer(scope: Construct, container: ModelPackageContainer): BoundPackageContainer {
  const { dataInputConfig } = container;
  const data = container.modelData?.bind(scope);
  const { uncompressed } = container.modelData ?? {};
  const url = data?.modelDataUrl;
  return {
    dependency: data?.dependency,
    rendered: {
      ...renderContainer(scope, container),
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
    container.modelData?._location?._checkEnvironment(scope, errors, `${at}.modelData`);
    checkContainerOptions(errors, at, container);
  });
  checkHostnames(errors, property, containers);
  checkEnvironmentSize(errors, `the environment variables of all \`${property}\``, containers);
}
