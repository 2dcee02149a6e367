interface Query {
  readonly MaxResults?: number;
  readonly NextToken?: string;
  readonly NameContains?: string;
  readonly StatusEquals?: string;
  readonly SortOrder?: 'Ascending' | 'Descending';
}

interface Listed {
  readonly CreationTime?: number;
}

/** One page of the result of a List operation, the newest items first. */
export function page<T extends Listed>(
  items: T[],
  query: Query,
  nameOf: (item: T) => string,
  statusOf: (item: T) => string | undefined = () => undefined,
): { readonly items: T[]; readonly NextToken?: string } {
  const { MaxResults = 10, NextToken, NameContains = '', StatusEquals, SortOrder = 'Descending' } = query;
  const found = items
    .filter((item) => nameOf(item).includes(NameContains))
    .filter((item) => StatusEquals === undefined || statusOf(item) === StatusEquals)
    .sort((a, b) => ((a.CreationTime ?? 0) - (b.CreationTime ?? 0)) * (SortOrder === 'Ascending' ? 1 : -1));
  const start = NextToken === undefined ? 0 : Number(NextToken);
  const end = start + MaxResults;
  return { items: found.slice(start, end), NextToken: end < found.length ? String(end) : undefined };
}

/** The members of a record that a summary contains. */
export function pick<T, Key extends keyof T>(record: T, ...keys: Key[]): Pick<T, Key> {
  return Object.fromEntries(keys.map((key) => [key, record[key]])) as Pick<T, Key>;
}
