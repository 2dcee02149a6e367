/** A metric that training prints: the first group of the expression captures the number. */
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
    // The service's expressions are Python's, which spell named groups with a P.
    this.metrics = metrics.map(({ name, regex }) => ({
      name,
      expression: new RegExp(regex.replaceAll('(?P<', '(?<')),
    }));
  }

  public read(line: string): void {
    for (const { name, expression } of this.metrics) {
      const value = Number(expression.exec(line)?.[1] ?? NaN);
      if (!Number.isNaN(value)) this.values.push({ name, value });
    }
  }
}
