import type { CheckResult } from '../check';
import { junit } from './junit';
import { sarif } from './sarif';
import { text } from './text';

export interface ReportOptions {
  readonly isColored?: boolean;
}

const FORMATS = {
  text,
  json: (result: CheckResult) => JSON.stringify(result, undefined, 2),
  junit,
  sarif,
} satisfies Record<string, (result: CheckResult, options: ReportOptions) => string>;

export type ReportFormat = keyof typeof FORMATS;
export const REPORTS = Object.keys(FORMATS) as ReportFormat[];

/** What was found, for people or for programs. */
export function reportOf(format: ReportFormat, result: CheckResult, options: ReportOptions = {}): string {
  return FORMATS[format](result, options);
}
