import type { Construct } from 'constructs';
import type { InferenceContainer } from '../../algorithm/inference-container';
import {
  type InferenceSpecification,
  checkInferenceSpecification,
  unsupportedInstanceType,
} from '../../algorithm/inference-specification';
import { warnAboutInstanceTypes } from '../../common/known-instance-types';
import { checkTransform } from '../../common/transform-options';
import type { ContainerImage } from '../../image/container-image';
import { checkImage } from '../../image/image-compatibility';
import { ImagePurpose } from '../../image/provided-image-options';
import { noteClosedFeature } from '../../private/closed-features';
import { warnAboutContentTypes } from '../../private/content-types';
import { warnAboutCertification } from '../../private/marketplace';
import { checkPrefix } from '../../private/physical-name';
import { regionConflict } from '../../private/environment';
import { ValidationErrors } from '../../private/validation';
import { checkAdditional } from './additional-inference-specification';
import type { ModelPackageProps } from './model-package-props';
import { checkContainers } from './model-package-container';
import { supportedInstanceTypes } from './model-package-rendering';

/** @throws an error that lists all validation errors of the model package */
export function checkModelPackage(scope: Construct, props: ModelPackageProps): void {
  const errors = new ValidationErrors(`Model package ${scope.node.path}`, 'model-packages');
  errors.requireTypes('ModelPackageProps', props);
  errors.check('description', 'EntityDescription', props.description);
  checkSource(scope, errors, props);
  checkDescription(scope, errors, props);
  if (props.additionalInferenceSpecifications) checkAdditional(scope, errors, props.additionalInferenceSpecifications);
  if (props.group === undefined) checkUnversioned(errors, props);
  else checkVersion(errors, props);
  checkImages(scope, errors, props);
  errors.throwIfAny();
  const isValidated = props.validationProfile !== undefined;
  if (props.driftCheckBaselines !== undefined) noteClosedFeature(scope, 'driftCheckBaselines', 'Model Monitor');
  warnAboutCertification(scope, 'validationProfile', { ...props, isValidated });
  const { inference, additionalInferenceSpecifications: additional = [] } = props;
  for (const specification of [...(inference ? [inference] : []), ...additional]) {
    warnAboutInstanceTypes(scope, 'endpoint', specification.realtimeInstanceTypes);
    warnAboutInstanceTypes(scope, 'transform', specification.transformInstanceTypes);
    warnAboutContentTypes(scope, specification.contentTypes ?? []);
  }
}

function checkImages(scope: Construct, errors: ValidationErrors, props: ModelPackageProps): void {
  const { image, containers = [], inference, additionalInferenceSpecifications: additional = [] } = props;
  const specifications: ContainerImages[] = [
    {
      at: 'inference',
      types: inference,
      images: [
        ...(image === undefined ? [] : [['image', image] as const]),
        ...imagesOf('containers', containers),
        ...imagesOf('inference.followingContainers', inference?.followingContainers),
      ],
    },
    ...additional.map((specification, index) => {
      const at = `additionalInferenceSpecifications[${index}]`;
      return { at, types: specification, images: imagesOf(`${at}.containers`, specification.containers) };
    }),
  ];
  for (const { at, types, images } of specifications) {
    for (const [property, one] of images) {
      checkImage(scope, errors, one, {
        property,
        purpose: ImagePurpose.INFERENCE,
        instanceTypes: {
          [`${at}.realtimeInstanceTypes`]: types?.realtimeInstanceTypes,
          [`${at}.transformInstanceTypes`]: types?.transformInstanceTypes,
        },
      });
    }
  }
  errors.when(
    specifications.some(({ images }) => images.some(([, { usesPrivateRegistry }]) => usesPrivateRegistry)),
    'the images of a model package must be in Amazon ECR: use a `Model` for an image in a private registry',
  );
}

/** The images of an inference specification, by the properties that contain them, and its instance types. */
interface ContainerImages {
  readonly at: string;
  readonly types?: Pick<InferenceSpecification, 'realtimeInstanceTypes' | 'transformInstanceTypes'>;
  readonly images: (readonly [string, ContainerImage])[];
}

function imagesOf(property: string, containers: InferenceContainer[] = []): [string, ContainerImage][] {
  return containers.map(({ image }, index) => [`${property}[${index}].image`, image]);
}

function checkSource(scope: Construct, errors: ValidationErrors, props: ModelPackageProps): void {
  props.modelData?._location?._checkEnvironment(scope, errors, 'modelData');
  const conflict = regionConflict(scope, props.algorithm?.env.region);
  errors.when(
    conflict !== undefined,
    `\`algorithm\` ${props.algorithm?.node.path} is ${conflict}: a model package must be in the region of its algorithm`,
  );
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
  if (containers !== undefined) checkOwnContainers(scope, errors, props);
}

/** The part of an inference specification that describes containers. */
const CONTAINER_OPTIONS = [
  'environment',
  'containerHostname',
  'framework',
  'frameworkVersion',
  'nearestModelName',
  'dataInputConfig',
  'followingContainers',
] as const;

function checkOwnContainers(
  scope: Construct,
  errors: ValidationErrors,
  { containers = [], image, inference, modelData }: ModelPackageProps,
): void {
  checkContainers(scope, errors, 'containers', containers);
  const options = CONTAINER_OPTIONS.map((option) => [`inference.${option}`, inference?.[option]] as const);
  const single = { image, modelData, ...Object.fromEntries(options) };
  for (const [property, value] of Object.entries(single)) {
    errors.when(
      value !== undefined,
      `\`${property}\` must not be specified with \`containers\`: specify it for each container`,
    );
  }
}

function checkDescription(scope: Construct, errors: ValidationErrors, props: ModelPackageProps): void {
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
  checkCommit(errors, props);
  for (const [property, value] of Object.entries(metadata)) {
    errors.check(`metadata.${property}`, 'MetadataPropertyValue', value);
  }
  if (validationProfile !== undefined) {
    const own = new ValidationErrors('', 'model-packages');
    own.check('profileName', 'EntityName', validationProfile.profileName);
    checkTransform(own, validationProfile.transform);
    const { instanceType } = validationProfile.transform.resources;
    const supported = supportedInstanceTypes(scope, props);
    const unsupported = unsupportedInstanceType(supported, 'transformInstanceTypes', instanceType);
    own.when(unsupported !== undefined, `\`transform.resources\`: ${unsupported}`);
    own.list().forEach((error) => errors.add(`\`validationProfile\`: ${error}`));
  }
  errors.when(
    props.validationRole !== undefined && validationProfile === undefined,
    '`validationRole` requires `validationProfile`',
  );
}

function checkCommit(errors: ValidationErrors, { commitId, customerMetadata = {}, metadata }: ModelPackageProps): void {
  if (commitId === undefined) return;
  errors.check('commitId', 'CustomerMetadataValue', commitId);
  errors.check('customerMetadata with commitId', 'CustomerMetadataMap', { ...customerMetadata, commitId });
  const others = { 'customerMetadata.commitId': customerMetadata.commitId, 'metadata.commitId': metadata?.commitId };
  for (const [property, other] of Object.entries(others)) {
    errors.when(other !== undefined, `\`${property}\` must not be specified with \`commitId\`: remove one of them`);
  }
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
