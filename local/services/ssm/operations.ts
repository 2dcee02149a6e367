import { ServiceError, validationError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';
import { type PageQuery, pageOf } from '../page';
import type { Operations } from '../wire/json';
import { filtered, type ParameterFilter } from './filters';
import type { Parameter, ParameterStore } from './store';

interface PutParameterInput {
  readonly Name: string;
  readonly Value: string;
  readonly Type?: string;
  readonly Overwrite?: boolean;
  readonly Description?: string;
  readonly AllowedPattern?: string;
  readonly Tier?: string;
  readonly DataType?: string;
  readonly Tags?: object[];
}

interface PathQuery extends PageQuery {
  readonly Path: string;
  readonly Recursive?: boolean;
}

/** The members of each request that are implemented. No parameter is encrypted: WithDecryption has no effect. */
const MEMBERS: Record<string, readonly string[]> = {
  GetParameter: ['Name', 'WithDecryption'],
  GetParameters: ['Names', 'WithDecryption'],
  GetParametersByPath: ['Path', 'Recursive', 'WithDecryption', 'MaxResults', 'NextToken'],
  DescribeParameters: ['ParameterFilters', 'MaxResults', 'NextToken'],
  PutParameter: [
    ...['Name', 'Value', 'Type', 'Overwrite', 'Description', 'AllowedPattern', 'Tier', 'DataType'],
    // Tags are not stored: no operation returns them.
    'Tags',
  ],
  DeleteParameter: ['Name'],
};

/** The most parameters of one request. */
const MAX_NAMES = 10;

/** The members that a request must have. */
const REQUIRED: Record<string, readonly string[]> = {
  GetParameter: ['Name'],
  GetParameters: ['Names'],
  GetParametersByPath: ['Path'],
  PutParameter: ['Name', 'Value'],
  DeleteParameter: ['Name'],
};

export function ssmOperations(parameters: ParameterStore): Operations {
  const described = (one: Parameter): object => describe(one, parameters);
  const operations: Operations = {
    GetParameter: ({ Name }: { Name: string }) => ({
      Parameter: described(parameters.existing(withoutSelector(Name))),
    }),
    GetParameters: ({ Names }: { Names: string[] }) => {
      checkSize('names', Names.length, MAX_NAMES);
      const found = Names.flatMap((name) => parameters.find(withoutSelector(name)) ?? []);
      return {
        Parameters: found.map(described),
        InvalidParameters: Names.filter((name) => parameters.find(name) === undefined),
      };
    },
    GetParametersByPath: ({ Path, Recursive = false, ...query }: PathQuery) => {
      if (!Path.startsWith('/')) {
        throw validationError(`The parameter path must begin with a slash "/", got: ${Path}`);
      }
      checkSize('maxResults', query.MaxResults ?? 1, MAX_NAMES);
      const prefix = Path.endsWith('/') ? Path : `${Path}/`;
      const isBelow = ({ Name }: Parameter): boolean =>
        Name.startsWith(prefix) && (Recursive || !Name.slice(prefix.length).includes('/'));
      const { items, NextToken } = pageOf(parameters.list().filter(isBelow), query);
      return { Parameters: items.map(described), NextToken };
    },
    DescribeParameters: ({ ParameterFilters, ...query }: PageQuery & { ParameterFilters?: ParameterFilter[] }) => {
      const { items, NextToken } = pageOf(filtered(parameters.list(), ParameterFilters), query);
      const metadata = ({ Value, ...own }: Parameter): object => {
        void Value;
        return { ...own, ARN: parameters.arn(own.Name), DataType: 'text', Policies: [] };
      };
      return { Parameters: items.map(metadata), NextToken };
    },
    PutParameter: (input: PutParameterInput) => put(parameters, input),
    DeleteParameter: ({ Name }: { Name: string }) => {
      parameters.delete(parameters.existing(Name).Name);
    },
  };
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      (input: never) => {
        checkMembers(name, input);
        return operation(input);
      },
    ]),
  );
}

function put(
  parameters: ParameterStore,
  { Overwrite = false, DataType = 'text', Tags = [], ...input }: PutParameterInput,
): object {
  if (DataType !== 'text') throw validationError(notSupported('ssm', `the data type ${DataType}`));
  if (Overwrite && Tags.length > 0) {
    throw validationError(
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag.",
    );
  }
  if (!Overwrite && parameters.value(input.Name) !== undefined) {
    throw new ServiceError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  const { Version, Tier } = parameters.put(input);
  return { Version, Tier };
}

/** A parameter as GetParameter returns it. */
function describe({ Name, Type, Value, Version, LastModifiedDate }: Parameter, parameters: ParameterStore): object {
  return { Name, Type, Value, Version, LastModifiedDate, ARN: parameters.arn(Name), DataType: 'text' };
}

/** Only the newest version of a parameter is kept: a selector of an older version or of a label is an error. */
function withoutSelector(name: string): string {
  const isSelected = !name.startsWith('arn:') && name.includes(':');
  if (isSelected) throw validationError(notSupported('ssm', `versions and labels of parameters, got: ${name}`));
  return name;
}

function checkSize(member: string, size: number, max: number): void {
  if (size >= 1 && size <= max) return;
  throw validationError(
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must be between 1 and ${max}, got: ${size}`,
  );
}

function checkMembers(operation: string, input: object): void {
  const given = Object.entries(input as Record<string, unknown>).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  const unknown = given.find(([member]) => !MEMBERS[operation].includes(member));
  if (unknown !== undefined) {
    throw validationError(notSupported('ssm', `${unknown[0]} of ${operation}`));
  }
  const missing = REQUIRED[operation]?.find((member) => !given.some(([name]) => name === member));
  if (missing === undefined) return;
  const at = missing.charAt(0).toLowerCase() + missing.slice(1);
  throw validationError(
    `1 validation error detected: Value null at '${at}' failed to satisfy constraint: Member must not be null`,
  );
}
