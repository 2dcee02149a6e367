import { type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { OutcomeSource } from '../outcome-contract';
import {
  METRICS_FILE,
  type MonitorReport,
  VIOLATIONS,
  VIOLATIONS_FILE,
  readMonitorReport,
} from '../shared/monitor-report';
import { type Deadline, isTemporary, retry } from '../shared/retry';
import type { DataWindow, MonitorDimension, ReportInput, ReportOutput } from '../workflow-contract';
import { recordWindow } from './data-window';
import type { Dependencies } from './dependencies';
import { failure } from './failure';
import { fillText } from './fill';
import { readObject } from './object';

const NAMESPACE: OutcomeSource = 'cdk-sagemaker-algorithm';
const DIMENSION: MonitorDimension = 'MonitorName';

/** Publishes the report of a monitoring job as metrics. A repetition publishes the same values again, which changes no maximum. */
export async function publishReport(
  { Workflow, Window, Report, JobName }: ReportInput,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<ReportOutput> {
  const folder = fillText(Report, { JobName });
  const report = await readReport(folder, JobName, dependencies, deadline);
  const Dimensions = [{ Name: DIMENSION, Value: Workflow.Name }];
  const MetricData: MetricDatum[] = [
    { MetricName: VIOLATIONS, Dimensions, Value: report.violations, Unit: 'Count' },
    ...Object.entries(report.metrics).map(([MetricName, Value]) => ({ MetricName, Dimensions, Value })),
  ];
  await retry(dependencies, deadline, isTemporary, () =>
    dependencies.cloudwatch.send(new PutMetricDataCommand({ Namespace: NAMESPACE, MetricData })),
  );
  await recordWindow(Workflow, Window, dependencies);
  return { Violations: report.violations, Reason: `${violations(report.violations)} in ${folder}` };
}

async function readReport(
  folder: string,
  jobName: string,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<MonitorReport> {
  const read = (file: string): Promise<string | undefined> => readObject(`${folder}/${file}`, dependencies, deadline);
  const report = readMonitorReport({ violations: await read(VIOLATIONS_FILE), metrics: await read(METRICS_FILE) });
  if ('errors' in report)
    throw failure(
      'ReportFailed',
      `The report of job ${jobName} in ${folder} is not valid: ${report.errors.join('; ')}`,
    );
  return report;
}

/** The window of an execution, and what was found in it, for its outcome. */
export function windowReason({ StartTime, EndTime, NotAnalyzedSince }: DataWindow, report?: ReportOutput): string {
  const found = report === undefined ? 'No data was captured' : report.Reason;
  const cut =
    NotAnalyzedSince === undefined
      ? ''
      : `. Data that was captured from ${NotAnalyzedSince} to ${StartTime} was not analyzed: it is older than \`maxWindow\``;
  return `${found}, from ${StartTime} to ${EndTime}${cut}`;
}

function violations(count: number): string {
  return `${count} ${count === 1 ? 'violation' : 'violations'}`;
}
