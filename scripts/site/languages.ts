/** How the languages of jsii spell names, types and calls: as jsii-pacmak generates them, which `check-names.ts` compares. */
import { toSnakeCase } from 'codemaker';

export const KEYS = ['typescript', 'python', 'java', 'csharp', 'go'] as const;

export type Key = (typeof KEYS)[number];

export type Primitive = 'string' | 'number' | 'boolean' | 'date' | 'json';

/** A parameter of a call, whose type is spelled. */
export interface SpelledParameter {
  readonly name: string;
  readonly type: string;
  readonly isOptional: boolean;

  /** Whether the last parameter takes any number of values. */
  readonly isVariadic?: boolean;

  /** The required properties of the struct that is the last parameter, and whether it has others: keyword arguments in Python. */
  readonly keywords?: { readonly required: readonly SpelledParameter[]; readonly hasOthers: boolean };
}

export interface Call {
  readonly owner: string;

  /** Undefined for the constructor. */
  readonly method?: string;
  readonly isStatic: boolean;
  readonly parameters: readonly SpelledParameter[];

  /** The type of the result. Undefined for none. */
  readonly result?: string;
}

export interface Language {
  readonly title: string;

  /** The language of a code block. */
  readonly fence: string;
  readonly primitives: Readonly<Record<Primitive | 'any', string>>;
  list(item: string): string;
  map(value: string): string;

  /** A type, `name` with a link. Structs are pointers in Go. */
  named(name: string, isStruct: boolean): string;

  /** The name of a property or a parameter that a program writes. */
  written(name: string): string;

  /** The name of a property that a program reads. */
  read(name: string): string;

  /** A constant of a class, or a member of an enum. */
  constant(owner: string, name: string, isEnum: boolean): string;
  method(owner: string, name: string, isStatic: boolean): string;
  call(call: Call): string;
}

const same = (name: string): string => name;
const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const snake = (name: string): string => toSnakeCase(name);

/** Whether a call is of the class instead of an object. */
const qualified = (owner: string, name: string, isStatic: boolean): string => (isStatic ? `${owner}.${name}` : name);

/** Python and Java separate digits from the letters after them: `ML_C7_I_LARGE`. */
const separated = (owner: string, name: string, isEnum: boolean): string =>
  `${owner}.${isEnum ? name : toSnakeCase(name).toUpperCase()}`;

/** The parameters of the languages that write the type before the name. */
const typeFirst = (parameters: readonly SpelledParameter[]): string =>
  parameters.map(({ name, type, isVariadic }) => `${type}${isVariadic ? '...' : ''} ${name}`).join(', ');

const typescript: Language = {
  title: 'TypeScript',
  fence: 'ts',
  primitives: { string: 'string', number: 'number', boolean: 'boolean', date: 'Date', json: 'object', any: 'any' },
  list: (item) => `${item}[]`,
  map: (value) => `{ [key: string]: ${value} }`,
  named: same,
  written: same,
  read: same,
  constant: (owner, name) => `${owner}.${name}`,
  method: qualified,
  call: ({ owner, method, isStatic, parameters, result }) => {
    const list = parameters
      .map(({ name, type, isOptional, isVariadic }) =>
        isVariadic ? `...${name}: ${type}[]` : `${name}${isOptional ? '?' : ''}: ${type}`,
      )
      .join(', ');
    if (method === undefined) return `new ${owner}(${list})`;
    return `${qualified(owner, method, isStatic)}(${list})${result === undefined ? '' : `: ${result}`}`;
  },
};

