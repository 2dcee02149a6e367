import type { aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { InstanceType } from '../../common/instance-type';
import type { ValidationErrors } from '../../private/validation';
import { type BoundPackageContainer, type ModelPackageContainer, checkContainers } from './model-package-container';

/**
 * An additional inference specification of a model package, for example for other instance types. A `Model` selects it
 * by name.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AdditionalInferenceSpecificationDefinition.html
 */
export interface AdditionalInferenceSpecification {
  /** The name of the specification, at most 63 letters, digits and hyphens. */
  readonly name: string;

  /** The containers, 1 to 15. */
  readonly containers: ModelPackageContainer[];

  /**
   * The description of the specification, at most 1024 characters.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * The supported MIME types of requests.
   *
   * @default - no MIME types
   */
  readonly contentTypes?: string[];

  /**
   * The supported MIME types of responses.
   *
   * @default - no MIME types
   */
  readonly responseMimeTypes?: string[];

  /**
   * The supported instance types of real-time inference.
   *
   * @default - no instance types
   */
  readonly realtimeInstanceTypes?: InstanceType[];

  /**
   * The supported instance types of batch transform.
   *
   * @default - no instance types
   */
  readonly transformInstanceTypes?: InstanceType[];
}

export function renderAdditional(
  specification: AdditionalInferenceSpecification,
  containers: BoundPackageContainer[],
): sagemaker.CfnModelPackage.AdditionalInferenceSpecificationDefinitionProperty {
  const names = (types?: InstanceType[]): string[] | undefined => types?.map((type) => type.instanceTypeName);
  return {
    name: specification.name,
    description: specification.description,
    containers: containers.map(({ rendered }) => rendered),
    supportedContentTypes: specification.contentTypes,
    supportedResponseMimeTypes: specification.responseMimeTypes,
    supportedRealtimeInferenceInstanceTypes: names(specification.realtimeInstanceTypes),
    supportedTransformInstanceTypes: names(specification.transformInstanceTypes),
  };
}

export function checkAdditional(
  scope: Construct,
  errors: ValidationErrors,
  specifications: AdditionalInferenceSpecification[],
): void {
  errors.check('additionalInferenceSpecifications', 'AdditionalInferenceSpecifications', specifications);
  errors.checkUnique(
    'additionalInferenceSpecifications',
    specifications.map(({ name }) => name),
  );
  specifications.forEach((specification, index) => {
    const at = `additionalInferenceSpecifications[${index}]`;
    errors.check(`${at}.name`, 'EntityName', specification.name);
    errors.check(`${at}.description`, 'EntityDescription', specification.description);
    errors.checkEach(`${at}.contentTypes`, undefined, 'ContentType', specification.contentTypes);
    errors.checkEach(`${at}.responseMimeTypes`, undefined, 'ResponseMIMEType', specification.responseMimeTypes);
    errors.check(`${at}.transformInstanceTypes`, 'TransformInstanceTypes', specification.transformInstanceTypes);
    checkContainers(scope, errors, `${at}.containers`, specification.containers);
  });
}
