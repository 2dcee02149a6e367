/** A metric of this project and of its peers, measured in the same run. */
export interface Measured {
  readonly metric: string;
  readonly unit: string;
  readonly ours: number;
  readonly peers: Record<string, number>;

  /** The goal, as text, and whether it was met. A metric without a goal is for information only. */
  readonly goal?: string;
  readonly met?: boolean;
}

export interface BenchOptions {
  /** Measure once only, to test that the benchmark works. The figures are not reliable. */
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

/** Measures several candidates in turn, so that other load on the machine affects all of them equally. */
export async function alternating<T>(
  candidates: readonly string[],
  rounds: number,
  measure: (candidate: string) => Promise<T> | T,
): Promise<Map<string, T[]>> {
  const samples = new Map<string, T[]>(candidates.map((candidate) => [candidate, []]));
  for (let round = 0; round < rounds; round++) {
    for (const candidate of candidates) samples.get(candidate)?.push(await measure(candidate));
  }
  return samples;
}
