/** The number of keys at the beginning that a condition holds for, which holds for none after them. */
export function countWhile(sorted: readonly string[], isBefore: (key: string) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(sorted[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The keys that start with a prefix. */
export function withPrefix(sorted: readonly string[], prefix: string): string[] {
  const start = countWhile(sorted, (key) => key < prefix);
  return sorted.slice(
    start,
    countWhile(sorted, (key) => key < prefix || key.startsWith(prefix)),
  );
}
