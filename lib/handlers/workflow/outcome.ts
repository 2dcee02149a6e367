import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { OutcomeSource, OutcomeType } from '../outcome-contract';
import { type Clock, type Deadline, isTemporary, retry } from '../shared/retry';
import { truncate } from '../shared/truncate';
import type { GateOutput } from '../workflow-contract';
import type { Dependencies } from './dependencies';

const SOURCE: OutcomeSource = 'cdk-sagemaker-algorithm';

/** An event has at most 256 KB. */
const MAX_REASON_BYTES = 8192;

/** The outcome of an execution, as the detail of its event. The names are part of the public API. */
export interface OutcomeDetail {
  readonly workflowName: string;
  readonly executionArn: string;
  readonly outcome: string;
  readonly metric?: string;
  readonly baselineMetric?: string;
  readonly baselineArn?: string;
  readonly modelPackageArn?: string;

  /** The number of violations that a monitor has found. */
  readonly violations?: number;

  /** The part of the requests with the same response in a shadow test, and their number. `metric` is that of its job, if it has one. */
  readonly agreement?: string;
  readonly requestCount?: string;
  readonly reason?: string;
}

export function decisionDetail(decision: GateOutput | undefined): Partial<OutcomeDetail> {
  if (decision === undefined) return {};
  const { Metric, BaselineMetric, BaselineArn, Reason } = decision;
  return { metric: Metric, baselineMetric: BaselineMetric, baselineArn: BaselineArn, reason: Reason };
}

/** Reports the outcome as an event and as a metric. */
export async function report(
  detailType: OutcomeType,
  detail: OutcomeDetail,
  dependencies: Pick<Dependencies, 'events' | 'cloudwatch' | keyof Clock>,
  deadline: Deadline,
): Promise<void> {
  const { events, cloudwatch } = dependencies;
  const reason = detail.reason === undefined ? undefined : truncate(detail.reason, MAX_REASON_BYTES);
  const Resources = [detail.executionArn, ...(detail.modelPackageArn === undefined ? [] : [detail.modelPackageArn])];
  await retry(dependencies, deadline, isTemporary, async () => {
    const entry = { Source: SOURCE, DetailType: detailType, Resources, Detail: JSON.stringify({ ...detail, reason }) };
    const { FailedEntryCount, Entries } = await events.send(new PutEventsCommand({ Entries: [entry] }));
    // An entry that failed is not an error of the request.
    if (FailedEntryCount === 0) return;
    const { ErrorCode: name = 'InternalFailure', ErrorMessage: message = '' } = Entries?.at(0) ?? {};
    throw Object.assign(new Error(message), { name });
  });
  const Dimensions = [{ Name: 'WorkflowName', Value: detail.workflowName }];
  const metric = { MetricName: detail.outcome, Dimensions, Value: 1, Unit: 'Count' as const };
  await retry(dependencies, deadline, isTemporary, () =>
    cloudwatch.send(new PutMetricDataCommand({ Namespace: SOURCE, MetricData: [metric] })),
  );
}
