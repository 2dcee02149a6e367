import type { ViolationsMetric } from '../workflow-contract';
import { parseReport } from './report';

/** The files that the container of a monitor writes: the one of SageMaker Model Monitor, and the metrics. */
export const VIOLATIONS_FILE = 'constraint_violations.json';
export const METRICS_FILE = 'metrics.json';

/** The name of the metric of the number of violations. */
export const VIOLATIONS: ViolationsMetric = 'Violations';

/** A request publishes the metrics of a report. */
const MAX_METRICS = 999;
const MAX_VALUE = 2 ** 360;
const METRIC_NAME = /^(?!:)[\x20-\x7e]{1,255}$/;

/** The findings of the container. */
export interface MonitorReport {
  readonly violations: number;
  readonly metrics: Record<string, number>;
}

/** The texts of the files. Undefined for a file that does not exist. */
export interface ReportTexts {
  readonly violations?: string;
  readonly metrics?: string;
}

/** Reads a report. Returns all its errors, each with the name of its file. */
export function readMonitorReport({ violations, metrics }: ReportTexts): MonitorReport | { readonly errors: string[] } {
  const errors: string[] = [];
  if (violations === undefined && metrics === undefined) {
    const files = `${VIOLATIONS_FILE} nor ${METRICS_FILE}`;
    errors.push(
      `the container has written neither ${files} to \`output_path\`. Write {"violations": []} if there are none`,
    );
  }
  const report = {
    violations: violations === undefined ? 0 : countOf(parsed(VIOLATIONS_FILE, violations, errors), errors),
    metrics: metrics === undefined ? {} : metricsOf(parsed(METRICS_FILE, metrics, errors), errors),
  };
  return errors.length === 0 ? report : { errors };
}

/** The content of a file. Undefined if it is not valid. */
function parsed(file: string, text: string, errors: string[]): unknown {
  try {
    return parseReport(text);
  } catch (error) {
    errors.push(`${file} is not valid JSON: ${(error as Error).message}`);
    return undefined;
  }
}

function countOf(content: unknown, errors: string[]): number {
  if (content === undefined) return 0;
  const { violations } = isObject(content) ? content : {};
  if (Array.isArray(violations)) return violations.length;
  errors.push(`${VIOLATIONS_FILE} must be an object with the list "violations", got: ${shown(content)}`);
  return 0;
}

function metricsOf(content: unknown, errors: string[]): Record<string, number> {
  if (content === undefined) return {};
  if (!isObject(content)) {
    errors.push(`${METRICS_FILE} must be an object of numbers by the names of metrics, got: ${shown(content)}`);
    return {};
  }
  const entries = Object.entries(content);
  if (entries.length > MAX_METRICS)
    errors.push(`${METRICS_FILE} must have at most ${MAX_METRICS} metrics, got ${entries.length}`);
  for (const [name, value] of entries) {
    if (!METRIC_NAME.test(name))
      errors.push(
        `${METRICS_FILE}: the name of a metric must have 1 to 255 ASCII characters and not start with ":", got: ${shown(name)}`,
      );
    if (name === VIOLATIONS)
      errors.push(
        `${METRICS_FILE} must not contain "${VIOLATIONS}", which is the number of violations in ${VIOLATIONS_FILE}`,
      );
    if (typeof value === 'number' && Number.isFinite(value) && Math.abs(value) > MAX_VALUE)
      errors.push(
        `${METRICS_FILE}: ${shown(name)} must be in the range of CloudWatch, -2^360 to 2^360, got: ${shown(value)}`,
      );
    if (typeof value !== 'number' || !Number.isFinite(value))
      errors.push(
        `${METRICS_FILE}: ${shown(name)} must be a finite number, got: ${shown(value)}. Omit a metric without a value`,
      );
  }
  return content as Record<string, number>;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
