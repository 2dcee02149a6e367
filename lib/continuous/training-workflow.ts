import {
  type ITaggableV2,
  Duration,
  Names,
  Resource,
  TagManager,
  TagType,
  type aws_ec2 as ec2,
  aws_cloudwatch as cloudwatch,
  aws_events as events,
  aws_events_targets as eventsTargets,
  type aws_iam as iam,
  aws_scheduler as scheduler,
  aws_scheduler_targets as schedulerTargets,
  type aws_stepfunctions as sfn,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { TrainingOutput } from '../common/training-output';
import type { LookForDataInput } from '../handlers/workflow-contract';
import { newArtifactBucket } from '../private/artifact-bucket';
import { executionRole } from '../private/execution-role';
import { WORKFLOW } from '../private/grants';
import { KINDS } from '../private/job-kinds';
import { requireUniqueName } from '../private/physical-name';
import { SOURCE } from '../private/workflow-handler';
import { WorkflowMachine } from '../private/workflow-machine';
import { renderStates } from './training-workflow-states';
import { checkNewData, checkTrainingWorkflow } from './training-workflow-validation';
import type { NewDataOptions, TrainingWorkflowProps } from './training-workflow-props';
import { WorkflowOutcome } from './workflow-outcome';

/** The type of the events about outcomes. */
const DETAIL_TYPE = 'Training Workflow Outcome';

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
 */
export class TrainingWorkflow extends Resource implements ITaggableV2, ec2.IConnectable, iam.IGrantable {
  /** The state machine. */
  public readonly stateMachine: sfn.IStateMachine;

  /** The name of the workflow in its events and metrics, and of its state machine. */
  public readonly trainingWorkflowName: string;

  /** The execution role of the training jobs. */
  public readonly role: iam.IRole;

  /** The S3 location and the encryption of the model artifacts. */
  public readonly output: TrainingOutput;

  /** The tags of the jobs. */
  public readonly cdkTagManager = new TagManager(TagType.KEY_VALUE, KINDS.training.resourceType);

  private readonly machine: WorkflowMachine;
  private readonly vpcConnections?: ec2.Connections;

  constructor(scope: Construct, id: string, props: TrainingWorkflowProps) {
    super(scope, id);
    const maxRuntime = checkTrainingWorkflow(this, props);
    this.trainingWorkflowName =
      props.trainingWorkflowName ?? Names.uniqueResourceName(this, { maxLength: 80, separator: '-' });
    requireUniqueName(this, 'trainingWorkflowName', this.trainingWorkflowName);
    const definition = props.training ?? props.tuning;
    this.role = executionRole(this, definition?.role, ['TrainingJobs']);
    this.output = definition?.output ?? TrainingOutput.toBucket(newArtifactBucket(this), 'training');
    this.machine = new WorkflowMachine(this, 'Workflow', { name: this.trainingWorkflowName, tags: this.cdkTagManager });
    const context = { role: this.role, output: this.output, maxRuntime };
    const { first, connections } = renderStates(this, this.machine, props, context);
    this.vpcConnections = connections;
    this.stateMachine = this.machine.create(first);
  }

  public get connections(): ec2.Connections {
    if (this.vpcConnections === undefined)
      throw new Error(`Training workflow ${this.node.path} has no connections: set \`vpc\` of its training.`);
    return this.vpcConnections;
  }

  public get grantPrincipal(): iam.IPrincipal {
    return this.role.grantPrincipal;
  }

  /**
   * Grants permission to start executions.
   *
   * @param grantee the principal to grant permission to
   */
  public grantStartExecution(grantee: iam.IGrantable): iam.Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }

  /**
   * Starts an execution by a schedule.
   *
   * @param id the construct ID of the schedule
   * @param schedule the schedule, for example `ScheduleExpression.rate(Duration.days(7))`
   */
  public startOnSchedule(id: string, schedule: scheduler.ScheduleExpression): scheduler.Schedule {
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
   * Each look lists all objects of the prefix: 1,000 objects are one request.
   *
   * @param id the construct ID of the schedule
   * @param options the data
   */
  public startOnNewData(id: string, options: NewDataOptions): scheduler.Schedule {
    const { bucket, prefix = '', settle = Duration.minutes(30), maxDelay = Duration.days(1) } = options;
    checkNewData(`${this.node.path}/${id}`, { prefix, settle, maxDelay });
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
    return new events.Rule(this, id, {
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        resources: [alarm.alarmArn],
        detail: { state: { value: ['ALARM'] } },
      },
      targets: [new eventsTargets.SfnStateMachine(this.stateMachine)],
    });
  }

  /**
   * Creates an EventBridge rule that matches the outcomes of executions.
   *
   * @param id the construct ID of the rule
   * @param options the target and further options of the rule
   */
  public onOutcome(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.rule(id, options);
  }

  /**
   * Creates an EventBridge rule that matches when a version was registered.
   *
   * @param id the construct ID of the rule
   * @param options the target and further options of the rule
   */
  public onRegistered(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.rule(id, options, WorkflowOutcome.REGISTERED);
  }

  /**
   * Creates an EventBridge rule that matches when the gate has rejected a model.
   *
   * @param id the construct ID of the rule
   * @param options the target and further options of the rule
   */
  public onRejected(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.rule(id, options, WorkflowOutcome.REJECTED);
  }

  /**
   * Creates an EventBridge rule that matches when an execution has failed.
   *
   * @param id the construct ID of the rule
   * @param options the target and further options of the rule
   */
  public onFailed(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.rule(id, options, WorkflowOutcome.FAILED);
  }

  /**
   * Returns the metric of the number of executions with an outcome.
   *
   * @param outcome the outcome
   * @param options the metric options
   */
  public metric(outcome: WorkflowOutcome, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: SOURCE,
      metricName: outcome,
      dimensionsMap: { WorkflowName: this.trainingWorkflowName },
      statistic: cloudwatch.Stats.SUM,
      ...options,
    });
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

  /**
   * Returns the metric of the number of executions that have failed.
   *
   * @param options the metric options
   */
  public metricFailed(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric(WorkflowOutcome.FAILED, options);
  }

  private rule(id: string, options: events.OnEventOptions, outcome?: WorkflowOutcome): events.Rule {
    const rule = new events.Rule(this, id, options);
    rule.addTarget(options.target);
    rule.addEventPattern({
      source: [SOURCE],
      detailType: [DETAIL_TYPE],
      detail: { workflowName: [this.trainingWorkflowName], ...(outcome === undefined ? {} : { outcome: [outcome] }) },
    });
    return rule;
  }
}
