import { countWhile } from './sorted-keys';

interface ListingQuery {
  readonly prefix: string;

  /** Keys that contain it after the prefix are listed as one common prefix; empty for a flat list. */
  readonly delimiter: string;

  /** The listing starts after this key, or after the folder of this name. */
  readonly after: string;
  readonly max: number;
}

interface Listing {
  readonly keys: string[];

  /** The common prefixes. */
  readonly folders: string[];

  /** The last key of a truncated list, after which the next page starts. */
  readonly last?: string;
}

/** One page of ListObjects, of all keys with the prefix in alphabetical order. */
export function listingOf(all: readonly string[], { prefix, delimiter, after, max }: ListingQuery): Listing {
  const keys: string[] = [];
  const folders = new Set<string>();
  let last: string | undefined;
  for (let index = countWhile(all, (key) => key <= after); index < all.length; index++) {
    const key = all[index];
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const folder = end < 0 ? undefined : key.slice(0, end + delimiter.length);
    const isListed = folder !== undefined && (folders.has(folder) || folder <= after);
    if (!isListed && keys.length + folders.size >= max) return { keys, folders: [...folders], last: last ?? after };
    last = key;
    if (folder === undefined) keys.push(key);
    else if (!isListed) folders.add(folder);
  }
  return { keys, folders: [...folders] };
}
