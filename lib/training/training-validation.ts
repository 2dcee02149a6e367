import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkAgainstSpecification } from '../algorithm/specification-compatibility';
import { warnAboutInstanceTypes } from '../common/known-instance-types';
import { format, isLonger } from '../common/job-times';
import { definesMetrics } from '../image/built-in-metrics';
import { checkImage, warnAboutScript } from '../image/image-compatibility';
import { ImagePurpose } from '../image/provided-image-options';
import { warnAboutContentTypes } from '../private/content-types';
import { SECONDS } from '../private/contract';
import { isInOtherAccount, regionConflict } from '../private/environment';
import { type Shape, type ValidationErrors } from '../private/validation';
import { checkVpcOptions } from '../private/vpc-access';
import type { TrainingOptions } from './training-options';

/** The limits that differ between a training job and a definition of a tuning job. */
export interface TrainingShapes {
  readonly environment: { readonly map: Shape; readonly key: Shape; readonly value: Shape };
}

/** The maximum wait time of managed spot training with an algorithm from AWS Marketplace. */
const MARKETPLACE_MAX_WAIT_TIME = Duration.hours(1);

/** Validates the options that a training job and a definition of a tuning job have in common. */
export function checkTraining(
  scope: Construct,
  errors: ValidationErrors,
  options: TrainingOptions,
  shapes: TrainingShapes,
): void {
  errors.when(
    (options.algorithm === undefined) === (options.image === undefined),
    'exactly one of `algorithm` and `image` must be set',
  );
  errors.checkMap(
    'hyperparameters',
    { map: 'HyperParameters', key: 'HyperParameterKey', value: 'HyperParameterValue' },
    options.hyperparameters,
  );
  errors.checkMap('environment', shapes.environment, options.environment);
  errors.check('metrics', 'MetricDefinitionList', options.metrics);
  errors.check('maxRetryAttempts', 'MaximumRetryAttempts', options.maxRetryAttempts);
  errors.checkSeconds('maxPendingTime', 'MaxPendingTimeInSeconds', options.maxPendingTime);
  const { checkpoints } = options;
  errors.check('checkpoints.localPath', 'DirectoryPath', checkpoints?.localPath);
  checkpoints?.location._checkInput(errors, 'checkpoints.location');
  checkVpcOptions(errors, options);
  checkSource(scope, errors, options);
  checkInputs(scope, errors, options);
  checkNetwork(errors, options);
  checkImageOnly(errors, options, {
    metrics: options.metrics,
    script: options.script,
  });
  const { useSpotInstances, maxWaitTime, script, networkIsolation } = options;
  errors.when(
    maxWaitTime !== undefined && useSpotInstances !== true,
    '`maxWaitTime` requires Spot Instances: set `useSpotInstances: true`, or remove `maxWaitTime`',
  );
  errors.when(
    useSpotInstances === true && options.resources._hasWarmPool,
    '`useSpotInstances` must not be set with `keepAlive` of `resources`: Spot Instances are not kept alive',
  );
  errors.when(
    script?._isFetched === true && networkIsolation === true,
    '`script` requires a network, since the container downloads it: it must not be set together with `networkIsolation`',
  );
  errors.when(
    script?._isFetched === false,
    '`script` must be created with Script.fromDirectory(): a training job has no model artifact that could contain it',
  );
}

/** Validates a job against the specification of its algorithm, if it has one. */
export function checkAlgorithm(errors: ValidationErrors, options: TrainingOptions): void {
  const specification = options.algorithm?.specification;
  if (specification !== undefined) checkAgainstSpecification(errors, options, specification);
}

/** Validates that the image or the algorithm can be used in this region, and that the image runs on the instances. */
function checkSource(scope: Construct, errors: ValidationErrors, options: TrainingOptions): void {
  const { algorithm, image, resources, script } = options;
  const conflict = regionConflict(scope, algorithm?.env.region);
  errors.when(
    conflict !== undefined,
    `\`algorithm\` ${algorithm?.node.path} is ${conflict}: a job must be in the region of its algorithm`,
  );
  errors.when(
    algorithm?.specification !== undefined && isInOtherAccount(scope, algorithm.env.account),
    `\`algorithm\` ${algorithm?.node.path} must be in the account of the job: SageMaker has no algorithms that accounts share. Define one here ` +
      'with the same images',
  );
  if (image === undefined) return;
  checkImage(scope, errors, image, {
    property: 'image',
    purpose: ImagePurpose.TRAINING,
    instanceTypes: { resources: resources.instanceTypes },
  });
  errors.when(
    options.metrics !== undefined && definesMetrics(image._providedRepository),
    '`metrics` must not be set: the algorithm defines its own metrics, and SageMaker rejects other ones',
  );
  if (script !== undefined) warnAboutScript(scope, image);
}

