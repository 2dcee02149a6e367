import {
  Names,
  Stack,
  aws_iam as iam,
  aws_scheduler as scheduler,
  aws_scheduler_targets as targets,
  type aws_stepfunctions as sfn,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { WorkflowOutcome } from '../common/workflow-outcome';
import { nestedJson } from '../private/nested-json';
import { placeholder } from '../private/placeholder';
import { onBehalfOf } from '../private/grants';
import { KINDS } from '../private/job-kinds';
import { requireUniqueName } from '../private/physical-name';
import { applyReleaseCondition, releaseConditionOf } from '../private/release-condition';
import { checkStateMachineName } from '../private/state-machine';
import { warnAboutEveryMinute } from '../private/schedule';
import { ValidationErrors, quote } from '../private/validation';
import { WorkflowBase } from '../common/workflow-base';
import { WorkflowMachine } from '../private/workflow-machine';
import {
  type TransformJobDefinition,
  checkTransformJob,
  renderTransformJob,
  warnAboutTransformJob,
} from './transform-job-definition';

/** Properties of a transform schedule. */
export interface TransformScheduleProps extends TransformJobDefinition {
  /**
   * The times at which a transform job is started, for example `ScheduleExpression.cron({ hour: '2', minute: '0' })`: in UTC, unless the
   * expression has a time zone.
   */
  readonly schedule: scheduler.ScheduleExpression;

  /**
   * The name of the schedule in its events and metrics, which is also the name of its state machine: at most 80 letters, digits, hyphens
   * and underscores.
   *
   * @default - derived from the construct path
   */
  readonly stateMachineName?: string;
}

/**
 * A batch transform job that runs on a schedule. Each job writes its results to a folder with the name of the job, under the key prefix
 * of `output`. One job runs at a time: a job that would start before the previous one has ended is skipped.
 *
 * The schedule of a released model only exists while a version is released, and each job runs the version that is released when it
 * starts.
 *
 * @resource AWS::StepFunctions::StateMachine
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html
 *
 * @example
 * import { Duration, aws_s3 as s3, aws_scheduler as scheduler } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const model: sagemaker.Model;
 * declare const bucket: s3.IBucket;
 *
 * new sagemaker.TransformSchedule(this, 'Nightly', {
 *   schedule: scheduler.ScheduleExpression.rate(Duration.days(1)),
 *   model,
 *   input: sagemaker.TransformInput.fromBucket(bucket, 'churn/new/'),
 *   output: sagemaker.TransformOutput.toBucket(bucket, 'churn/scores'),
 *   resources: sagemaker.TransformResources.of(sagemaker.InstanceType.ML_M5_XLARGE),
 * });
 */
export class TransformSchedule extends WorkflowBase {
  /**
   * The state machine.
   *
   * @attribute
   */
  public readonly stateMachine: sfn.IStateMachine;

  /**
   * The name of the state machine, which is the name of the schedule in its events and metrics.
   *
   * @attribute
   */
  public readonly stateMachineName: string;

  constructor(scope: Construct, id: string, props: TransformScheduleProps) {
    super(scope, id, KINDS.transform.resourceType);
    checkTransformSchedule(this, props);
    const { model } = props;
    this.stateMachineName = props.stateMachineName ?? Names.uniqueResourceName(this, { maxLength: 80, separator: '-' });
    requireUniqueName(this, 'stateMachineName', this.stateMachineName);
    const machine = new WorkflowMachine(this, 'Workflow', { name: this.stateMachineName, tags: this.cdkTagManager });
    const job = machine.addJob('transform', 'Transform');
    const options = { request: nestedJson(this, requestOf(props)), tags: machine.tags };
    const completed = machine.steps.step<'Finish'>(WorkflowOutcome.COMPLETED, {
      Action: 'Finish',
      Outcome: WorkflowOutcome.COMPLETED,
    });
    const stateMachine = machine.create(machine.steps.job('Transform', job, options, completed));
    this.stateMachine = stateMachine;
    props.input._location._addDependencyTo(this);
    stateMachine.node.addDependency(model, ...(model.role === undefined ? [] : [model.role]));

    // A role of its own, since the role that the CDK creates for all schedules of a stack has no release condition.
    const role = new iam.Role(this, 'ScheduleRole', {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { ...onBehalfOf(Stack.of(this).account) },
      }),
    });
    new scheduler.Schedule(this, 'Schedule', {
      schedule: props.schedule,
      target: new targets.StepFunctionsStartExecution(stateMachine, { role }),
    });
    applyReleaseCondition(this, releaseConditionOf(model));
  }
}

/** The request, whose results are in a folder of each job. */
function requestOf(props: TransformScheduleProps): object {
  const { request } = renderTransformJob(props);
  const { TransformOutput } = request;
  const S3OutputPath = `${TransformOutput?.S3OutputPath?.replace(/\/$/, '')}/${placeholder('JobName')}`;
  return { ...request, TransformOutput: { ...TransformOutput, S3OutputPath } };
}

/** @throws an error that lists every invalid property */
function checkTransformSchedule(scope: Construct, props: TransformScheduleProps): void {
  const errors = new ValidationErrors(`Transform schedule ${scope.node.path}`, 'batch-transform');
  errors.requireTypes('TransformScheduleProps', props);
  checkStateMachineName(errors, props.stateMachineName);
  checkTransformJob(scope, errors, props);
  const { input, output } = props;
  errors.when(
    input._location._contains(output.location._folder),
    `\`output\` must not be in the prefix of \`input\`, which is ${quote(input._location.keyPrefix)}, got: ${quote(output.location.keyPrefix)}: each job would ` +
      'also read the results of the previous ones. Use another prefix',
  );
  errors.throwIfAny();
  warnAboutEveryMinute(scope, scope.node.id, props.schedule);
  warnAboutTransformJob(scope, props);
}