const python: Language = {
  title: 'Python',
  fence: 'python',
  primitives: {
    string: 'str',
    number: 'int | float',
    boolean: 'bool',
    date: 'datetime.datetime',
    json: 'Mapping[Any, Any]',
    any: 'Any',
  },
  list: (item) => `List[${item}]`,
  map: (value) => `Mapping[str, ${value}]`,
  named: same,
  written: snake,
  read: snake,
  constant: separated,
  method: (owner, name, isStatic) => qualified(owner, snake(name), isStatic),
  call: ({ owner, method, isStatic, parameters, result }) => {
    const positional = parameters.filter(({ keywords }) => keywords === undefined);
    const { required, hasOthers } = parameters.at(-1)?.keywords ?? { required: [], hasOthers: false };
    const list = [
      ...positional.map(
        ({ name, type, isOptional, isVariadic }) =>
          `${isVariadic ? '*' : ''}${name}: ${type}${isOptional && !isVariadic ? ' = None' : ''}`,
      ),
      ...(required.length > 0 || hasOthers ? ['*'] : []),
      ...required.map(({ name, type }) => `${name}: ${type}`),
      ...(hasOthers ? ['…'] : []),
    ].join(', ');
    if (method === undefined) return `${owner}(${list})`;
    return `${qualified(owner, method, isStatic)}(${list})${result === undefined ? '' : ` -> ${result}`}`;
  },
};

const java: Language = {
  title: 'Java',
  fence: 'java',
  primitives: {
    string: 'String',
    number: 'Number',
    boolean: 'Boolean',
    date: 'Instant',
    json: 'ObjectNode',
    any: 'Object',
  },
  list: (item) => `List<${item}>`,
  map: (value) => `Map<String, ${value}>`,
  named: same,
  written: same,
  read: (name) => `get${pascal(name)}`,
  constant: separated,
  method: qualified,
  call: ({ owner, method, isStatic, parameters, result = 'void' }) => {
    const list = typeFirst(parameters);
    return method === undefined ? `new ${owner}(${list})` : `${result} ${qualified(owner, method, isStatic)}(${list})`;
  },
};

const csharp: Language = {
  title: 'C#',
  fence: 'csharp',
  primitives: { string: 'string', number: 'double', boolean: 'bool', date: 'DateTime', json: 'JObject', any: 'object' },
  list: (item) => `${item}[]`,
  map: (value) => `IDictionary<string, ${value}>`,
  named: same,
  written: pascal,
  read: pascal,
  constant: (owner, name) => `${owner}.${name}`,
  method: (owner, name, isStatic) => qualified(owner, pascal(name), isStatic),
  call: ({ owner, method, isStatic, parameters, result = 'void' }) => {
    const list = parameters
      .map(({ name, type, isOptional, isVariadic }) =>
        isVariadic
          ? `params ${type}[] ${name}`
          : `${type}${isOptional ? '?' : ''} ${name}${isOptional ? ' = null' : ''}`,
      )
      .join(', ');
    return method === undefined ? `new ${owner}(${list})` : `${result} ${qualified(owner, method, isStatic)}(${list})`;
  },
};

const go: Language = {
  title: 'Go',
  fence: 'go',
  primitives: {
    string: '*string',
    number: '*float64',
    boolean: '*bool',
    date: '*time.Time',
    json: '*map[string]interface{}',
    any: 'interface{}',
  },
  list: (item) => `*[]${item}`,
  map: (value) => `*map[string]${value}`,
  named: (name, isStruct) => (isStruct ? `*${name}` : name),
  written: pascal,
  read: (name) => `${pascal(name)}()`,
  constant: (owner, name, isEnum) => `${owner}_${name}${isEnum ? '' : '()'}`,
  method: (owner, name, isStatic) => (isStatic ? `${owner}_${pascal(name)}` : pascal(name)),
  call: ({ owner, method, isStatic, parameters, result }) => {
    const list = parameters.map(({ name, type, isVariadic }) => `${name} ${isVariadic ? '...' : ''}${type}`).join(', ');
    if (method === undefined) return `New${owner}(${list}) ${owner}`;
    return `${isStatic ? `${owner}_${method}` : method}(${list})${result === undefined ? '' : ` ${result}`}`;
  },
};

export const LANGUAGES: Readonly<Record<Key, Language>> = { typescript, python, java, csharp, go };
