import type { Construct } from 'constructs';
import type { aws_iam as iam, aws_kms as kms } from 'aws-cdk-lib';
import type { Objective } from '../algorithm/objective';
import { S3Location } from '../common/s3-location';
import { newArtifactBucket } from '../private/artifact-bucket';
import { executionRole } from '../private/execution-role';
import type { JobRequest } from '../private/job-request';
import { literalText } from '../private/nested-json';
import { placeholder } from '../private/placeholder';
import { type ValidationErrors, isKnown, quote } from '../private/validation';
import type { ProcessingInput } from '../processing/processing-input';
import type { ProcessingOptions } from '../processing/processing-options';
import { ProcessingOutput } from '../processing/processing-output';
import { renderProcessing } from '../processing/processing-request';
import { checkProcessing, warnAboutProcessing } from '../processing/processing-validation';

/** The name of the output that contains the report. */
const REPORT = 'report';

/** The names of members with periods between them, in which no character of a JSONPath has a meaning. */
const MEMBERS = /^[^.$[\]]+(?:\.[^.$[\]]+)*$/;

const DEFAULT_REPORT = 'evaluation.json';

/** A processing job that writes a report with a metric. */
export interface ReportOptions extends ProcessingOptions {
  readonly objective: Objective;
  readonly report?: string;
  readonly reportLocation?: S3Location;
}

/** The processing job, as the handler runs it. */
export interface BoundReport {
  readonly request: JobRequest<'processing'>;
  readonly role: iam.IRole;

  /** The S3 URI of the report, with a placeholder for the name of the job. */
  readonly report: string;
  readonly location: S3Location;

  /** The KMS key that encrypts the report, if it is not that of the bucket. */
  readonly encryptionKey?: kms.IKey;

  /** The S3 locations of all other outputs by their names. */
  readonly others: Record<string, S3Location>;
}

/** Validates a processing job that writes a report. */
export function checkReport(scope: Construct, errors: ValidationErrors, options: ReportOptions): void {
  const { report = DEFAULT_REPORT, objective, outputs, reportLocation } = options;
  const names = isKnown(report) ? report.replace(/\/$/, '').split('/') : [];
  errors.when(
    // The object key of a file that the job writes has none of these names.
    names.some((name) => ['', '.', '..'].includes(name)),
    '`report` must be a path below the directory of the output, without empty names, "." and "..", for example "evaluation.json", got: ' +
      quote(report),
  );
  errors.when(
    isKnown(report) && report.endsWith('/'),
    `\`report\` must be the path of a file, got: ${quote(report)}, which is a folder. Add the name of the file`,
  );
  const { metricName } = objective;
  errors.when(
    isKnown(metricName) && !MEMBERS.test(metricName),
    `\`objective\` must name the metric by the names of members of the report with periods between them, for example ` +
      `"metrics.auc.value", got: ${quote(metricName)}`,
  );
  errors.when(
    outputs !== undefined && REPORT in outputs,
    `\`outputs\` must not contain "${REPORT}", which is the output with the report: specify \`reportLocation\``,
  );
  reportLocation?._checkOutput(errors, 'reportLocation');
  checkProcessing(scope, errors, options);
}

/**
 * Renders the processing job, and grants its role the permissions of the job.
 *
 * @param folder the folder of reports in a new bucket
 * @param inputs the inputs that the library adds to those of the user, which take precedence
 */
export function bindReport(
  scope: Construct,
  folder: string,
  options: ReportOptions,
  inputs: (location: S3Location) => Record<string, ProcessingInput>,
): BoundReport {
  warnAboutProcessing(scope, options);
  const role = executionRole(scope, options.role, ['ProcessingJobs']);
  const location = options.reportLocation ?? S3Location.fromBucket(newArtifactBucket(scope), folder);
  const outputs = { ...options.outputs, [REPORT]: ProcessingOutput._inFolder(location) };
  const complete = { ...options, inputs: { ...inputs(location), ...options.inputs }, outputs };
  const { request, outputs: locations } = renderProcessing(scope, complete, role, placeholder('JobName'));
  const { [REPORT]: report, ...others } = locations;
  return {
    request,
    role,
    location,
    report: literalText(`${report._folderUri}/${options.report ?? DEFAULT_REPORT}`),
    encryptionKey: options.outputEncryptionKey,
    others,
  };
}
