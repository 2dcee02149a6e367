import type { Construct } from 'constructs';
import type { ContainerImage } from '../image/container-image';
import { checkImage } from '../image/image-compatibility';
import { ImagePurpose } from '../image/provided-image-options';
import { checkJobName } from '../private/job-resource';
import { warnAboutCertification } from '../private/marketplace';
import { checkPrefix } from '../private/physical-name';
import { ValidationErrors } from '../private/validation';
import type { AlgorithmProps } from './algorithm-props';
import { AlgorithmProvisioning, provisioningOf } from './algorithm-provisioning';
import { type InferenceSpecification, checkInferenceSpecification } from './inference-specification';

/** @throws an error that lists every invalid property of the algorithm */
export function checkAlgorithm(scope: Construct, props: AlgorithmProps): void {
  const errors = new ValidationErrors(`Algorithm ${scope.node.path}`, 'algorithms');
  errors.requireTypes('AlgorithmProps', props);
  checkPrefix(errors, 'algorithmName', props.algorithmName);
  errors.check('description', 'EntityDescription', props.description);
  checkTraining(errors, props);
  checkObjectives(errors, props);
  checkInference(errors, props);
  checkProvisioning(scope, errors, props);
  checkCompatibility(scope, errors, props);
  errors.throwIfAny();
  const isValidated = props.validationProfiles !== undefined;
  warnAboutCertification(scope, 'validationProfiles', { ...props, isValidated });
}

function checkTraining(errors: ValidationErrors, props: AlgorithmProps): void {
  const { channels, hyperparameters = [], metrics = [], trainingInstanceTypes } = props;
  errors.check('channels', 'ChannelSpecifications', channels);
  errors.checkUnique(
    'channels',
    channels.map(({ name }) => name),
  );
  errors.check('hyperparameters', 'HyperParameterSpecifications', hyperparameters);
  errors.checkUnique(
    'hyperparameters',
    hyperparameters.map(({ name }) => name),
  );
  errors.check('metrics', 'MetricDefinitionList', metrics);
  errors.checkUnique(
    'metrics',
    metrics.map(({ name }) => name),
  );
  errors.when(trainingInstanceTypes.length === 0, '`trainingInstanceTypes` must have at least 1 entry, got 0');
}

function checkObjectives(errors: ValidationErrors, { objectives = [], metrics = [] }: AlgorithmProps): void {
  const known = metrics.map(({ name }) => name);
  for (const { metricName } of objectives) {
    errors.when(
      !known.includes(metricName),
      `\`objectives\` must each name one of \`metrics\` (${known.join(', ') || 'none are defined'}), got: "${metricName}"`,
    );
  }
}

function checkInference(errors: ValidationErrors, { images, inference }: AlgorithmProps): void {
  if (inference === undefined) {
    errors.when(
      images.inference !== undefined && images.inference !== images.training,
      '`inference` must be set because `images` has an inference image; for an algorithm that only trains, use `AlgorithmImages.trainingOnly`',
    );
    return;
  }
  errors.when(
    images.inference === undefined,
    '`inference` requires an inference image: use `AlgorithmImages.combined` or `AlgorithmImages.split`',
  );
  checkInferenceSpecification(errors, inference);
  const { realtimeInstanceTypes, transformInstanceTypes } = inference;
  errors.when(
    realtimeInstanceTypes === undefined && transformInstanceTypes === undefined,
    '`inference` must have `realtimeInstanceTypes`, `transformInstanceTypes` or both: an algorithm declares the instance types of its models',
  );
  for (const [property, types] of Object.entries({ realtimeInstanceTypes, transformInstanceTypes })) {
    errors.when(types?.length === 0, `\`inference.${property}\` must have at least 1 entry. Omit it if there is none`);
  }
}

function checkProvisioning(scope: Construct, errors: ValidationErrors, props: AlgorithmProps): void {
  const { validationProfiles, validationRole, provisioning } = props;
  errors.when(
    validationProfiles !== undefined && validationProfiles.length !== 1,
    `\`validationProfiles\` must have exactly 1 entry, got ${validationProfiles?.length}`,
  );
  errors.when(
    validationProfiles !== undefined && provisioning === AlgorithmProvisioning.CLOUDFORMATION,
    '`validationProfiles` requires `provisioning` CUSTOM_RESOURCE: AWS::SageMaker::Algorithm does not support validation',
  );
  errors.when(
    validationProfiles === undefined && validationRole !== undefined,
    '`validationRole` requires `validationProfiles`',
  );
  if (provisioningOf(scope, props) === AlgorithmProvisioning.CUSTOM_RESOURCE)
    checkJobName(errors, 'algorithmName', props.algorithmName);
  validationProfiles?.forEach((profile) => profile._checkProfile(errors, props));
}

function checkCompatibility(scope: Construct, errors: ValidationErrors, props: AlgorithmProps): void {
  const { images, trainingInstanceTypes, inference } = props;
  checkImage(scope, errors, images.training, {
    property: 'images',
    purpose: ImagePurpose.TRAINING,
    instanceTypes: { trainingInstanceTypes },
  });
  const served = inference === undefined || images.inference === undefined ? [] : imagesOf(images.inference, inference);
  for (const [property, image] of served) {
    checkImage(scope, errors, image, {
      property,
      purpose: ImagePurpose.INFERENCE,
      instanceTypes: {
        'inference.realtimeInstanceTypes': inference?.realtimeInstanceTypes,
        'inference.transformInstanceTypes': inference?.transformInstanceTypes,
      },
    });
  }
  for (const [property, { usesPrivateRegistry }] of [['images', images.training] as const, ...served]) {
    errors.when(
      usesPrivateRegistry,
      `\`${property}\` must be in Amazon ECR: an algorithm does not support images of a private registry`,
    );
  }
}

/** The images of the inference containers, by the properties that contain them. */
function imagesOf(
  first: ContainerImage,
  { followingContainers = [] }: InferenceSpecification,
): [string, ContainerImage][] {
  const following = followingContainers.map(({ image }, index): [string, ContainerImage] => [
    `inference.followingContainers[${index}].image`,
    image,
  ]);
  return [['images', first], ...following];
}
