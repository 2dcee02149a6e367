import type { Gate, GateInput, GateOutput } from '../workflow-contract';
import { type DescribedVersion, newestApproved } from '../shared/registry';
import { type Deadline, isTransient, retry } from '../shared/retry';
import type { Dependencies } from './dependencies';
import { evaluate } from './evaluate';
import { metricOf } from './registered-metric';

/** The newest approved version, with the metric that it was registered with. */
export interface Baseline {
  readonly arn: string;

  /** Undefined if the version was registered without this metric. */
  readonly metric?: number;
}

/** Compares the metric of a model with the threshold and with the newest approved version. */
export async function gate(input: GateInput, dependencies: Dependencies, deadline: Deadline): Promise<GateOutput> {
  const { Gate: settings, Evaluation } = input;
  const { metric, report } = await evaluate(settings.Metric, Evaluation, dependencies, deadline);
  const newest =
    settings.BaselineGroup === undefined
      ? undefined
      : await newestVersion(settings.BaselineGroup, dependencies, deadline);
  const baseline = newest && { arn: newest.arn, metric: metricOf(newest, settings.Metric) };
  const { isAccepted, reason } = decide(settings, metric, baseline);
  return {
    IsAccepted: isAccepted,
    Metric: String(metric),
    BaselineArn: baseline?.arn,
    BaselineMetric: baseline?.metric === undefined ? undefined : String(baseline.metric),
    Reason: reason,
    Report: report,
  };
}

function newestVersion(
  group: string,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<DescribedVersion | undefined> {
  return retry(dependencies, deadline, isTransient, () => newestApproved(group, dependencies.sagemaker));
}

/** The decision. A metric that equals the threshold, or the worst value that the tolerance allows, is accepted. */
export function decide(
  { Metric, ObjectiveType, Threshold, Tolerance, BaselineGroup }: Omit<Gate, 'BaselineGroup'> & Partial<Gate>,
  metric: number,
  baseline?: Baseline,
): { isAccepted: boolean; reason: string } {
  const isMaximized = ObjectiveType === 'Maximize';
  const isReached = (limit: number): boolean => (isMaximized ? metric >= limit : metric <= limit);
  const bound = isMaximized ? 'at least' : 'at most';
  // An infinite metric is an error of the evaluation, and no later model could be better.
  if (!Number.isFinite(metric)) return { isAccepted: false, reason: `${Metric} is ${metric}, not a finite number` };
  if (Threshold !== undefined && !isReached(Threshold)) {
    return { isAccepted: false, reason: `${Metric} is ${metric}, but must be ${bound} ${Threshold}` };
  }
  if (baseline?.metric === undefined || !Number.isFinite(baseline.metric)) {
    const reason = BaselineGroup === undefined ? '' : `. It was compared with no version: ${missing(baseline, Metric)}`;
    return { isAccepted: true, reason: `${Metric} is ${metric}${reason}` };
  }
  const limit = isMaximized ? -limitOf(-baseline.metric, Tolerance) : limitOf(baseline.metric, Tolerance);
  const tolerance = Tolerance === 0 ? '' : ` (tolerance ${Tolerance})`;
  const comparison = `the newest approved version ${baseline.arn} has ${baseline.metric}${tolerance}`;
  return isReached(limit)
    ? { isAccepted: true, reason: `${Metric} is ${metric}; ${comparison}` }
    : { isAccepted: false, reason: `${Metric} is ${metric}, but ${comparison}` };
}

/** The worst metric that is accepted, if lower ones are better. A sum such as 0.7 + 0.1 is not less than the decimal 0.8. */
function limitOf(metric: number, tolerance: number): number {
  const sum = metric + tolerance;
  return Math.max(sum, Number(sum.toPrecision(15)));
}

function missing(baseline: Baseline | undefined, metric: string): string {
  return baseline === undefined
    ? 'none is approved'
    : `the newest approved version ${baseline.arn} was registered without ${metric}`;
}
