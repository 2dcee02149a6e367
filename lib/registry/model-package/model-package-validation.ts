import type { Construct } from 'constructs';
import { checkInferenceSpecification } from '../../algorithm/inference-specification';
import { checkTransform } from '../../common/transform-options';
import { checkPrefix } from '../../private/physical-name';
import { ValidationErrors } from '../../private/validation';
import { checkAdditional } from './additional-inference-specification';
import type { ModelPackageProps } from './model-package-props';
import { checkContainers } from './model-package-container';

/** @throws one error that lists all that is wrong with the definition of a model package */
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
    'images of packages must be in Amazon ECR; a `Model` may run an image of a private registry',
  );
}

function checkSource(errors: ValidationErrors, props: ModelPackageProps): void {
  const { algorithm, image, inference, containers, modelData } = props;
  if (algorithm === undefined) {
    errors.when(
      inference === undefined || (image === undefined && containers === undefined),
      'either `algorithm`, or `image` and `inference` must be given (or `containers` and `inference`): they say what serves the data',
    );
  } else {
    errors.when(
      image !== undefined || inference !== undefined || containers !== undefined,
      '`image` and `inference` must not be given together with `algorithm`, which says both, and neither must `containers`',
    );
    errors.when(modelData === undefined, '`modelData` must be given: it is what `algorithm` has trained');
    errors.when(
      algorithm.specification !== undefined && algorithm.specification.inference === undefined,
      `\`algorithm\` ${algorithm.node.path} only trains: give it \`inference\`, or give \`image\` and \`inference\` here`,
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
    errors.when(value !== undefined, `\`${property}\` belongs to each of \`containers\` where there are any`);
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
    '`validationRole` is for `validationProfile`, and there is none',
  );
}

function checkVersion(errors: ValidationErrors, props: ModelPackageProps): void {
  const { modelPackageName, certifyForMarketplace, revision, validationProfile } = props;
  const unversionedOnly = { modelPackageName, certifyForMarketplace, revision, validationProfile };
  for (const [property, value] of Object.entries(unversionedOnly)) {
    errors.when(value !== undefined, `\`${property}\` is for unversioned packages, and \`group\` makes this a version`);
  }
}

function checkUnversioned(errors: ValidationErrors, props: ModelPackageProps): void {
  const { approvalStatus, approvalDescription, modelCard, inference } = props;
  checkPrefix(errors, 'modelPackageName', props.modelPackageName);
  for (const [property, value] of Object.entries({ approvalStatus, approvalDescription, modelCard })) {
    errors.when(value !== undefined, `\`${property}\` is for versions: give the package a \`group\``);
  }
  if (inference === undefined) return;
  for (const property of ['realtimeInstanceTypes', 'transformInstanceTypes'] as const) {
    errors.when(
      inference[property] === undefined || inference[property].length === 0,
      `\`inference.${property}\` must have at least 1 entry in an unversioned package`,
    );
  }
}
