import { CHECKS } from '.';
import { GROUPS } from '../core/finding';
import type { Check } from './check';

/** Selects checks by their ids and groups. */
export interface Selection {
  /** The checks to run; all by default. */
  readonly only?: string[];

  /** The checks to leave out. */
  readonly skip?: string[];
}

/** Words of a selection that are neither the id of a check nor a group. */
export function unknownIds({ only = [], skip = [] }: Selection): string[] {
  const known = new Set<string>([...GROUPS, ...CHECKS.map(({ id }) => id)]);
  return [...only, ...skip].filter((word) => !known.has(word));
}

export function selectChecks({ only, skip = [] }: Selection): Check[] {
  const isNamed = (check: Check, words: string[]): boolean => words.includes(check.id) || words.includes(check.group);
  return CHECKS.filter((check) => (only === undefined || isNamed(check, only)) && !isNamed(check, skip));
}
