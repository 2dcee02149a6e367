import type { Filter, NestedFilters, SearchExpression, SearchRequest } from '@aws-sdk/client-sagemaker';
import api from '../../aws-model/api.json';
import { validationError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';
import type { Wire } from '../wire/record';
import { pageOf } from '../page';
import { pick, sort } from './pages';

type Item = Record<string, unknown>;

/** The resources that Search finds: their records with all members and tags, by their types. */
export type SearchedRecords = Record<keyof typeof api.searchRecords, () => object[]>;

/** The output of Search. */
export function search(records: SearchedRecords, request: Wire<SearchRequest>): object {
  const {
    Resource = '',
    SearchExpression: expression,
    SortBy = 'LastModifiedTime',
    SortOrder = 'Descending',
  } = request;
  const { CrossAccountFilterOption, VisibilityConditions } = request;
  if (!isSearched(Resource)) throw validationError(notSupported('sagemaker', `the search for ${Resource}`));
  if (VisibilityConditions !== undefined) {
    throw validationError(notSupported('sagemaker', 'VisibilityConditions of Search'));
  }
  const all = CrossAccountFilterOption === 'CrossAccount' ? [] : records[Resource]();
  const items = all.map((item): Item => ({ LastModifiedTime: (item as Item).CreationTime, ...item }));
  const found = items.filter((item) => expression === undefined || meets(item, expression));
  const sorted = sort(found, (item) => valueOf(item, SortBy) ?? '', SortOrder);
  const { items: page, NextToken } = pageOf(sorted, request);
  const Results = page.map((item) => ({ [Resource]: pick(item, ...api.searchRecords[Resource]) }));
  return { Results, NextToken, TotalHits: { Value: found.length, Relation: 'EqualTo' } };
}

function isSearched(resource: string): resource is keyof SearchedRecords {
  return Object.hasOwn(api.searchRecords, resource);
}

function meets(
  item: Item,
  { Filters = [], NestedFilters: nested = [], SubExpressions = [], Operator }: Wire<SearchExpression>,
): boolean {
  const conditions = [
    ...Filters.map((filter) => () => meetsFilter(item, filter)),
    ...nested.map((filters) => () => meetsNested(item, filters)),
    ...SubExpressions.map((expression) => () => meets(item, expression)),
  ];
  if (conditions.length === 0) throw validationError('A SearchExpression requires a filter or a subexpression.');
  return Operator === 'Or' ? conditions.some((holds) => holds()) : conditions.every((holds) => holds());
}

/** Whether one item of a list meets all filters. Their names start with the name of the list. */
function meetsNested(item: Item, { NestedPropertyName: name = '', Filters = [] }: Wire<NestedFilters>): boolean {
  const parts = valueOf(item, name);
  const meetsAll = (part: unknown): boolean => Filters.every((filter) => meetsFilter({ [name]: part }, filter));
  return Array.isArray(parts) && parts.some(meetsAll);
}

function meetsFilter(item: Item, { Name = '', Operator = 'Equals', Value = '' }: Wire<Filter>): boolean {
  const value = valueOf(item, Name);
  if (Operator === 'Exists') return value !== undefined;
  if (Operator === 'NotExists') return value === undefined;
  if (value === undefined) return Operator === 'NotEquals';
  const [left, right] = comparable(Name, value, Value);
  switch (Operator) {
    case 'Equals':
      return left === right;
    case 'NotEquals':
      return left !== right;
    case 'GreaterThan':
      return left > right;
    case 'GreaterThanOrEqualTo':
      return left >= right;
    case 'LessThan':
      return left < right;
    case 'LessThanOrEqualTo':
      return left <= right;
    case 'Contains':
      return textOf(value).includes(Value);
    case 'In':
      return Value.split(',').includes(textOf(value));
    default:
      throw validationError(notSupported('sagemaker', `the operator ${String(Operator)} of Search`));
  }
}

/** Times and numbers are compared as numbers, everything else as text. */
function comparable(name: string, value: unknown, given: string): [number, number] | [string, string] {
  if (name.endsWith('Time') && typeof value === 'number') return [value, Date.parse(given) / 1000];
  const numbers: [number, number] = [Number(value), Number(given)];
  const areNumbers = given.trim() !== '' && numbers.every(Number.isFinite);
  return areNumbers ? numbers : [textOf(value), given];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The value of a property. The names of metrics, hyperparameters and tags may contain dots. */
function valueOf(item: Item, name: string): unknown {
  const [first, ...rest] = name.split('.');
  const key = rest.join('.');
  switch (first) {
    case 'Metrics':
      return (item.FinalMetricDataList as { MetricName: string; Value: number }[] | undefined)?.find(
        ({ MetricName }) => MetricName === key,
      )?.Value;
    case 'Tags':
      return (item.Tags as { Key: string; Value: string }[] | undefined)?.find(({ Key }) => Key === key)?.Value;
    case 'HyperParameters':
      return (item.HyperParameters as Item | undefined)?.[key];
    default:
      return rest.length === 0 || item[name] !== undefined ? item[name] : valueOf((item[first] ?? {}) as Item, key);
  }
}
