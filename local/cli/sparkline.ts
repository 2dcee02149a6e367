/** The most characters of a sparkline. */
const WIDTH = 40;
const BARS = [...'▁▂▃▄▅▆▇█'];

/** Numbers as bars of a line of text, from the lowest to the highest one. More numbers than fit are averaged. */
export function sparkline(values: readonly number[]): string {
  const means = bucketed(values.filter(Number.isFinite)).map(mean);
  const lowest = Math.min(...means);
  const range = Math.max(...means) - lowest;
  const highest = BARS.length - 1;
  return means.map((value) => BARS[range === 0 ? 0 : Math.round(((value - lowest) / range) * highest)]).join('');
}

/** Consecutive numbers in as many groups as a line has characters, or fewer. */
function bucketed(values: readonly number[]): number[][] {
  const count = Math.min(WIDTH, values.length);
  const start = (index: number): number => Math.floor((index * values.length) / count);
  return Array.from({ length: count }, (_, index) => values.slice(start(index), start(index + 1)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
