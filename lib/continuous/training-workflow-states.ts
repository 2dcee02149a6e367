import { aws_stepfunctions as sfn, type Duration, type aws_ec2 as ec2, type aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { S3Location } from '../common/s3-location';
import type { TrainingOutput } from '../common/training-output';
import type { JobKind } from '../handlers/contract';
import type { EvaluationResult, Gate, GateOutput, RunJobOutput } from '../handlers/workflow-contract';
import { nestedJson } from '../private/nested-json';
import { RuleError } from '../private/rules';
import { grantDecrypt } from '../private/unapplied-grant';
import { listInputs } from '../private/input-listing';
import type { JobRequest } from '../private/job-request';
import type { WorkflowMachine } from '../private/workflow-machine';
import { renderTrainingJob } from '../training/training-job-definition';
import { renderTuningJob } from '../training/tuning-job-request';
import type { BoundEvaluation, Evaluation } from './evaluation';
import { GateBaseline } from './gate';
import { algorithmOf, evaluationOf } from './training-workflow-validation';
import type { TrainingWorkflowProps } from './training-workflow-props';
import { WorkflowModelData } from './workflow-model-data';
import { WorkflowOutcome } from '../common/workflow-outcome';
import { groupReference } from '../registry/model-package/model-package-rendering';
import { type WorkflowRegistrationOptions, renderRegistration } from './workflow-registration';

/** The steps whose results later steps use. */
const TRAIN = 'Train';
const EVALUATE = 'Evaluate';
const GATE = 'Gate';
const REGISTER = 'Register';

interface Context {
  readonly role: iam.IRole;
  readonly output: TrainingOutput;
  readonly maxRuntime: Duration;
}

/** The first state of a workflow, and the network connections of its training jobs. */
export interface RenderedStates {
  readonly first: sfn.IChainable;
  readonly connections?: ec2.Connections;

  /** The S3 locations that the jobs write to, by the property that specifies them. */
  readonly written: Record<string, S3Location>;
}

/** Renders the states of a training workflow, and grants the handler the permissions of its steps. */
export function renderStates(
  scope: Construct,
  machine: WorkflowMachine,
  props: TrainingWorkflowProps,
  context: Context,
): RenderedStates {
  const { kind, request, connections } = renderTraining(scope, props, context);
  const train = machine.addJob(kind, TRAIN, context.role);
  machine.policy.addStatements(...listInputs(scope, request));
  const modelData = new WorkflowModelData(context.output);
  const evaluation = evaluationOf(props);
  const bound = evaluation?._bind(scope, modelData) ?? {};

  // From the last step to the first.
  const registered = register(scope, machine, props, modelData);
  const decided = evaluation === undefined ? registered : decide(scope, machine, props, evaluation, bound, registered);
  const evaluated = evaluate(scope, machine, bound, decided);
  return {
    first: machine.steps.job(TRAIN, train, { ...json(scope, request), tags: machine.tags }, evaluated),
    connections,
    written: {
      [props.training === undefined ? 'tuning.output' : 'training.output']: context.output.location,
      ...checkpointsOf(props),
      ...bound.job?.written,
    },
  };
}

function checkpointsOf({ training, tuning }: TrainingWorkflowProps): Record<string, S3Location> {
  const definitions = tuning?.definitions.map((one, index) => [`tuning.definitions[${index}]`, one] as const) ?? [];
  return Object.fromEntries(
    [['training', training] as const, ...definitions].flatMap(([property, one]) =>
      one?.checkpoints === undefined ? [] : [[`${property}.checkpoints`, one.checkpoints.location]],
    ),
  );
}

function renderTraining(
  scope: Construct,
  { training, tuning }: TrainingWorkflowProps,
  context: Context,
): { kind: JobKind; request: JobRequest<JobKind>; connections?: ec2.Connections } {
  if (training !== undefined) return { kind: 'training', ...renderTrainingJob(scope, training, context) };
  if (tuning !== undefined) return { kind: 'tuning', ...renderTuningJob(scope, tuning, context) };
  throw new RuleError('continuous-lifecycle', 'A training workflow without a training is invalid.');
}

/** The step that evaluates the model with a processing job, if there is one. */
function evaluate(
  scope: Construct,
  machine: WorkflowMachine,
  { job }: BoundEvaluation,
  next: sfn.IChainable,
): sfn.IChainable {
  if (job === undefined) return next;
  job.location.grantRead(machine.handler.role);
  if (job.encryptionKey !== undefined) grantDecrypt(job.encryptionKey, machine.handler.role);
  const options = { ...json(scope, job.request), tags: machine.tags, values: trainingValues() };
  return machine.steps.job(EVALUATE, machine.addJob('processing', EVALUATE, job.role), options, next);
}

/** The step that compares the metric of the model. Without a gate, it only reads the metric, which the version is registered with. */
function decide(
  scope: Construct,
  machine: WorkflowMachine,
  { gate, registration }: TrainingWorkflowProps,
  { objective }: Evaluation,
  { job }: BoundEvaluation,
  next: sfn.IChainable,
): sfn.IChainable {
  const isCompared = gate !== undefined && gate.baseline !== GateBaseline.NONE;
  if (isCompared) registration?.group.grantDescribe(machine.handler.role);
  const settings: Gate = {
    Metric: objective.metricName,
    ObjectiveType: objective.objectiveType,
    Threshold: gate?.threshold,
    BaselineGroup: isCompared && registration !== undefined ? groupReference(scope, registration.group) : undefined,
    Tolerance: gate?.tolerance ?? 0,
  };
  const result: { [Member in keyof EvaluationResult]: unknown } =
    job === undefined
      ? { Metrics: sfn.JsonPath.objectAt(member(TRAIN, 'Metrics')) }
      : { Report: job.report, JobName: sfn.JsonPath.stringAt(member(EVALUATE, 'JobName')) };
  const isAccepted = `$.${GATE}.${'IsAccepted' satisfies keyof GateOutput}`;
  const choice = new sfn.Choice(machine.steps.scope, 'Is accepted')
    .when(sfn.Condition.booleanEquals(isAccepted, true), next)
    .otherwise(finish(machine, WorkflowOutcome.REJECTED, { Decision: sfn.JsonPath.objectAt(`$.${GATE}`) }));
  return machine.steps.step<'Gate'>(GATE, { Action: 'Gate', Gate: settings, Evaluation: result }).next(choice);
}

/** The step that registers the model, if the workflow has a registration, and the end of the execution. */
function register(
  scope: Construct,
  machine: WorkflowMachine,
  props: TrainingWorkflowProps,
  modelData: WorkflowModelData,
): sfn.IChainable {
  const { registration } = props;
  const decision = evaluationOf(props) && { Decision: sfn.JsonPath.objectAt(`$.${GATE}`) };
  if (registration === undefined) return finish(machine, WorkflowOutcome.COMPLETED, decision);
  registration.group.grantRegister(machine.handler.role);
  const step = machine.steps.step<'Register'>(REGISTER, {
    Action: 'Register',
    Request: nestedJson(scope, renderRegistration(scope, withAlgorithm(registration, props), modelData)),
    Values: trainingValues(),
    Metric: evaluationOf(props)?.objective.metricName,
    Training: sfn.JsonPath.objectAt(`$.${TRAIN}`),
    ...decision,
  });
  const Registration = sfn.JsonPath.objectAt(`$.${REGISTER}`);
  return step.next(finish(machine, WorkflowOutcome.REGISTERED, { Registration, ...decision }));
}

function withAlgorithm(
  registration: WorkflowRegistrationOptions,
  props: TrainingWorkflowProps,
): WorkflowRegistrationOptions {
  const isComplete = registration.algorithm !== undefined || registration.image !== undefined;
  return isComplete ? registration : { ...registration, algorithm: algorithmOf(props) };
}

/** The step that reports the outcome, after which the execution succeeds. */
function finish(machine: WorkflowMachine, outcome: WorkflowOutcome, results: object = {}): sfn.IChainable {
  return machine.steps.step<'Finish'>(outcome, { Action: 'Finish', Outcome: outcome, ...results });
}

/** The values of the placeholders in the requests after the training. */
function trainingValues(): Record<string, string> {
  const names: (keyof RunJobOutput)[] = ['ModelData', 'TrainingJobName'];
  return Object.fromEntries(names.map((name) => [name, sfn.JsonPath.stringAt(member(TRAIN, name))]));
}

function member(step: string, name: keyof RunJobOutput): string {
  return `$.${step}.${name}`;
}

function json(scope: Construct, request: object): { request: string } {
  return { request: nestedJson(scope, request) };
}
