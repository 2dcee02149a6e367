import { aws_cloudwatch as cloudwatch, aws_events as events } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { OutcomeSource, OutcomeType } from '../handlers/outcome-contract';

/** The source of the events and the namespace of the metrics about outcomes. */
export const SOURCE: OutcomeSource = 'cdk-sagemaker-algorithm';

/** The outcomes that the executions of a state machine report. */
export class Outcomes {
  constructor(
    private readonly scope: Construct,
    private readonly type: OutcomeType,
    private readonly stateMachineName: string,
  ) {}

  /** The rule that matches an outcome, or all of them. */
  public rule(id: string, options: events.OnEventOptions, outcome?: string): events.Rule {
    const rule = new events.Rule(this.scope, id, options);
    rule.addTarget(options.target);
    rule.addEventPattern({
      source: [SOURCE],
      detailType: [this.type],
      detail: { workflowName: [this.stateMachineName], ...(outcome === undefined ? {} : { outcome: [outcome] }) },
    });
    return rule;
  }

  /** The metric of the number of executions with an outcome. */
  public metric(outcome: string, options: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: SOURCE,
      metricName: outcome,
      dimensionsMap: { WorkflowName: this.stateMachineName },
      statistic: cloudwatch.Stats.SUM,
      ...options,
    });
  }
}
