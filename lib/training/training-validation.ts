import { Annotations, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AlgorithmSpecification } from '../algorithm/algorithm-specification';
import { JobWait } from '../common/job-wait';
import { SECONDS } from '../private/contract';
import { Faults, KNOWN_INSTANCE_TYPES, isKnown } from '../private/validation';
import type { TrainingJobProps } from './training-job';
import { inputModeOf } from './training-request';

/** What is left of 63 characters between the prefix of the stack and the hash of the job. */
const MAX_NAME_LENGTH = 35;

/**
 * The time that the job may run.
 *
 * @throws one error that lists all that is wrong with the definition of a training job
 */
export function checkTrainingJob(scope: Construct, props: TrainingJobProps): Duration {
  const faults = new Faults(`Training job ${scope.node.path}`);
  faults.when(
    (props.algorithm === undefined) === (props.image === undefined),
    'exactly one of `algorithm` and `image` must be given',
  );
  faults.check('trainingJobName', 'TrainingJobName', props.trainingJobName);
  faults.when(
    (props.trainingJobName?.length ?? 0) > MAX_NAME_LENGTH,
    `\`trainingJobName\` must have at most ${MAX_NAME_LENGTH} characters: what the jobs of the stack have in common precedes it, ` +
      `and a hash of the job follows. Got ${props.trainingJobName?.length}`,
  );
  faults.checkMap(
    'hyperparameters',
    { map: 'HyperParameters', key: 'HyperParameterKey', value: 'HyperParameterValue' },
    props.hyperparameters,
  );
  faults.checkMap(
    'environment',
    { map: 'TrainingEnvironmentMap', key: 'TrainingEnvironmentKey', value: 'TrainingEnvironmentValue' },
    props.environment,
  );
  faults.checkEach(
    'entrypoint',
    props.entrypoint && 'TrainingContainerEntrypoint',
    'TrainingContainerEntrypointString',
    props.entrypoint,
  );
  faults.checkEach(
    'arguments',
    props.arguments && 'TrainingContainerArguments',
    'TrainingContainerArgument',
    props.arguments,
  );
  faults.check('metrics', 'MetricDefinitionList', props.metrics);
  faults.check('maxRetryAttempts', 'MaximumRetryAttempts', props.maxRetryAttempts);
  faults.check('securityGroups', 'VpcSecurityGroupIds', props.securityGroups);
  checkInputs(faults, props);
  checkImageOnly(faults, props);
  const maxRuntime = checkTimes(faults, props);
  const specification = props.algorithm?.specification;
  if (specification !== undefined) checkAgainst(faults, props, specification);
  faults.throwIfAny();
  warnOfUnknownInstanceType(scope, props);
  return maxRuntime;
}

function checkInputs(
  faults: Faults,
  { inputs = {}, vpc, vpcSubnets, securityGroups, networkIsolation }: TrainingJobProps,
): void {
  const channels = Object.keys(inputs);
  if (channels.length > 0) faults.check('inputs', 'InputDataConfig', channels);
  channels.forEach((channel) => faults.check(`inputs key "${channel}"`, 'ChannelName', channel));
  faults.when(
    vpc === undefined && (vpcSubnets !== undefined || securityGroups !== undefined),
    '`vpcSubnets` and `securityGroups` need a `vpc`',
  );
  faults.when(
    networkIsolation === true && vpc !== undefined,
    '`networkIsolation` leaves no network, and `vpc` asks for one',
  );
}

/** The service refuses these for algorithms, or ends with an internal error. */
function checkImageOnly(
  faults: Faults,
  { algorithm, environment, entrypoint, arguments: args, metrics }: TrainingJobProps,
): void {
  if (algorithm === undefined) return;
  for (const [property, value] of Object.entries({ environment, entrypoint, arguments: args, metrics })) {
    faults.when(
      value !== undefined,
      `\`${property}\` is for jobs with \`image\`; an algorithm says all that its containers get`,
    );
  }
}