function checkInputs(scope: Construct, errors: ValidationErrors, { inputs = {}, resources }: TrainingOptions): void {
  const channels = Object.keys(inputs);
  if (channels.length > 0) errors.check('inputs', 'InputDataConfig', channels);
  channels.forEach((channel) => errors.check(`inputs key "${channel}"`, 'ChannelName', channel));
  for (const [channel, { instanceGroups, _location }] of Object.entries(inputs)) {
    _location?._checkEnvironment(scope, errors, `inputs["${channel}"]`);
    const unknown = instanceGroups.filter((group) => !resources.groupNames.includes(group));
    errors.when(
      unknown.length > 0,
      `\`inputs["${channel}"]\`: \`instanceGroups\` must each be the name of a group of \`resources\` ` +
        `(${resources.groupNames.join(', ') || 'none are defined'}), got: ${unknown.join(', ')}`,
    );
  }
}

function checkNetwork(
  errors: ValidationErrors,
  { inputs = {}, image, vpc, networkIsolation, algorithm }: TrainingOptions,
): void {
  for (const [channel, { needsVpc }] of Object.entries(inputs)) {
    errors.when(
      needsVpc && vpc === undefined,
      `\`inputs["${channel}"]\` requires a \`vpc\`: it is a file system, which is only accessible in its VPC`,
    );
  }
  errors.when(
    algorithm?.isMarketplaceProduct === true && networkIsolation === false,
    '`networkIsolation` must not be false: an algorithm from AWS Marketplace requires it',
  );
  errors.when(
    image?.usesPrivateRegistry === true && vpc === undefined,
    '`image` requires a `vpc`: it is in a private registry, which is only accessible in a VPC',
  );
}

/** Validates that properties are not set for an algorithm: the service rejects them, or fails with an internal error. */
export function checkImageOnly(errors: ValidationErrors, { algorithm }: TrainingOptions, properties: object): void {
  if (algorithm === undefined) return;
  for (const [property, value] of Object.entries(properties)) {
    errors.when(value !== undefined, `\`${property}\` requires \`image\`: it is not supported for an algorithm`);
  }
}

/** Validates the maximum run time and the maximum wait time of a training job. */
export function checkJobTimes(errors: ValidationErrors, runtime: Duration, options: TrainingOptions): void {
  const { algorithm, useSpotInstances = false, maxWaitTime = runtime } = options;
  errors.checkSeconds('maxRuntime', 'MaxRuntimeInSeconds', runtime);
  errors.checkSeconds('maxWaitTime', 'MaxWaitTimeInSeconds', options.maxWaitTime);
  errors.when(
    isLonger(runtime, Duration.seconds(SECONDS.maxMaxRuntime)),
    `\`maxRuntime\` must be at most 28 days, got ${format(runtime)}`,
  );
  errors.when(
    isLonger(runtime, maxWaitTime),
    `\`maxWaitTime\` must be at least \`maxRuntime\` (${format(runtime)}), which it includes, got ${format(maxWaitTime)}`,
  );
  errors.when(
    useSpotInstances && algorithm?.isMarketplaceProduct === true && isLonger(maxWaitTime, MARKETPLACE_MAX_WAIT_TIME),
    `\`maxWaitTime\` must be at most 1 hour for an algorithm from AWS Marketplace, got: ${format(maxWaitTime)}. The default is ` +
      'the maximum run time',
  );
}

export function warnAboutTraining(scope: Construct, { resources, inputs = {} }: TrainingOptions): void {
  warnAboutInstanceTypes(scope, 'training', resources.instanceTypes);
  warnAboutContentTypes(
    scope,
    Object.values(inputs).map(({ contentType }) => contentType),
  );
}
