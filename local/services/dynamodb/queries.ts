import { validationError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';
import { type Item, compare, project } from './attribute-value';
import { isMet } from './condition';
import { type ExpressionRequest, type ParsedCondition, parseExpressions } from './expressions';
import { type Table, checkedKey, keyOf, namesOf } from './store';

/** The members of Query and Scan that select a page. */
export interface Page {
  readonly Limit?: number;
  readonly ExclusiveStartKey?: Item;
  readonly ScanIndexForward?: boolean;
  readonly Select?: string;
}

const SELECTIONS = ['ALL_ATTRIBUTES', 'SPECIFIC_ATTRIBUTES', 'COUNT'];

/** One page of the items of a table. The limit applies before the filter, as for DynamoDB. */
export function page(table: Table, items: readonly Item[], request: ExpressionRequest & Page): object {
  const { keyCondition, filter, projection } = parseExpressions(request);
  if (keyCondition !== undefined) checkKeyCondition(table, keyCondition);
  const { Limit = Infinity, ExclusiveStartKey, ScanIndexForward: isForward = true, Select = '' } = request;
  if (Select !== '' && !SELECTIONS.includes(Select)) {
    throw validationError(notSupported('dynamodb', `Select=${Select}`));
  }
  if (Limit < 1) throw validationError(`Limit must be at least 1, got: ${Limit}`);
  const matching = items.filter((item) => keyCondition === undefined || isMet(keyCondition.expression, item));
  const ordered = isForward ? matching : matching.reverse();
  const rest = ExclusiveStartKey === undefined ? ordered : after(table, ordered, ExclusiveStartKey, isForward);
  const scanned = rest.slice(0, Limit);
  const found = scanned.filter((item) => filter === undefined || isMet(filter, item));
  const selected = projection === undefined ? found : found.map((item) => project(projection, item));
  return {
    ...(Select === 'COUNT' ? {} : { Items: selected }),
    Count: found.length,
    ScannedCount: scanned.length,
    ...(scanned.length === Limit ? { LastEvaluatedKey: keyOf(table, scanned[Limit - 1]) } : {}),
  };
}

/** The items behind a key, which need not exist any more. */
function after(table: Table, items: readonly Item[], given: Item, isForward: boolean): Item[] {
  const start = checkedKey(table, given);
  return items.filter((item) => {
    const order = namesOf(table)
      .map((name) => (name === undefined ? 0 : (compare(item[name], start[name]) ?? 0)))
      .find((one) => one !== 0);
    return order !== undefined && (isForward ? order > 0 : order < 0);
  });
}

function checkKeyCondition(table: Table, { expression, pathHeads }: ParsedCondition): void {
  const [partition, sort] = namesOf(table);
  const other = Object.keys(pathHeads).find((name) => name !== partition && name !== sort);
  const parts = expression.type === 'and' ? expression.args : [expression];
  const isFixed = parts.some((part) => {
    const { type, args } = part as { readonly type: string; readonly args: unknown[] };
    return type === '=' && Array.isArray(args[0]) && args[0][0] === partition;
  });
  if (other !== undefined || !isFixed) {
    throw validationError(
      isFixed ? 'Query key condition not supported' : `Query condition missed key schema element: ${partition}`,
    );
  }
}
