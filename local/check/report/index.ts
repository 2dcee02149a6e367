import type { CheckResult } from '../core/finding';
import { html } from './html';
import { junit } from './junit';
import type { ReportOptions } from './options';
import { sarif } from './sarif';
import { text } from './text';

export type { ReportOptions } from './options';

const FORMATS = {
  text,
  json: (results: CheckResult[], { isApp = false }: ReportOptions) =>
    JSON.stringify(isApp ? results : results[0], undefined, 2),
  junit,
  sarif,
  html,
} satisfies Record<string, (results: CheckResult[], options: ReportOptions) => string>;

export type ReportFormat = keyof typeof FORMATS;
export const REPORT_FORMATS = Object.keys(FORMATS) as ReportFormat[];

export function reportOf(format: ReportFormat, results: CheckResult[], options: ReportOptions = {}): string {
  return FORMATS[format](results, options);
}
