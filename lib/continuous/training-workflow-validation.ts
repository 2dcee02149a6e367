import { type Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { JobWait } from '../common/job-wait';
import { S3Location, checkNoUri } from '../common/s3-location';
import type { TrainingInput } from '../common/training-input';
import { addWarning } from '../private/rules';
import { checkStateMachineName } from '../private/state-machine';
import { ValidationErrors, isKnown, quote } from '../private/validation';
import { checkTrainingJob, warnAboutTrainingJob } from '../training/training-job-definition';
import { checkTuningJob, warnAboutUnknownStrategy } from '../training/tuning-job-request';
import { ModelApprovalStatus } from '../registry/model-package/model-approval-status';
import { Evaluation } from './evaluation';
import { GateBaseline, checkGate } from './gate';
import type { NewDataOptions, TrainingWorkflowProps } from './training-workflow-props';
import type { WorkflowRegistrationOptions } from './workflow-registration';

/** No deployment waits for the jobs of a workflow. */
const WAIT = JobWait.none();

/** The entries of the metadata of a version, and those that the workflow adds: the execution, the training job and the metric. */
const MAX_METADATA = 50;
const ADDED_METADATA = 3;

/**
 * Validates a training workflow, and returns the maximum run time of its training or tuning job.
 *
 * @throws an error that lists every invalid property
 */
export function checkTrainingWorkflow(scope: Construct, props: TrainingWorkflowProps): Duration {
  const errors = new ValidationErrors(`Training workflow ${scope.node.path}`, 'continuous-lifecycle');
  errors.requireTypes('TrainingWorkflowProps', props);
  const { training, tuning, gate, registration, stateMachineName: name } = props;
  errors.when(
    (training === undefined) === (tuning === undefined),
    'exactly one of `training` and `tuning` must be set',
  );
  checkStateMachineName(errors, name);
  const maxRuntimes = [
    ...(training === undefined
      ? []
      : [errors.within('training', (inner) => checkTrainingJob(scope, inner, training, WAIT))]),
    ...(tuning === undefined ? [] : [errors.within('tuning', (inner) => checkTuningJob(scope, inner, tuning, WAIT))]),
  ];
  evaluationOf(props)?._checkEvaluation(scope, errors, [
    ...(training ? [training] : []),
    ...(tuning?.definitions ?? []),
  ]);
  checkGate(errors, gate);
  errors.when(
    gate !== undefined && evaluationOf(props) === undefined,
    '`gate` requires `evaluation`, which defines the metric: for example Evaluation.trainingMetric(Objective.maximize("validation:auc"))',
  );
  errors.when(
    gate !== undefined && gate.baseline !== GateBaseline.NONE && registration === undefined,
    '`gate` requires `registration`, whose group contains the newest approved version. Set `registration`, or `gate.baseline` to GateBaseline.NONE',
  );
  checkRegistration(errors, props);
  errors.throwIfAny();
  if (training !== undefined) warnAboutTrainingJob(scope, training);
  if (tuning !== undefined) warnAboutUnknownStrategy(scope, tuning);
  return maxRuntimes[0];
}

/** The evaluation of a workflow. A tuning job has an objective, unless it has several definitions, whose objectives can differ. */
export function evaluationOf({ evaluation, tuning }: TrainingWorkflowProps): Evaluation | undefined {
  if (evaluation !== undefined || tuning?.definitions.length !== 1) return evaluation;
  return Evaluation.trainingMetric(tuning.definitions[0].objective);
}

function checkRegistration(errors: ValidationErrors, props: TrainingWorkflowProps): void {
  const { registration, training, tuning } = props;
  if (registration === undefined) return;
  const algorithm = registration.algorithm ?? algorithmOf(props);
  errors.when(
    algorithm === undefined && registration.image === undefined && (training ?? tuning) !== undefined,
    '`registration` must have `algorithm`, or `image` and `inference`: the training has no algorithm that defines how the model is hosted',
  );
  errors.when(
    registration.approvalStatus === ModelApprovalStatus.REJECTED,
    '`registration.approvalStatus` must not be REJECTED: the workflow registers only versions that the gate accepts',
  );
  checkMetadata(errors, registration, evaluationOf(props));
}

/** The workflow adds custom metadata to each version, with which the gate compares later models. */
function checkMetadata(
  errors: ValidationErrors,
  { customerMetadata = {}, commitId }: WorkflowRegistrationOptions,
  evaluation: Evaluation | undefined,
): void {
  const keys = Object.keys(customerMetadata);
  const reserved = keys.filter((key) => key === 'execution' || key === 'trainingJob' || key.startsWith('metric:'));
  errors.when(
    reserved.length > 0,
    `\`registration.customerMetadata\` must not contain "execution", "trainingJob" or keys with the prefix "metric:", which the workflow ` +
      `adds, got: ${reserved.map(quote).join(', ')}`,
  );
  const added = commitId === undefined ? ADDED_METADATA : ADDED_METADATA + 1;
  errors.when(
    keys.length > MAX_METADATA - added,
    `\`registration.customerMetadata\` must have at most ${MAX_METADATA - added} entries, since the workflow adds ${added}, got ${keys.length}`,
  );
  const metric = evaluation?.objective.metricName;
  if (metric === undefined || !isKnown(metric)) return;
  errors.check('evaluation.objective.metricName', 'CustomerMetadataKey', `metric:${metric}`);
}

/** The algorithm of the training, which also defines the inference. */
export function algorithmOf({ training, tuning }: TrainingWorkflowProps): TrainingWorkflowAlgorithm {
  return training?.algorithm ?? (tuning?.definitions.length === 1 ? tuning.definitions[0].algorithm : undefined);
}

type TrainingWorkflowAlgorithm = NonNullable<TrainingWorkflowProps['training']>['algorithm'];

/** @throws an error that lists every invalid property */
export function checkNewData(
  scope: Construct,
  id: string,
  options: Required<NewDataOptions>,
  written: Record<string, S3Location>,
): void {
  const errors = new ValidationErrors(`New data ${scope.node.path}/${id}`, 'continuous-lifecycle');
  errors.requireTypes('NewDataOptions', options);
  checkTimes(errors, options);
  checkPrefix(scope, errors, options, written);
  errors.throwIfAny();
}

function checkTimes(errors: ValidationErrors, { settle, maxDelay }: Required<NewDataOptions>): void {
  if (settle.isUnresolved()) return;
  const seconds = (duration: Duration): number => duration.toSeconds({ integral: false });
  const text = settle.toHumanString();
  errors.when(seconds(settle) < 60, `\`settle\` must be at least 1 minute, got: ${text}`);
  errors.when(
    seconds(settle) >= 60 && seconds(settle) % 60 !== 0,
    `\`settle\` must be whole minutes, since it is the interval of a schedule, got: ${text}`,
  );
  if (maxDelay.isUnresolved()) return;
  errors.when(
    seconds(maxDelay) < seconds(settle),
    `\`maxDelay\` must be at least \`settle\`, which is ${text}, got: ${maxDelay.toHumanString()}. Set a longer \`maxDelay\``,
  );
}

function checkPrefix(
  scope: Construct,
  errors: ValidationErrors,
  { bucket, prefix }: Required<NewDataOptions>,
  written: Record<string, S3Location>,
): void {
  errors.when(
    isKnown(prefix) && prefix.startsWith('/'),
    `\`prefix\` must not start with "/", as no object key does, got: ${quote(prefix)}`,
  );
  checkNoUri(errors, 'prefix', prefix);
  if (!isKnown(prefix) || /^\/|:\/\//.test(prefix)) return;
  const data = S3Location.fromBucket(bucket, prefix);
  data._checkEnvironment(scope, errors, 'bucket');
  for (const [property, location] of Object.entries(written)) {
    errors.when(
      data._contains(location._folder),
      `\`prefix\` must not contain what the workflow writes, got: ${quote(prefix)}, and \`${property}\` writes to ` +
        `${quote(location.keyPrefix)} of the same bucket: each execution would start the next one. Use another prefix in one of them`,
    );
  }
}

/** Warns about data that no input of the training reads. */
export function warnAboutNewData(scope: Construct, id: string, data: S3Location, inputs: TrainingInput[]): void {
  const locations = inputs.map(({ _location }) => _location);
  const isRead = (location: S3Location | undefined): boolean =>
    location === undefined || data._contains(location) || location._contains(data);
  if (locations.length === 0 || locations.some(isRead)) return;
  const isUnknown = (one: S3Location | undefined): boolean =>
    one !== undefined && !(isKnown(one.bucket.bucketName) && isKnown(one.keyPrefix));
  if ([data, ...locations].some(isUnknown)) return;
  addWarning(
    scope,
    'continuous-lifecycle',
    `newDataIsNoInput:${id}`,
    `New data under prefix ${quote(data.keyPrefix)} starts the workflow, but no input of the training reads it.`,
  );
}
