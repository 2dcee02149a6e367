import {
  type ITaggableV2,
  Resource,
  TagManager,
  TagType,
  type aws_cloudwatch as cloudwatch,
  type aws_events as events,
  type aws_iam as iam,
  type aws_stepfunctions as sfn,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { WorkflowOutcome } from './workflow-outcome';
import { Outcomes } from '../private/outcomes';

/**
 * The base class of the constructs whose executions run jobs.
 *
 * @internal
 */
export abstract class WorkflowBase extends Resource implements ITaggableV2 {
  /**
   * The state machine.
   *
   * @attribute
   */
  public abstract readonly stateMachine: sfn.IStateMachine;

  /** The tags of the jobs. */
  public readonly cdkTagManager: TagManager;

  /**
   * The name of the state machine, which is the name of the workflow in its events and metrics.
   *
   * @attribute
   */
  public abstract readonly stateMachineName: string;

  protected constructor(scope: Construct, id: string, resourceType: string) {
    super(scope, id);
    this.cdkTagManager = new TagManager(TagType.KEY_VALUE, resourceType);
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
   * Creates an EventBridge rule that matches the outcomes of executions.
   *
   * @param id the construct ID of the rule
   * @param options the target and further options of the rule
   */
  public onOutcome(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this._rule(id, options);
  }

  /**
   * Creates an EventBridge rule that matches when an execution has failed.
   *
   * @param id the construct ID of the rule
   * @param options the target and further options of the rule
   */
  public onFailed(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this._rule(id, options, WorkflowOutcome.FAILED);
  }

  /**
   * Returns the metric of the number of executions with an outcome.
   *
   * @param outcome the outcome
   * @param options the metric options
   */
  public metric(outcome: WorkflowOutcome, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.outcomes.metric(outcome, options);
  }

  /**
   * Returns the metric of the number of executions that have failed.
   *
   * @param options the metric options
   */
  public metricFailed(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric(WorkflowOutcome.FAILED, options);
  }

  /** @internal */
  protected _rule(id: string, options: events.OnEventOptions, outcome?: WorkflowOutcome): events.Rule {
    return this.outcomes.rule(id, options, outcome);
  }

  private get outcomes(): Outcomes {
    return new Outcomes(this, 'SageMaker Workflow Outcome', this.stateMachineName);
  }
}
