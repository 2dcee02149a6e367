import type { Construct } from 'constructs';
import { checkInferenceSpecification } from '../../algorithm/inference-specification';
import { checkTransform } from '../../common/transform-options';
import { checkPrefix } from '../../private/physical-name';
import { Faults } from '../../private/validation';
import { checkAdditional } from './additional-inference-specification';
import type { ModelPackageProps } from './model-package';
import { checkContainers } from './model-package-container';

/** @throws one error that lists all that is wrong with the definition of a model package */
export function checkModelPackage(scope: Construct, props: ModelPackageProps): void {
  const faults = new Faults(`Model package ${scope.node.path}`);
  faults.check('description', 'EntityDescription', props.description);
  checkSource(faults, props);
  checkDescription(faults, props);
  if (props.additionalInferenceSpecifications) checkAdditional(faults, props.additionalInferenceSpecifications);
  if (props.group === undefined) checkUnversioned(faults, props);
  else checkVersion(faults, props);
  faults.throwIfAny();
}

function checkSource(faults: Faults, props: ModelPackageProps): void {
  const { algorithm, image, inference, containers, modelData } = props;
  if (algorithm === undefined) {
    faults.when(
      inference === undefined || (image === undefined && containers === undefined),
      'either `algorithm`, or `image` and `inference` must be given (or `containers` and `inference`): they say what serves the data',
    );
  } else {
    faults.when(
      image !== undefined || inference !== undefined || containers !== undefined,
      '`image` and `inference` must not be given together with `algorithm`, which says both, and neither must `containers`',
    );
    faults.when(modelData === undefined, '`modelData` must be given: it is what `algorithm` has trained');
    faults.when(
      algorithm.specification !== undefined && algorithm.specification.inference === undefined,
      `\`algorithm\` ${algorithm.node.path} only trains: give it \`inference\`, or give \`image\` and \`inference\` here`,
    );
  }
  if (inference !== undefined) checkInferenceSpecification(faults, inference);
  if (containers !== undefined) checkOwnContainers(faults, props);
}

function checkOwnContainers(faults: Faults, { containers = [], image, inference, modelData }: ModelPackageProps): void {
  checkContainers(faults, 'containers', containers);
  const single = { image, modelData, 'inference.environment': inference?.environment };
  for (const [property, value] of Object.entries(single)) {
    faults.when(value !== undefined, `\`${property}\` belongs to each of \`containers\` where there are any`);
  }
}

function checkDescription(faults: Faults, props: ModelPackageProps): void {
  const { customerMetadata, metadata = {}, validationProfile } = props;
  faults.check('approvalDescription', 'ApprovalDescription', props.approvalDescription);
  faults.check('sourceUri', 'ModelPackageSourceUri', props.sourceUri);
  if (customerMetadata !== undefined) {
    const shapes = {
      map: 'CustomerMetadataMap',
      key: 'CustomerMetadataKey',
      value: 'CustomerMetadataValue',
    } as const;
    faults.checkMap('customerMetadata', shapes, customerMetadata);
  }
  for (const [property, value] of Object.entries(metadata)) {
    faults.check(`metadata.${property}`, 'MetadataPropertyValue', value);
  }
  if (validationProfile !== undefined) {
    const own = new Faults('');
    own.check('profileName', 'EntityName', validationProfile.profileName);
    checkTransform(own, validationProfile.transform);
    own.list().forEach((fault) => faults.add(`\`validationProfile\`: ${fault}`));
  }
  faults.when(
    props.validationRole !== undefined && validationProfile === undefined,
    '`validationRole` is for `validationProfile`, and there is none',
  );
}

function checkVersion(faults: Faults, props: ModelPackageProps): void {
  const { modelPackageName, certifyForMarketplace, revision, validationProfile } = props;
  const unversionedOnly = { modelPackageName, certifyForMarketplace, revision, validationProfile };
  for (const [property, value] of Object.entries(unversionedOnly)) {
    faults.when(value !== undefined, `\`${property}\` is for unversioned packages, and \`group\` makes this a version`);
  }
}

function checkUnversioned(faults: Faults, props: ModelPackageProps): void {
  const { approvalStatus, approvalDescription, modelCard, inference } = props;
  checkPrefix(faults, 'modelPackageName', props.modelPackageName);
  for (const [property, value] of Object.entries({ approvalStatus, approvalDescription, modelCard })) {
    faults.when(value !== undefined, `\`${property}\` is for versions: give the package a \`group\``);
  }
  if (inference === undefined) return;
  for (const property of ['realtimeInstanceTypes', 'transformInstanceTypes'] as const) {
    faults.when(
      inference[property] === undefined || inference[property].length === 0,
      `\`inference.${property}\` must have at least 1 entry in an unversioned package`,
    );
  }
}
