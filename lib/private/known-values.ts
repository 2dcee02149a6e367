import limits from './limits.json';
import { type Shape, isKnown } from './validation';

/** The id of the warning about values that the library does not know. */
export const UNKNOWN_VALUE = 'unknownValue';

/** The warning about values that a list does not contain: AWS adds new ones. Undefined if it contains all of them. */
export function unknownValues(noun: string, known: readonly string[], values: string[]): string | undefined {
  const unknown = values.filter((value) => isKnown(value) && !known.includes(value));
  if (unknown.length === 0) return undefined;
  return `${noun} that were unknown when this version of the library was published: ${unknown.join(', ')}.`;
}

/** The values of an API shape. */
export function valuesOf(shape: Shape): readonly string[] {
  return (limits.shapes[shape] as { readonly values?: string[] }).values ?? [];
}
