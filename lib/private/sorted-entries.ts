type Map<T> = { readonly [name: string]: T };

/**
 * The entries of a map, sorted by name. The order of a map has no meaning, and in Java it differs from run to run: it must not change the
 * identity of a job, nor its request.
 */
export function sortedEntries<T>(map: Map<T>): [string, T][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A map whose entries are sorted by name. */
export function sortedMap<T>(map: Map<T> | undefined): Record<string, T> | undefined {
  return map && Object.fromEntries(sortedEntries(map));
}