function checkTimes(faults: Faults, { maxRuntime, wait, spotMaxWait }: TrainingJobProps): Duration {
  const longest = wait?.duration === undefined ? JobWait._longestRun() : JobWait._longestRun(wait.duration);
  const isWaitedFor = wait === undefined || wait.duration !== undefined;
  const runtime = maxRuntime ?? spotMaxWait ?? (isWaitedFor ? longest : Duration.seconds(SECONDS.defaultMaxRuntime));
  const whole = spotMaxWait ?? runtime;
  faults.when(runtime.toSeconds() < 1, '`maxRuntime` must be at least 1 second');
  faults.when(
    runtime.toSeconds() > SECONDS.maxMaxRuntime,
    `\`maxRuntime\` must be at most 28 days, got ${runtime.toHumanString()}`,
  );
  faults.when(
    whole.toSeconds() < runtime.toSeconds(),
    `\`spotMaxWait\` includes the run time and must be at least ${runtime.toHumanString()}, got ${whole.toHumanString()}`,
  );
  faults.when(
    isWaitedFor && whole.toSeconds() > longest.toSeconds(),
    `\`${spotMaxWait === undefined ? 'maxRuntime' : 'spotMaxWait'}\` must be at most ${longest.toHumanString()} when the deployment ` +
      `waits (30 minutes are for start, download and upload), got ${whole.toHumanString()}. Shorten it, wait longer with ` +
      'JobWait.upTo() (at most 12 hours), or do not wait with JobWait.none()',
  );
  return runtime;
}

function checkAgainst(faults: Faults, props: TrainingJobProps, specification: AlgorithmSpecification): void {
  checkHyperparameters(faults, props.hyperparameters ?? {}, specification);
  checkChannels(faults, props, specification);
  const { instanceType, instanceCount } = props.resources;
  const supported = specification.trainingInstanceTypes.map(({ instanceTypeName }) => instanceTypeName);
  faults.when(
    isKnown(instanceType.instanceTypeName) &&
      supported.every(isKnown) &&
      !supported.includes(instanceType.instanceTypeName),
    `\`resources\`: the algorithm trains on ${supported.join(', ')}, got ${instanceType.instanceTypeName}`,
  );
  faults.when(
    isKnown(instanceCount) && instanceCount > 1 && specification.supportsDistributedTraining !== true,
    `\`resources\`: the algorithm does not support distributed training, got ${instanceCount} instances`,
  );
}

function checkHyperparameters(
  faults: Faults,
  given: { [name: string]: string },
  { hyperparameters = [] }: AlgorithmSpecification,
): void {
  const known = new Map(hyperparameters.map((hyperparameter) => [hyperparameter.name, hyperparameter]));
  for (const [name, value] of Object.entries(given)) {
    const fault = known.get(name)?._faultOf(value);
    faults.when(
      !known.has(name),
      `\`hyperparameters["${name}"]\` is not known to the algorithm, which knows ${[...known.keys()].join(', ') || 'none'}`,
    );
    faults.when(fault !== undefined, `\`hyperparameters["${name}"]\` ${fault}`);
  }
  for (const { name, required } of hyperparameters) {
    faults.when(required && !(name in given), `\`hyperparameters["${name}"]\` is required by the algorithm`);
  }
}

function checkChannels(faults: Faults, props: TrainingJobProps, { channels }: AlgorithmSpecification): void {
  const { inputs = {} } = props;
  const known = new Map(channels.map((channel) => [channel.name, channel]));
  for (const [name, { contentType }] of Object.entries(inputs)) {
    const channel = known.get(name);
    faults.when(
      channel === undefined,
      `\`inputs["${name}"]\` is no channel of the algorithm, which has ${[...known.keys()].join(', ')}`,
    );
    if (channel === undefined) continue;
    const mode = inputModeOf(props, name);
    faults.when(
      !channel.inputModes.includes(mode),
      `\`inputs["${name}"]\`: the algorithm reads it as ${channel.inputModes.join(' or ')}, got ${mode}`,
    );
    faults.when(
      isKnown(contentType) && channel.contentTypes.length > 0 && !channel.contentTypes.includes(contentType),
      `\`inputs["${name}"]\`: the algorithm reads ${channel.contentTypes.join(' or ')}, got ${contentType}`,
    );
  }
  for (const { name, required } of channels) {
    faults.when(required && isKnown(name) && !(name in inputs), `\`inputs["${name}"]\` is required by the algorithm`);
  }
}

/** How long the deployment waits; by default as long as the job may run. */
export function waitFor({ wait, spotMaxWait }: TrainingJobProps, maxRuntime: Duration): Duration | undefined {
  return (wait ?? JobWait._for(spotMaxWait ?? maxRuntime)).duration;
}

function warnOfUnknownInstanceType(scope: Construct, { resources }: TrainingJobProps): void {
  const { instanceTypeName } = resources.instanceType;
  if (isKnown(instanceTypeName) && !KNOWN_INSTANCE_TYPES.training.includes(instanceTypeName)) {
    Annotations.of(scope).addWarningV2(
      'cdk-sagemaker-algorithm:unknownInstanceType',
      `Not known as training instance type when this version was published: ${instanceTypeName}.`,
    );
  }
}
