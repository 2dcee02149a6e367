/** A metric definition: the first group of the expression captures the number in a log line. */
export interface Metric {
  readonly name: string;
  readonly regex: string;
}

export interface MetricValue {
  readonly name: string;
  readonly value: number;
}

/** Finds metrics in log lines, as the service does. */
export class MetricReader {
  public readonly values: MetricValue[] = [];
  private readonly metrics: { readonly name: string; readonly expression: RegExp }[];

  constructor(metrics: Metric[]) {
    this.metrics = metrics.map(({ name, regex }) => ({ name, expression: expressionOf(regex) }));
  }

  public read(line: string): void {
    for (const { name, expression } of this.metrics) {
      const captured = expression.exec(line)?.[1]?.trim() ?? '';
      if (captured !== '' && !Number.isNaN(Number(captured))) this.values.push({ name, value: Number(captured) });
    }
  }
}

/** Translates a Python expression, as the service uses it: named groups have a P, and flags come first. */
export function expressionOf(regex: string): RegExp {
  const [, flags = '', rest] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(regex) as unknown as [
    string,
    string | undefined,
    string,
  ];
  return new RegExp(rest.replaceAll('(?P<', '(?<'), flags);
}

/** The syntax error of an expression, if it has one. */
export function expressionError(regex: string): string | undefined {
  try {
    expressionOf(regex);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
