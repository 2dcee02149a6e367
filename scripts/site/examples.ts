/** The examples of the API in all languages. */
import type { Key } from './languages';

/** The translations of an example by its TypeScript source. */
export type Examples = ReadonlyMap<string, Partial<Record<Key, string>>>;
