import api from '../../aws-model/api.json';
import { validationError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';
import { type PageQuery, pageOf } from '../page';

/** The List operations in the service model. */
type ListOperation = keyof typeof api.lists;

type Item = Record<string, unknown>;

interface Query extends PageQuery {
  readonly SortBy?: string;
  readonly SortOrder?: string;
}

/** The filters by the names of their members. `noun` is the prefix of the name and the status of an item. */
const FILTERS: [RegExp, (item: Item, value: unknown, noun: string, attribute: string) => boolean][] = [
  [
    /^NameContains$/,
    (item, value, noun) => (item[`${noun}Name`] as string | undefined)?.includes(value as string) === true,
  ],
  [/^StatusEquals$/, (item, value, noun) => item[`${noun}Status`] === value],
  [/^(ModelApprovalStatus)$/, (item, value, _noun, attribute) => item[attribute] === value],
  [/^(EndpointName|VariantName)Equals$/, (item, value, _noun, attribute) => item[attribute] === value],
  [/^(\w+Time)After$/, (item, value, _noun, attribute) => Number(valueOf(item, attribute)) >= Number(value)],
  [/^(\w+Time)Before$/, (item, value, _noun, attribute) => Number(valueOf(item, attribute)) < Number(value)],
];

/** The value of an attribute. A resource that was never modified has the time of its creation. */
function valueOf(item: Item, attribute: string): unknown {
  return item[attribute] ?? (attribute === 'LastModifiedTime' ? item.CreationTime : undefined);
}

const NOT_FILTERS = ['SortBy', 'SortOrder', 'MaxResults', 'NextToken'];

/** The value of an item by which a List operation sorts. */
function sortKey(item: Item, sortBy: string, noun: string): unknown {
  if (sortBy === 'Name' || sortBy === 'Status') return item[`${noun}${sortBy}`];
  if (sortBy !== 'FinalObjectiveMetricValue') return valueOf(item, sortBy);
  return (item.FinalHyperParameterTuningJobObjectiveMetric as { Value?: number } | undefined)?.Value;
}

/**
 * The output of a List operation, for all items without a filter. A member of the request that is not implemented is an
 * error. The members of the items in the output are those of the service model.
 */
export function list(operation: ListOperation, all: object[], query: object): object {
  const { output, noun, members, sortBy, sortOrder } = api.lists[operation];
  const given = query as Item & Query;
  const tests = Object.entries(given).flatMap(([member, value]) => {
    if (NOT_FILTERS.includes(member) || value === undefined || value === null) return [];
    const [pattern, isListed] = FILTERS.find(([name]) => name.test(member)) ?? [];
    if (isListed === undefined) throw validationError(notSupported('sagemaker', `${member} of ${operation}`));
    const [, attribute = ''] = pattern?.exec(member) ?? [];
    return [(item: Item): boolean => isListed(item, value, noun, attribute)];
  });
  const found = (all as Item[]).filter((item) => tests.every((test) => test(item)));
  const sorted = sort(found, (item) => sortKey(item, given.SortBy ?? sortBy, noun), given.SortOrder ?? sortOrder);
  const { items: page, NextToken } = pageOf(sorted, given);
  const summaries = page.map((item): Item => ({ ...item, LastModifiedTime: valueOf(item, 'LastModifiedTime') }));
  return { [output]: summaries.map((item) => pick(item, ...members)), NextToken };
}

/** Items in the order of their keys, those with equal keys in the order of their creation. Items without a key are left out. */
export function sort<T>(items: T[], keyOf: (item: T) => unknown, order: unknown): T[] {
  const keyed = items
    .map((item) => ({ item, key: keyOf(item) as string | number }))
    .filter(({ key }) => key !== undefined);
  const ascending = keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ item }) => item);
  return order === 'Descending' ? ascending.reverse() : ascending;
}

/** The members of a record that a summary contains. */
export function pick<T, Key extends keyof T>(record: T, ...keys: Key[]): Pick<T, Key> {
  return Object.fromEntries(keys.map((key) => [key, record[key]])) as Pick<T, Key>;
}
