import {
  TypeKind,
  isClassOrInterfaceType,
  isEnumType,
  isInterfaceType,
  isNamedTypeReference,
  loadAssemblyFromPath,
  type Callable,
  type InterfaceType,
  type Parameter,
  type Type,
} from '@jsii/spec';
import * as path from 'node:path';
import { type TypeWithMembers, membersOf } from './assembly';

// jsii reports reserved words of all languages at compilation (JSII5018), but not all names that are only equal after their translation.

const { name, types = {}, submodules = {} } = loadAssemblyFromPath(path.join(__dirname, '..'));
const all = Object.values(types);
const typesWithMembers = all.filter(isClassOrInterfaceType);

const pascal = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const lower = (text: string): string => text.replace(/_/g, '').toLowerCase();

const methodsOf = (type: TypeWithMembers): string[] => membersOf(type, 'methods', types);
const propertiesOf = (type: TypeWithMembers): string[] => membersOf(type, 'properties', types);

/** The constructors and methods, with the name of their type. */
const callables = typesWithMembers.flatMap((type): [string, Callable][] => [
  ...('initializer' in type && type.initializer !== undefined
    ? [[type.name, type.initializer] as [string, Callable]]
    : []),
  ...(type.methods ?? []).map((method): [string, Callable] => [`${type.name}.${method.name}`, method]),
]);

/** The names that occur more than once after a translation. */
function collisions(names: string[], translate: (text: string) => string): string[] {
  return names.filter((one) => names.some((other) => other !== one && translate(other) === translate(one)));
}

const collisionsIn = (namesOf: (type: TypeWithMembers) => string[], translate: (text: string) => string) =>
  typesWithMembers.flatMap((type) => collisions(namesOf(type), translate).map((member) => `${type.name}.${member}`));

describe('In all languages', () => {
  test('no members of a type differ only in case', () => {
    expect(collisionsIn((type) => [...propertiesOf(type), ...methodsOf(type)], lower)).toEqual([]);
    const enums = all.filter(isEnumType);
    expect(
      enums.flatMap(({ members }) =>
        collisions(
          members.map((member) => member.name),
          lower,
        ),
      ),
    ).toEqual([]);
  });

  test('no types differ only in case, which are files in Java', () => {
    expect(
      collisions(
        all.map(({ name: own, namespace }) => `${namespace ?? ''}.${own}`),
        lower,
      ),
    ).toEqual([]);
  });

  test('no type has the name of a namespace', () => {
    const namespaces = [name, ...Object.keys(submodules)].flatMap((one) => [one, one.split('.').at(-1) ?? '']);
    const named = (one: string): string => lower(one.replace(/-/g, ''));
    expect(
      all.map((type) => type.name).filter((one) => namespaces.some((other) => named(other) === named(one))),
    ).toEqual([]);
  });
});

test('In Java and Go, no method has the name of the accessor of a property', () => {
  const accessors = (type: TypeWithMembers): string[] =>
    propertiesOf(type).flatMap((property) => [`get${pascal(property)}`, `set${pascal(property)}`]);
  expect(
    typesWithMembers.flatMap((type) => methodsOf(type).filter((method) => accessors(type).includes(method))),
  ).toEqual([]);
});

test('In Go, no type has the name of the constructor of a class', () => {
  const names = all.map((type) => type.name);
  const constructors = all.filter(({ kind }) => kind === TypeKind.Class).map((type) => `New${type.name}`);
  expect(constructors.filter((constructor) => names.includes(constructor))).toEqual([]);
});

describe('In Python', () => {
  /** The properties of the struct that is the last parameter, which are keyword arguments. */
  function keywords(parameters: Parameter[]): string[] {
    const { type } = parameters.at(-1) ?? {};
    const struct = type !== undefined && isNamedTypeReference(type) ? types[type.fqn] : undefined;
    return isStruct(struct) ? propertiesOf(struct) : [];
  }

  test('no keyword argument has the name of a positional one', () => {
    const duplicates = callables.flatMap(([callable, { parameters = [] }]) =>
      parameters
        .slice(0, -1)
        .filter((parameter) => keywords(parameters).includes(parameter.name))
        .map((parameter) => `${callable}(${parameter.name})`),
    );
    expect(duplicates).toEqual([]);
  });
});

function isStruct(type: Type | undefined): type is InterfaceType {
  return type !== undefined && isInterfaceType(type) && type.datatype === true;
}

test('In languages with builders, no property of a struct has the name of a method of builders and objects', () => {
  const taken = [
    'build',
    'builder',
    'class',
    'clone',
    'equals',
    'finalize',
    'hashCode',
    'notify',
    'notifyAll',
    'toString',
  ];
  const structs = all.filter(isStruct);
  expect(structs.length).toBeGreaterThan(50);
  expect(structs.flatMap((struct) => propertiesOf(struct).filter((property) => taken.includes(property)))).toEqual([]);
});
