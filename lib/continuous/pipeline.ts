import {
  ArnFormat,
  Resource,
  Stack,
  Token,
  TokenComparison,
  type aws_cloudwatch as cloudwatch,
  aws_events as events,
  aws_iam as iam,
  type aws_sagemaker as sagemaker,
  aws_scheduler as scheduler,
  aws_scheduler_targets as schedulerTargets,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { alarmRule } from '../private/alarm-rule';
import { nameFromArn, sagemakerArn } from '../private/arn';
import { PIPELINE } from '../private/grants';
import { addWarning } from '../private/rules';
import { ValidationErrors } from '../private/validation';
import { type PipelineStartOptions, type PipelineStarter, checkParameters, parameterList } from './pipeline-parameters';
import { PipelineTarget } from './pipeline-target';

/** A pipeline of Amazon SageMaker Pipelines, which is started and watched from a stack. */
export interface IPipeline extends sagemaker.IPipeline {
  /**
   * Starts an execution on a schedule. Executions can run at the same time.
   *
   * @param id the construct ID of the schedule
   * @param schedule the schedule, for example `ScheduleExpression.rate(Duration.days(7))`
   * @param options the parameters of the execution
   */
  startOnSchedule(
    id: string,
    schedule: scheduler.ScheduleExpression,
    options?: PipelineStartOptions,
  ): scheduler.Schedule;

  /**
   * Starts an execution when an alarm changes to the state ALARM. For other events, use `PipelineTarget`.
   *
   * @param id the construct ID of the rule
   * @param alarm the alarm
   * @param options the parameters of the execution
   */
  startOnAlarm(id: string, alarm: cloudwatch.IAlarm, options?: PipelineStartOptions): events.Rule;

  /**
   * Creates an EventBridge rule that matches when an execution has ended: succeeded, failed or stopped.
   *
   * @param id the construct ID of the rule
   * @param options the target and further options of the rule
   */
  onExecutionEnded(id: string, options?: events.OnEventOptions): events.Rule;

  /**
   * Creates an EventBridge rule that matches when an execution has succeeded.
   *
   * @param id the construct ID of the rule
   * @param options the target and further options of the rule
   */
  onExecutionSucceeded(id: string, options?: events.OnEventOptions): events.Rule;

  /**
   * Creates an EventBridge rule that matches when an execution has failed, or has completed with failures.
   *
   * @param id the construct ID of the rule
   * @param options the target and further options of the rule
   */
  onExecutionFailed(id: string, options?: events.OnEventOptions): events.Rule;
}

interface PipelineIdentity {
  readonly pipelineArn: string;
  readonly pipelineName: string;
}

/**
 * A pipeline of Amazon SageMaker Pipelines. It is created elsewhere, for example by the SageMaker Python SDK.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines.html
 * @resource AWS::SageMaker::Pipeline
 *
 * @example
 * import { Duration, aws_scheduler as scheduler } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * const pipeline = sagemaker.Pipeline.fromPipelineName(this, 'Pipeline', 'churn');
 * pipeline.startOnSchedule('Weekly', scheduler.ScheduleExpression.rate(Duration.days(7)));
 */
export class Pipeline extends Resource implements IPipeline {
  /**
   * Imports an existing pipeline of this account and region by its name.
   *
   * @param scope the parent construct
   * @param id the construct ID
   * @param pipelineName the name of the pipeline
   */
  public static fromPipelineName(scope: Construct, id: string, pipelineName: string): IPipeline {
    return new Pipeline(scope, id, { pipelineName, pipelineArn: sagemakerArn(scope, 'pipeline', pipelineName) });
  }

  /**
   * Imports an existing pipeline by its ARN. It can belong to another account, which shares it with AWS Resource Access Manager.
   *
   * @param scope the parent construct
   * @param id the construct ID
   * @param pipelineArn the ARN of the pipeline
   */
  public static fromPipelineArn(scope: Construct, id: string, pipelineArn: string): IPipeline {
    const pipelineName = Token.isUnresolved(pipelineArn)
      ? (Stack.of(scope).splitArn(pipelineArn, ArnFormat.SLASH_RESOURCE_NAME).resourceName ?? '')
      : nameFromArn(pipelineArn, 'pipeline');
    return new Pipeline(scope, id, { pipelineName, pipelineArn });
  }

  public readonly pipelineArn: string;
  public readonly pipelineName: string;

  private constructor(scope: Construct, id: string, { pipelineArn, pipelineName }: PipelineIdentity) {
    super(scope, id, { environmentFromArn: pipelineArn });
    this.pipelineArn = pipelineArn;
    this.pipelineName = pipelineName;
  }

  public get pipelineRef(): sagemaker.PipelineReference {
    return { pipelineName: this.pipelineName };
  }

  public grantStartPipelineExecution(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions: [...PIPELINE.start], resourceArns: [this.pipelineArn] });
  }

  public startOnSchedule(
    id: string,
    schedule: scheduler.ScheduleExpression,
    options: PipelineStartOptions = {},
  ): scheduler.Schedule {
    this.checkStart('schedule', options);
    return new scheduler.Schedule(this, id, {
      schedule,
      target: new schedulerTargets.SageMakerStartPipelineExecution(this, {
        pipelineParameterList: parameterList(options),
      }),
    });
  }

  public startOnAlarm(id: string, alarm: cloudwatch.IAlarm, options: PipelineStartOptions = {}): events.Rule {
    this.checkStart('rule', options);
    return alarmRule(this, id, { alarm, target: new PipelineTarget(this, options) });
  }

  public onExecutionEnded(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.rule(id, options, events.Match.anythingBut('Executing', 'Stopping'));
  }

  public onExecutionSucceeded(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.rule(id, options, ['Succeeded']);
  }

  public onExecutionFailed(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.rule(id, options, ['Failed', 'CompletedWithFailures']);
  }

  private rule(id: string, options: events.OnEventOptions, statuses: string[]): events.Rule {
    if (this.isElsewhere('region') || this.isElsewhere('account')) {
      addWarning(
        this,
        'continuous-lifecycle',
        'pipelineEvents',
        `SageMaker sends the events of pipeline ${this.pipelineName} to the event bus of its account and region. ` +
          'Import the pipeline in a stack there, or forward the events to this account and region.',
      );
    }
    const rule = new events.Rule(this, id, options);
    rule.addTarget(options.target);
    rule.addEventPattern({
      source: ['aws.sagemaker'],
      detailType: ['SageMaker Model Building Pipeline Execution Status Change'],
      detail: {
        // The documented events contain upper-case letters, although the service converts names in ARNs to lower case.
        pipelineArn: events.Match.equalsIgnoreCase(this.pipelineArn),
        currentPipelineExecutionStatus: statuses,
      },
    });
    return rule;
  }

  /** @throws an error that lists every invalid value of a start */
  private checkStart(starter: PipelineStarter, options: PipelineStartOptions): void {
    const errors = new ValidationErrors(`Pipeline ${this.node.path}`, 'continuous-lifecycle');
    errors.when(
      this.isElsewhere('region'),
      `a ${starter} must be in the region of the pipeline, ${this.env.region}, and this stack is in ${this.stack.region}. ` +
        `Import the pipeline in a stack in ${this.env.region}`,
    );
    checkParameters(errors, starter, options);
    errors.throwIfAny();
  }

  /** Whether the pipeline is in another account or region than its stack. */
  private isElsewhere(dimension: 'account' | 'region'): boolean {
    return Token.compareStrings(this.env[dimension], this.stack[dimension]) === TokenComparison.DIFFERENT;
  }
}
