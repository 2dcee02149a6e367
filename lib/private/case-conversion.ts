import type { IResolvable } from 'aws-cdk-lib';

/** The members that the API spells differently in more than the first letter. */
const SPELLINGS = { supportedResponseMimeTypes: 'SupportedResponseMIMETypes' } as const;

type ApiName<Name> = Name extends keyof typeof SPELLINGS
  ? (typeof SPELLINGS)[Name]
  : Name extends string
    ? Capitalize<Name>
    : Name;

/** A structure of an L1 with the names that the API has for its members. */
export type InApiCase<T> = T extends IResolvable
  ? never
  : T extends readonly (infer Item)[]
    ? InApiCase<Item>[]
    : T extends object
      ? string extends keyof T
        ? T
        : { [Name in keyof T as ApiName<Name>]: InApiCase<T[Name]> }
      : T;

/** Spells the members of a structure as the API does. The names of environment variables stay as they are. */
export function inApiCase<T>(value: T): InApiCase<T> {
  return convert(value) as InApiCase<T>;
}

function convert(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(convert);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [apiName(name), name === 'environment' ? part : convert(part)]),
  );
}

function apiName(name: string): string {
  return (SPELLINGS as Record<string, string>)[name] ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
