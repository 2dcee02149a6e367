import { parseReport } from '../shared/report';
import type { Deadline } from '../shared/retry';
import type { EvaluationResult } from '../workflow-contract';
import type { Dependencies } from './dependencies';
import { failure } from './failure';
import { fillText } from './fill';
import { readObject } from './object';

/** Reads the metric of a model: from the training job, or from the report of a processing job. */
export async function evaluate(
  name: string,
  { Metrics, Report, JobName = '' }: EvaluationResult,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<{ metric: number; report?: string }> {
  if (Report === undefined) return { metric: trainingMetric(name, Metrics ?? {}) };
  const report = fillText(Report, { JobName });
  const text = await readObject(report, dependencies, deadline);
  if (text === undefined)
    throw failure('EvaluationFailed', `The evaluation has completed, but it has not written its report ${report}`);
  return { metric: reportedMetric(name, report, text), report };
}

function trainingMetric(name: string, metrics: Record<string, string>): number {
  if (Object.hasOwn(metrics, name)) return Number(metrics[name]);
  const names = Object.keys(metrics);
  throw failure(
    'EvaluationFailed',
    `The training job has no final metric ${name}. ${names.length === 0 ? 'It has none' : `It has: ${names.join(', ')}`}. Define the metric ` +
      'with a regular expression that matches the log of the container.',
  );
}

/** The number at a path in a report: member names with periods between them. */
export function reportedMetric(path: string, report: string, text: string): number {
  const value = path
    .replace(/^\$\.?/, '')
    .split('.')
    .reduce<unknown>(memberOf, parse(report, text));
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  // "NaN" is a result, which no gate accepts. Other text is none.
  if (typeof number === 'number' && (!Number.isNaN(number) || value === 'NaN')) return number;
  throw failure(
    'EvaluationFailed',
    `${report} must have a number at ${path}, got: ${JSON.stringify(value) ?? 'nothing'}`,
  );
}

function memberOf(parent: unknown, name: string): unknown {
  const isObject = typeof parent === 'object' && parent !== null;
  return isObject && Object.hasOwn(parent, name) ? (parent as Record<string, unknown>)[name] : undefined;
}

function parse(report: string, text: string): unknown {
  try {
    return parseReport(text);
  } catch (error) {
    throw failure('EvaluationFailed', `${report} is not JSON: ${(error as Error).message}`);
  }
}
