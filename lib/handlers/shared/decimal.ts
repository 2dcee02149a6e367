/**
 * The shortest decimal of a metric, which SageMaker stores in single precision: what a container has logged as 0.9 is returned as
 * 0.8999999761581421, which does not reach a threshold of 0.9.
 */
export function decimalOf(value: number): number {
  if (!Number.isFinite(value) || Math.fround(value) !== value) return value;
  const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9].find((count) => Math.fround(Number(value.toPrecision(count))) === value);
  return digits === undefined ? value : Number(value.toPrecision(digits));
}
