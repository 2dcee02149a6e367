import type { CheckResult } from '../core/check';
import { junit } from './junit';
import { sarif } from './sarif';
import { text } from './text';

export interface ReportOptions {
  readonly isColored?: boolean;

  /** Whether there may be several results: those of an app. */
  readonly isApp?: boolean;
}

const FORMATS = {
  text,
  json: (results: CheckResult[], { isApp = false }: ReportOptions) =>
    JSON.stringify(isApp ? results : results[0], undefined, 2),
  junit,
  sarif,
} satisfies Record<string, (results: CheckResult[], options: ReportOptions) => string>;

export type ReportFormat = keyof typeof FORMATS;
export const REPORTS = Object.keys(FORMATS) as ReportFormat[];

/** What was found, for people or for programs. */
export function reportOf(format: ReportFormat, results: CheckResult[], options: ReportOptions = {}): string {
  return FORMATS[format](results, options);
}
