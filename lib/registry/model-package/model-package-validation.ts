import type { Construct } from 'constructs';
import { checkInferenceSpecification } from '../../algorithm/inference-specification';
import { checkTransform } from '../../common/transform-options';
import { checkPrefix } from '../../private/physical-name';
import { ValidationErrors } from '../../private/validation';
import { checkAdditional } from './additional-inference-specification';
import type { ModelPackageProps } from './model-package-props';
import { checkContainers } from './model-package-container';

/** @throws an error that lists all validation errors of the model package */
export function checkModelPackage(scope: Construct, props: ModelPackageProps): void {
  const errors = new ValidationErrors(`Model package ${scope.node.path}`);
  errors.check('description', 'EntityDescription', props.description);
  checkSource(errors, props);
  checkDescription(errors, props);
  if (props.additionalInferenceSpecifications) checkAdditional(errors, props.additionalInferenceSpecifications);
  if (props.group === undefined) checkUnversioned(errors, props);
  else checkVersion(errors, props);
  checkImages(errors, props);
  errors.throwIfAny();
}

function checkImages(errors: ValidationErrors, props: ModelPackageProps): void {
  const { image, containers = [], additionalInferenceSpecifications: additional = [] } = props;
  const images = [...containers, ...additional.flatMap((one) => one.containers)].map((container) => container.image);
  errors.when(
    [...images, ...(image ? [image] : [])].some(({ usesPrivateRegistry }) => usesPrivateRegistry),
    'the images of a model package must be in Amazon ECR: use a `Model` for an image in a private registry',
  );
}

function checkSource(errors: ValidationErrors, props: ModelPackageProps): void {
  const { algorithm, image, inference, containers, modelData } = props;
  if (algorithm === undefined) {
    errors.when(
      inference === undefined || (image === undefined && containers === undefined),
      'either `algorithm`, or `image` and `inference`, or `containers` and `inference` must be specified',
    );
  } else {
    errors.when(
      image !== undefined || inference !== undefined || containers !== undefined,
      '`image`, `inference` and `containers` must not be specified with `algorithm`, which defines them',
    );
    errors.when(modelData === undefined, '`modelData` is required with `algorithm`');
    errors.when(
      algorithm.specification !== undefined && algorithm.specification.inference === undefined,
      `\`algorithm\` ${algorithm.node.path} must have an inference specification: set its \`inference\`, or specify \`image\` and ` +
        '`inference` instead of `algorithm`',
    );
  }
  if (inference !== undefined) checkInferenceSpecification(errors, inference);
  if (containers !== undefined) checkOwnContainers(errors, props);
}

function checkOwnContainers(
  errors: ValidationErrors,
  { containers = [], image, inference, modelData }: ModelPackageProps,
): void {
  checkContainers(errors, 'containers', containers);
  const single = { image, modelData, 'inference.environment': inference?.environment };
  for (const [property, value] of Object.entries(single)) {
    errors.when(
      value !== undefined,
      `\`${property}\` must not be specified with \`containers\`: specify it for each container`,
    );
  }
}

function checkDescription(errors: ValidationErrors, props: ModelPackageProps): void {
  const { customerMetadata, metadata = {}, validationProfile } = props;
  errors.check('approvalDescription', 'ApprovalDescription', props.approvalDescription);
  errors.check('sourceUri', 'ModelPackageSourceUri', props.sourceUri);
  if (customerMetadata !== undefined) {
    const shapes = {
      map: 'CustomerMetadataMap',
      key: 'CustomerMetadataKey',
      value: 'CustomerMetadataValue',
    } as const;
    errors.checkMap('customerMetadata', shapes, customerMetadata);
  }
  for (const [property, value] of Object.entries(metadata)) {
    errors.check(`metadata.${property}`, 'MetadataPropertyValue', value);
  }
  if (validationProfile !== undefined) {
    const own = new ValidationErrors('');
    own.check('profileName', 'EntityName', validationProfile.profileName);
    checkTransform(own, validationProfile.transform);
    own.list().forEach((error) => errors.add(`\`validationProfile\`: ${error}`));
  }
  errors.when(
    props.validationRole !== undefined && validationProfile === undefined,
    '`validationRole` requires `validationProfile`',
  );
}

function checkVersion(errors: ValidationErrors, props: ModelPackageProps): void {
  const { modelPackageName, certifyForMarketplace, revision, validationProfile } = props;
  const unversionedOnly = { modelPackageName, certifyForMarketplace, revision, validationProfile };
  for (const [property, value] of Object.entries(unversionedOnly)) {
    errors.when(value !== undefined, `\`${property}\` is not supported for a version of a \`group\``);
  }
}

function checkUnversioned(errors: ValidationErrors, props: ModelPackageProps): void {
  const { approvalStatus, approvalDescription, modelCard, inference } = props;
  checkPrefix(errors, 'modelPackageName', props.modelPackageName);
  for (const [property, value] of Object.entries({ approvalStatus, approvalDescription, modelCard })) {
    errors.when(value !== undefined, `\`${property}\` requires a \`group\``);
  }
  if (inference === undefined) return;
  for (const property of ['realtimeInstanceTypes', 'transformInstanceTypes'] as const) {
    errors.when(
      inference[property] === undefined || inference[property].length === 0,
      `\`inference.${property}\` must have at least 1 entry for an unversioned package`,
    );
  }
}
