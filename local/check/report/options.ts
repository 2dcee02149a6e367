export interface ReportOptions {
  readonly isColored?: boolean;

  /** Whether the text report has the times of the checks. */
  readonly hasTimings?: boolean;

  /** Whether the results are those of an app, which may be several. */
  readonly isApp?: boolean;
}
