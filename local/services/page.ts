import { validationError } from '../aws-model/service-error';

export interface PageQuery {
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

interface Page<T> {
  readonly items: T[];
  readonly NextToken?: string;
}

const DEFAULT_PAGE_SIZE = 10;

/** One page of the items. The token of the next page is its first position. */
export function pageOf<T>(items: T[], { MaxResults = DEFAULT_PAGE_SIZE, NextToken }: PageQuery): Page<T> {
  const start = NextToken === undefined ? 0 : Number(NextToken);
  if (!Number.isInteger(start) || start < 0)
    throw validationError(`The NextToken is not valid, got: "${NextToken ?? ''}"`);
  const end = start + MaxResults;
  return { items: items.slice(start, end), NextToken: end < items.length ? String(end) : undefined };
}
