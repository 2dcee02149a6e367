import type { IResolvable } from 'aws-cdk-lib';

/** The members whose name in the API differs from the name in the L1 in more than the first letter. */
const SPELLINGS = { supportedResponseMimeTypes: 'SupportedResponseMIMETypes' } as const;

type ApiName<Name> = Name extends keyof typeof SPELLINGS
  ? (typeof SPELLINGS)[Name]
  : Name extends string
    ? Capitalize<Name>
    : Name;

/** The type of an L1 property with the member names of the API. */
export type InApiCase<T> = T extends IResolvable
  ? never
  : T extends readonly (infer Item)[]
    ? InApiCase<Item>[]
    : T extends object
      ? string extends keyof T
        ? T
        : { [Name in keyof T as ApiName<Name>]: InApiCase<T[Name]> }
      : T;

/** The maps, whose keys are the user's. */
const MAPS = ['environment', 'customerMetadataProperties'];

/** Converts the member names of an L1 property to those of the API. The keys of maps stay unchanged. */
export function inApiCase<T>(value: T): InApiCase<T> {
  return convert(value) as InApiCase<T>;
}

function convert(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(convert);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [apiName(name), MAPS.includes(name) ? part : convert(part)]),
  );
}

function apiName(name: string): string {
  return (SPELLINGS as Record<string, string>)[name] ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
