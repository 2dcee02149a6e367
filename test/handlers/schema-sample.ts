/** A schema of the SDK, as it is in the code of its clients: a number or a tuple, perhaps behind a function or with traits. */
export type Schema = number | 'unit' | readonly unknown[] | (() => Schema);

const [LIST, MAP, STRUCTURE, UNION] = [1, 2, 3, 4];
const SIMPLE = 0;
const LIST_OF = 64;
const MAP_OF = 128;
const MAX_DEPTH = 6;

export interface SampleOptions {
  /** Whether a member of a structure is part of the sample. */
  readonly isUsed: (member: string) => boolean;

  /** The value of a time, which differs between requests and responses. */
  readonly time: unknown;

  /** The value of binary data. */
  readonly blob: unknown;

  /** Whether the sample only has the required members. */
  readonly isMinimal?: boolean;
}

/** A value of a schema, with all members of its structures. Of a union, it has the first member. */
export function sampleOf(schema: Schema, options: SampleOptions, name = 'value', depth = 0): unknown {
  const value = resolved(schema);
  if (value === 'unit') return {};
  if (typeof value === 'number') return simple(value, name, options);
  const [type, , , , first, second, required = 0] = value as [
    number,
    string,
    string,
    unknown,
    unknown,
    unknown,
    number?,
  ];
  const inner = (one: unknown, key: string): unknown => sampleOf(one as Schema, options, key, depth + 1);
  if (type === SIMPLE) return inner(first, name);
  if (type === LIST) return depth > MAX_DEPTH ? [] : [inner(first, name)];
  if (type === MAP) return depth > MAX_DEPTH ? {} : { key: inner(second, name) };
  const [names, members] = [first as string[], second as Schema[]];
  if (type === UNION) return { [names[0]]: inner(members[0], names[0]) };
  const count = type === STRUCTURE && options.isMinimal === true ? required : names.length;
  const used = names.slice(0, count).filter((key) => type !== STRUCTURE || options.isUsed(key));
  if (depth > MAX_DEPTH) return {};
  return Object.fromEntries(used.map((key) => [key, inner(members[names.indexOf(key)], key)]));
}

/** The schema itself: a member can have traits, and the schemas of structures are functions. */
function resolved(schema: Schema): Exclude<Schema, () => Schema> {
  if (typeof schema === 'function') return resolved(schema());
  if (Array.isArray(schema) && schema.length === 2) return resolved(schema[0] as Schema);
  return schema;
}

function simple(type: number, name: string, options: SampleOptions): unknown {
  if (type & MAP_OF) return { key: simple(type & ~MAP_OF, name, options) };
  if (type & LIST_OF) return [simple(type & ~LIST_OF, name, options)];
  if (type === 1) return 7;
  if (type === 2) return true;
  if (type >= 4 && type <= 7) return options.time;
  return type === 21 || type === 42 ? options.blob : name.toLowerCase();
}
