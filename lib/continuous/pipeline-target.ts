import { Lazy, type aws_events as events, aws_iam as iam, type aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import { onBehalfOf } from '../private/grants';
import { ValidationErrors } from '../private/validation';
import { type PipelineStartOptions, checkParameters, parameterList } from './pipeline-parameters';

/** The construct ID of the role with which rules start a pipeline. */
const ROLE = 'EventsRole';

/**
 * A SageMaker pipeline as the target of an EventBridge rule: an event starts an execution of the pipeline.
 *
 * EventBridge can deliver an event more than once.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/pipeline-eventbridge.html
 *
 * @example
 * import { aws_events as events } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const rule: events.Rule;
 *
 * const pipeline = sagemaker.Pipeline.fromPipelineName(this, 'Pipeline', 'churn');
 * rule.addTarget(new sagemaker.PipelineTarget(pipeline, {}));
 */
export class PipelineTarget implements events.IRuleTarget {
  /**
   * @param pipeline the pipeline that is started
   * @param options the parameters of the execution
   */
  constructor(
    private readonly pipeline: sagemaker.IPipeline,
    private readonly options: PipelineStartOptions = {},
  ) {
    const errors = new ValidationErrors(`Pipeline ${pipeline.node.path} as a target`, 'continuous-lifecycle');
    errors.requireTypes('PipelineStartOptions', options);
    checkParameters(errors, 'rule', options);
    errors.throwIfAny();
  }

  /**
   * Returns the target of a rule. `events.Rule` calls it.
   *
   * @param rule the rule
   * @param id the ID of the target in the rule
   */
  public bind(rule: events.IRuleRef, id?: string): events.RuleTargetConfig {
    const role = this.role();
    this.pipeline.grantStartPipelineExecution(role);
    this.addParameters(rule, id);
    return { arn: this.pipeline.pipelineArn, role, targetResource: this.pipeline };
  }

  /** The role of all rules that start the pipeline. */
  private role(): iam.IRole {
    const { node, stack } = this.pipeline;
    const existing = node.tryFindChild(ROLE) as iam.IRole | undefined;
    const condition = { conditions: onBehalfOf(stack.account) };
    return (
      existing ??
      new iam.Role(this.pipeline, ROLE, { assumedBy: new iam.ServicePrincipal('events.amazonaws.com', condition) })
    );
  }

  /** Adds the parameters to the target in the rule, since the configuration of a target has no property for them. */
  private addParameters(rule: events.IRuleRef, id?: string): void {
    const pipelineParameterList = parameterList(this.options);
    if (pipelineParameterList === undefined) return;
    const resource = rule.node.defaultChild as events.CfnRule;
    const { targets } = resource;
    resource.targets = Lazy.uncachedAny({
      produce: (context) => {
        const arn = JSON.stringify(context.resolve(this.pipeline.pipelineArn));
        // A rule in another environment than the pipeline has an event bus as the target with this ID.
        const isPipeline = (target: events.CfnRule.TargetProperty): boolean =>
          target.id === id && JSON.stringify(target.arn) === arn;
        return (context.resolve(targets) as events.CfnRule.TargetProperty[]).map((target) =>
          isPipeline(target) ? { ...target, sageMakerPipelineParameters: { pipelineParameterList } } : target,
        );
      },
    });
  }
}
