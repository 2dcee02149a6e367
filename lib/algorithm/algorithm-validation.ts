import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { InstanceType } from '../common/instance-type';
import type { ContainerImageConfig } from '../image/container-image';
import { misfit, waste } from '../image/image-compatibility';
import { checkJobName } from '../private/job-resource';
import { checkPrefix } from '../private/physical-name';
import { Faults } from '../private/validation';
import type { AlgorithmProps } from './algorithm';
import { AlgorithmProvisioning } from './algorithm-provisioning';
import { checkInferenceSpecification } from './inference-specification';

/** The images of an algorithm, bound. */
export interface BoundImages {
  readonly training: ContainerImageConfig;
  readonly inference?: ContainerImageConfig;
}

/** @throws one error that lists all that is wrong with the definition of an algorithm */
export function checkAlgorithm(scope: Construct, props: AlgorithmProps, images: BoundImages): void {
  const faults = new Faults(`Algorithm ${scope.node.path}`);
  checkPrefix(faults, 'algorithmName', props.algorithmName);
  faults.check('description', 'EntityDescription', props.description);
  checkTraining(faults, props);
  checkObjectives(faults, props);
  checkInference(faults, props);
  checkProvisioning(faults, props);
  checkFit(scope, faults, props, images);
  faults.throwIfAny();
}

function checkTraining(faults: Faults, props: AlgorithmProps): void {
  const { channels, hyperparameters = [], metrics = [], trainingInstanceTypes } = props;
  faults.check('channels', 'ChannelSpecifications', channels);
  faults.checkUnique(
    'channels',
    channels.map(({ name }) => name),
  );
  faults.check('hyperparameters', 'HyperParameterSpecifications', hyperparameters);
  faults.checkUnique(
    'hyperparameters',
    hyperparameters.map(({ name }) => name),
  );
  faults.check('metrics', 'MetricDefinitionList', metrics);
  faults.checkUnique(
    'metrics',
    metrics.map(({ name }) => name),
  );
  faults.when(trainingInstanceTypes.length === 0, '`trainingInstanceTypes` must have at least 1 entry, got 0');
}

function checkObjectives(faults: Faults, { objectives = [], metrics = [] }: AlgorithmProps): void {
  const known = metrics.map(({ name }) => name);
  for (const { metricName } of objectives) {
    faults.when(
      !known.includes(metricName),
      `\`objectives\` must each name one of \`metrics\` (${known.join(', ') || 'none is defined'}), got: "${metricName}"`,
    );
  }
}

function checkInference(faults: Faults, { images, inference }: AlgorithmProps): void {
  if (inference === undefined) {
    faults.when(
      images.inference !== undefined && images.inference !== images.training,
      '`inference` must say how the inference image of `images` answers; for an algorithm that only trains use `AlgorithmImages.trainingOnly`',
    );
    return;
  }
  faults.when(
    images.inference === undefined,
    '`inference` needs an image: use `AlgorithmImages.combined` or `AlgorithmImages.split`',
  );
  checkInferenceSpecification(faults, inference);
  for (const property of ['realtimeInstanceTypes', 'transformInstanceTypes'] as const) {
    faults.when(
      inference[property] === undefined || inference[property].length === 0,
      `\`inference.${property}\` must have at least 1 entry: an algorithm declares where its models run`,
    );
  }
}

function checkProvisioning(faults: Faults, props: AlgorithmProps): void {
  const { validationProfiles, validationRole, provisioning } = props;
  faults.when(
    validationProfiles !== undefined && validationProfiles.length !== 1,
    `\`validationProfiles\` must have exactly 1 entry, got ${validationProfiles?.length}`,
  );
  faults.when(
    validationProfiles !== undefined && provisioning === AlgorithmProvisioning.CLOUDFORMATION,
    '`validationProfiles` need `provisioning` HANDLER: the type of CloudFormation knows no validation',
  );
  faults.when(
    validationProfiles === undefined && validationRole !== undefined,
    '`validationRole` is for `validationProfiles`, and there is none',
  );
  const isHandled = validationProfiles !== undefined || provisioning === AlgorithmProvisioning.HANDLER;
  if (isHandled) checkJobName(faults, 'algorithmName', props.algorithmName);
  validationProfiles?.forEach((profile) => profile._check(faults, props));
}

function checkFit(scope: Construct, faults: Faults, props: AlgorithmProps, images: BoundImages): void {
  const { trainingInstanceTypes, inference } = props;
  const declared: [string, ContainerImageConfig | undefined, InstanceType[] | undefined][] = [
    ['trainingInstanceTypes', images.training, trainingInstanceTypes],
    ['inference.realtimeInstanceTypes', images.inference, inference?.realtimeInstanceTypes],
    ['inference.transformInstanceTypes', images.inference, inference?.transformInstanceTypes],
  ];
  for (const [property, image = {}, types = []] of declared) {
    faults.when(
      'registryAccess' in image && image.registryAccess !== undefined,
      `\`images\`: the images of an algorithm must be in Amazon ECR, got one of a private registry for \`${property}\``,
    );
    for (const type of types) {
      const fault = misfit(image, type);
      faults.when(fault !== undefined, `\`${property}\`: ${fault}`);
      const warning = waste(image, type);
      if (warning !== undefined) Annotations.of(scope).addWarningV2('cdk-sagemaker-algorithm:idleAccelerator', warning);
    }
  }
}
