import { Annotations, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkAgainstSpecification } from '../algorithm/specification-compatibility';
import { UNKNOWN_INSTANCE_TYPE, unknownInstanceTypes } from '../common/known-instance-types';
import { JobWait } from '../common/job-wait';
import { SECONDS } from '../private/contract';
import { type Shape, type ValidationErrors } from '../private/validation';
import { checkVpcOptions } from '../private/vpc-access';
import type { TrainingOptions } from './training-options';

/** The limits that differ between a training job and a definition of a tuning job. */
export interface TrainingShapes {
  readonly environment: { readonly map: Shape; readonly key: Shape; readonly value: Shape };
}

/** The longest that a job of an algorithm from AWS Marketplace may wait for spot instances. */
const MARKETPLACE_MAX_WAIT = Duration.hours(1);

/** Checks what a training job and a definition of a tuning job have in common. */
export function checkTraining(errors: ValidationErrors, options: TrainingOptions, shapes: TrainingShapes): void {
  errors.when(
    (options.algorithm === undefined) === (options.image === undefined),
    'exactly one of `algorithm` and `image` must be given',
  );
  errors.checkMap(
    'hyperparameters',
    { map: 'HyperParameters', key: 'HyperParameterKey', value: 'HyperParameterValue' },
    options.hyperparameters,
  );
  errors.checkMap('environment', shapes.environment, options.environment);
  errors.check('metrics', 'MetricDefinitionList', options.metrics);
  errors.check('maxRetryAttempts', 'MaximumRetryAttempts', options.maxRetryAttempts);
  checkVpcOptions(errors, options);
  checkInputs(errors, options);
  checkNetwork(errors, options);
  checkImageOnly(errors, options, {
    environment: options.environment,
    metrics: options.metrics,
    script: options.script,
  });
  const { algorithm, useSpotInstances, maxWaitTime, script, networkIsolation } = options;
  errors.when(
    maxWaitTime !== undefined && useSpotInstances !== true,
    '`maxWaitTime` is the time to wait for Spot Instances: set `useSpotInstances: true`, or remove it',
  );
  errors.when(
    script?._isFetched === true && networkIsolation === true,
    '`script` is fetched by the container, and `networkIsolation` leaves no network',
  );
  errors.when(
    script?._isFetched === false,
    '`script` must be Script.fromDirectory(): there is no model that could bring it before there is one',
  );
  errors.when(
    algorithm?.isMarketplaceProduct === true &&
      maxWaitTime !== undefined &&
      isLonger(maxWaitTime, MARKETPLACE_MAX_WAIT),
    '`maxWaitTime` must be at most 1 hour for an algorithm from AWS Marketplace',
  );
}

/** Checks that what is run is what the algorithm understands, if that is known. */
export function checkAlgorithm(errors: ValidationErrors, options: TrainingOptions): void {
  const specification = options.algorithm?.specification;
  if (specification !== undefined) checkAgainstSpecification(errors, options, specification);
}

function checkInputs(errors: ValidationErrors, { inputs = {}, resources }: TrainingOptions): void {
  const channels = Object.keys(inputs);
  if (channels.length > 0) errors.check('inputs', 'InputDataConfig', channels);
  channels.forEach((channel) => errors.check(`inputs key "${channel}"`, 'ChannelName', channel));
  for (const [channel, { instanceGroups }] of Object.entries(inputs)) {
    const unknown = instanceGroups.filter((group) => !resources.groupNames.includes(group));
    errors.when(
      unknown.length > 0,
      `\`inputs["${channel}"]\`: \`instanceGroups\` must each name a group of \`resources\` ` +
        `(${resources.groupNames.join(', ') || 'there is none'}), got: ${unknown.join(', ')}`,
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
      `\`inputs["${channel}"]\` is a file system, which only a job in a \`vpc\` can reach`,
    );
  }
  errors.when(
    algorithm?.isMarketplaceProduct === true && networkIsolation === false,
    '`networkIsolation` must not be false: an algorithm from AWS Marketplace runs without a network',
  );
  errors.when(
    image?.usesPrivateRegistry === true && vpc === undefined,
    '`image` is in a private registry, which only a job in a `vpc` can reach',
  );
}

/** The service refuses these for algorithms, or ends with an internal error. */
export function checkImageOnly(errors: ValidationErrors, { algorithm }: TrainingOptions, given: object): void {
  if (algorithm === undefined) return;
  for (const [property, value] of Object.entries(given)) {
    errors.when(
      value !== undefined,
      `\`${property}\` is for jobs with \`image\`; an algorithm says all that its containers get`,
    );
  }
}

interface Times {
  readonly maxRuntime?: Duration;
  readonly wait?: JobWait;
  readonly maxWaitTime?: Duration;
}

/** The time that a job may run, and how long the deployment waits for it. */
export function checkTimes(errors: ValidationErrors, { maxRuntime, wait, maxWaitTime }: Times): Duration {
  const longest = wait?.duration === undefined ? JobWait._longestRun() : JobWait._longestRun(wait.duration);
  const isWaitedFor = wait === undefined || wait.duration !== undefined;
  const runtime = maxRuntime ?? maxWaitTime ?? (isWaitedFor ? longest : Duration.seconds(SECONDS.defaultMaxRuntime));
  const whole = maxWaitTime ?? runtime;
  errors.when(
    isWaitedFor && isLonger(whole, longest),
    `\`${maxWaitTime === undefined ? 'maxRuntime' : 'maxWaitTime'}\` must be at most ${human(longest)} when the deployment ` +
      `waits (30 minutes are for start, download and upload), got ${human(whole)}. Shorten it, wait longer with ` +
      'JobWait.upTo() (at most 12 hours), or do not wait with JobWait.none()',
  );
  return runtime;
}

/** Checks the times of one training run. */
export function checkRuntime(errors: ValidationErrors, runtime: Duration, maxWaitTime: Duration = runtime): void {
  errors.when(isLonger(Duration.seconds(1), runtime), '`maxRuntime` must be at least 1 second');
  errors.when(
    isLonger(runtime, Duration.seconds(SECONDS.maxMaxRuntime)),
    `\`maxRuntime\` must be at most 28 days, got ${human(runtime)}`,
  );
  errors.when(
    isLonger(runtime, maxWaitTime),
    `\`maxWaitTime\` includes the run time and must be at least ${human(runtime)}, got ${human(maxWaitTime)}`,
  );
}

/** Whether one duration is known to be longer than another: those that only the deployment knows pass. */
function isLonger(one: Duration, other: Duration): boolean {
  return !one.isUnresolved() && !other.isUnresolved() && one.toSeconds() > other.toSeconds();
}

function human(duration: Duration): string {
  return duration.isUnresolved() ? 'a duration that the deployment knows' : duration.toHumanString();
}

/** How long the deployment waits; by default as long as the job may run, if that is known. */
export function waitFor(wait: JobWait | undefined, run: Duration): Duration | undefined {
  return (wait ?? JobWait._for(run.isUnresolved() ? JobWait._longestRun() : run)).duration;
}

export function warnOfUnknownInstanceTypes(scope: Construct, { resources }: TrainingOptions): void {
  const warning = unknownInstanceTypes('training', resources.instanceTypes);
  if (warning !== undefined) Annotations.of(scope).addWarningV2(UNKNOWN_INSTANCE_TYPE, warning);
}
