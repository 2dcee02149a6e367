import { metricExpression } from '../contract/metric-expression';

/** A metric definition: the first group of the expression captures the number in a log line. */
export interface Metric {
  readonly name: string;
  readonly regex: string;
}

export interface MetricValue {
  readonly name: string;
  readonly value: number;
}

/** A metric in a line, and whether the number continues before or after what the group captures. */
export interface CapturedValue extends MetricValue {
  readonly isCut: boolean;
}

/** Finds metrics in log lines, as the service does. */
export class MetricReader {
  public readonly values: MetricValue[] = [];
  private readonly metrics: { readonly name: string; readonly expression: RegExp }[];

  constructor(metrics: Metric[]) {
    // Only the service can evaluate the others.
    this.metrics = metrics.flatMap(({ name, regex }) =>
      expressionError(regex) === undefined ? [{ name, expression: metricExpression(regex) }] : [],
    );
  }

  /** Returns the values in a line. */
  public read(line: string): MetricValue[] {
    const found = this.metrics.flatMap(({ name, expression }) => capturedValue(line, name, expression) ?? []);
    const values = found.map(({ name, value }) => ({ name, value }));
    this.values.push(...values);
    return values;
  }
}

/** The number that the first group of an expression captures in a line; undefined if there is none. */
export function capturedValue(line: string, name: string, expression: RegExp): CapturedValue | undefined {
  const match = new RegExp(expression.source, `${expression.flags}d`).exec(line);
  const text = match?.[1]?.trim() ?? '';
  if (text === '' || Number.isNaN(Number(text))) return undefined;
  const [start, end] = match?.indices?.[1] ?? [0, line.length];
  return { name, value: Number(text), isCut: isCut(line.slice(0, start), text, line.slice(end)) };
}

/** Whether the number is longer than the captured text: a sign or digits before it, or digits, an exponent or a group of thousands after it. */
function isCut(before: string, text: string, after: string): boolean {
  const hasSign = /(^|[^\w)\]])-$/.test(before) && !text.startsWith('-');
  const hasExponent = /^e[+-]?\d/i.test(after) && !/e/i.test(text);
  const hasThousands = /^-?\d{1,3}$/.test(text) && /^,\d{3}(?!\d)/.test(after);
  return hasSign || hasExponent || hasThousands || /\d\.?$/.test(before) || /^\.?\d/.test(after);
}

/** The syntax error of an expression, if it has one. */
export function expressionError(regex: string): string | undefined {
  try {
    metricExpression(regex);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
