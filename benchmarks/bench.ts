/** What was measured: ours beside that of others, in the same run. */
export interface Measured {
  readonly metric: string;
  readonly unit: string;
  readonly ours: number;
  readonly peers: Record<string, number>;

  /** What is aimed at, in words, and whether it was met. Without a goal the figure is for information. */
  readonly goal?: string;
  readonly met?: boolean;
}

export interface BenchOptions {
  /** Once, to see that it works: the figures mean little. */
  readonly isShort: boolean;
}

export type Bench = (options: BenchOptions) => Promise<Measured[]>;

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

export function percentile(values: number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)];
}

/** Samples of several ways, taken by turns, so that whatever else the machine does hits all of them. */
export async function alternating<T>(
  ways: readonly string[],
  rounds: number,
  take: (way: string) => Promise<T> | T,
): Promise<Map<string, T[]>> {
  const samples = new Map<string, T[]>(ways.map((way) => [way, []]));
  for (let round = 0; round < rounds; round++) {
    for (const way of ways) samples.get(way)?.push(await take(way));
  }
  return samples;
}
