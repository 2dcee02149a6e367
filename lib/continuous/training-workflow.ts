import {
  Duration,
  Names,
  type aws_ec2 as ec2,
  type aws_cloudwatch as cloudwatch,
  type aws_events as events,
  aws_events_targets as eventsTargets,
  type aws_iam as iam,
  aws_scheduler as scheduler,
  aws_scheduler_targets as schedulerTargets,
  type aws_stepfunctions as sfn,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { S3Location } from '../common/s3-location';
import type { TrainingInput } from '../common/training-input';
import { TrainingOutput } from '../common/training-output';
import type { LookForDataInput } from '../handlers/workflow-contract';
import { alarmRule } from '../private/alarm-rule';
import { newArtifactBucket } from '../private/artifact-bucket';
import { executionRole } from '../private/execution-role';
import { WORKFLOW } from '../private/grants';
import { KINDS } from '../private/job-kinds';
import { RuleError } from '../private/rules';
import { warnAboutEveryMinute } from '../private/schedule';
import { requireUniqueName } from '../private/physical-name';
import { WorkflowBase } from '../common/workflow-base';
import { WorkflowMachine } from '../private/workflow-machine';
import { renderStates } from './training-workflow-states';
import { checkNewData, checkTrainingWorkflow, warnAboutNewData } from './training-workflow-validation';
import type { NewDataOptions, TrainingWorkflowProps } from './training-workflow-props';
import { WorkflowOutcome } from '../common/workflow-outcome';

/**
 * A training workflow: a state machine that trains a model, evaluates it, compares it with the newest approved version, and registers it.
 * A deployment only describes the workflow; a schedule, new data, an alarm or a person starts executions. One execution runs at a time; a second one
 * ends as skipped.
 *
 * An execution that fails can be redriven: a job that runs or is completed is used, one that failed or was stopped is started again. An
 * execution that is stopped stops its job.
 *
 * @resource AWS::StepFunctions::StateMachine
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
 *
 * @example
 * import { Duration, aws_s3 as s3, aws_scheduler as scheduler } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const algorithm: sagemaker.Algorithm;
 * declare const bucket: s3.IBucket;
 * declare const group: sagemaker.ModelPackageGroup;
 *
 * const workflow = new sagemaker.TrainingWorkflow(this, 'Retraining', {
 *   training: {
 *     algorithm,
 *     inputs: { train: sagemaker.TrainingInput.fromBucket(bucket, 'churn/train/') },
 *     resources: sagemaker.TrainingResources.of(sagemaker.InstanceType.ML_M5_LARGE),
 *   },
 *   evaluation: sagemaker.Evaluation.trainingMetric(sagemaker.Objective.maximize('validation:auc')),
 *   gate: { threshold: 0.85 },
 *   registration: { group },
 * });
 * workflow.startOnSchedule('Weekly', scheduler.ScheduleExpression.rate(Duration.days(7)));
 */
export class TrainingWorkflow extends WorkflowBase implements ec2.IConnectable, iam.IGrantable {
  /**
   * The state machine.
   *
   * @attribute
   */
  public readonly stateMachine: sfn.IStateMachine;

  /**
   * The name of the state machine, which is the name of the workflow in its events and metrics.
   *
   * @attribute
   */
  public readonly stateMachineName: string;

  /** The execution role of the training jobs. */
  public readonly role: iam.IRole;

  /** The S3 location and the encryption of the model artifacts. */
  public readonly output: TrainingOutput;

  private readonly inputs: TrainingInput[];
  private readonly written: Record<string, S3Location>;
  private readonly machine: WorkflowMachine;
  private readonly vpcConnections?: ec2.Connections;

  constructor(scope: Construct, id: string, props: TrainingWorkflowProps) {
    super(scope, id, KINDS.training.resourceType);
    const maxRuntime = checkTrainingWorkflow(this, props);
    this.stateMachineName = props.stateMachineName ?? Names.uniqueResourceName(this, { maxLength: 80, separator: '-' });
    requireUniqueName(this, 'stateMachineName', this.stateMachineName);
    const definition = props.training ?? props.tuning;
    this.role = executionRole(this, definition?.role, ['TrainingJobs']);
    this.output = definition?.output ?? TrainingOutput.toBucket(newArtifactBucket(this), 'training');
    this.machine = new WorkflowMachine(this, 'Workflow', { name: this.stateMachineName, tags: this.cdkTagManager });
    const context = { role: this.role, output: this.output, maxRuntime };
    const { first, connections, written } = renderStates(this, this.machine, props, context);
    this.inputs = [props.training, ...(props.tuning?.definitions ?? [])].flatMap((one) =>
      Object.values(one?.inputs ?? {}),
    );
    this.written = written;
    this.vpcConnections = connections;
    this.stateMachine = this.machine.create(first);
  }

  public get connections(): ec2.Connections {
    if (this.vpcConnections === undefined)
      throw new RuleError(
        'all-stages',
        `Training workflow ${this.node.path} has no connections: set \`vpc\` of its training.`,
      );
    return this.vpcConnections;
  }

  public get grantPrincipal(): iam.IPrincipal {
    return this.role.grantPrincipal;
  }

  /**
   * Starts an execution on a schedule.
   *
   * @param id the construct ID of the schedule
   * @param schedule the schedule, for example `ScheduleExpression.rate(Duration.days(7))`; a cron expression is in UTC unless it has a time zone
   */
  public startOnSchedule(id: string, schedule: scheduler.ScheduleExpression): scheduler.Schedule {
    warnAboutEveryMinute(this, id, schedule);
    return new scheduler.Schedule(this, id, {
      schedule,
      target: new schedulerTargets.StepFunctionsStartExecution(this.stateMachine, {
        input: scheduler.ScheduleTargetInput.fromObject({ ScheduledTime: scheduler.ContextAttribute.scheduledTime }),
      }),
    });
  }

  /**
   * Starts an execution when objects were added under a key prefix. A burst of objects starts one execution. The data that exists at
   * the deployment is new. Deleted objects start none.
   *
   * Each check lists all objects of the prefix: 1,000 objects are one request.
   *
   * @param id the construct ID of the schedule
   * @param options the data
   */
  public startOnNewData(id: string, options: NewDataOptions): scheduler.Schedule {
    const { bucket, prefix = '', settle = Duration.minutes(30), maxDelay = Duration.days(1) } = options;
    checkNewData(this, id, { bucket, prefix, settle, maxDelay }, this.written);
    warnAboutNewData(this, id, S3Location.fromBucket(bucket, prefix), this.inputs);
    // The condition limits the list to the prefix.
    const isInPrefix = prefix === '' ? undefined : { StringEquals: { 's3:prefix': prefix } };
    this.machine.allow([...WORKFLOW.listObjects], bucket.bucketArn, isInPrefix);
    this.machine.allow([...WORKFLOW.start], this.stateMachine.stateMachineArn);
    const input: { [Member in keyof LookForDataInput]: unknown } = {
      Action: 'LookForData',
      Workflow: this.machine.workflow,
      StateMachine: this.stateMachine.stateMachineArn,
      Bucket: bucket.bucketName,
      Prefix: prefix,
      SettleSeconds: settle.toSeconds(),
      MaxDelaySeconds: maxDelay.toSeconds(),
      ScheduledTime: scheduler.ContextAttribute.scheduledTime,
    };
    return new scheduler.Schedule(this, id, {
      schedule: scheduler.ScheduleExpression.rate(settle),
      target: new schedulerTargets.LambdaInvoke(this.machine.handler.function, {
        input: scheduler.ScheduleTargetInput.fromObject(input),
      }),
    });
  }

  /**
   * Starts an execution when an alarm changes to the state ALARM.
   *
   * @param id the construct ID of the rule
   * @param alarm the alarm
   */
  public startOnAlarm(id: string, alarm: cloudwatch.IAlarm): events.Rule {
    return alarmRule(this, id, { alarm, target: new eventsTargets.SfnStateMachine(this.stateMachine) });
  }

  /**
   * Creates an EventBridge rule that matches when a version was registered.
   *
   * @param id the construct ID of the rule
   * @param options the target and further options of the rule
   */
  public onRegistered(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this._rule(id, options, WorkflowOutcome.REGISTERED);
  }

  /**
   * Creates an EventBridge rule that matches when the gate has rejected a model.
   *
   * @param id the construct ID of the rule
   * @param options the target and further options of the rule
   */
  public onRejected(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this._rule(id, options, WorkflowOutcome.REJECTED);
  }

  /**
   * Returns the metric of the number of registered versions.
   *
   * @param options the metric options
   */
  public metricRegistered(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric(WorkflowOutcome.REGISTERED, options);
  }

  /**
   * Returns the metric of the number of models that the gate has rejected.
   *
   * @param options the metric options
   */
  public metricRejected(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric(WorkflowOutcome.REJECTED, options);
  }
}
