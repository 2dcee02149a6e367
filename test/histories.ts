/**
 * The number of random histories that a test generates: all of them in the nightly suite, and a twentieth in the unit tests, where each run
 * generates others.
 */
export function histories(all: number): number {
  return process.env.SUITE === 'nightly' ? all : Math.ceil(all / 20);
}
