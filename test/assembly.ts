import { type ClassType, type InterfaceType, type Type, isClassOrInterfaceType } from '@jsii/spec';

export type TypeWithMembers = ClassType | InterfaceType;

/** The types of an assembly that a type extends or implements, and itself. */
function lineage(type: TypeWithMembers, types: Record<string, Type>): TypeWithMembers[] {
  const parents = [...('base' in type && type.base !== undefined ? [type.base] : []), ...(type.interfaces ?? [])];
  const own = parents.flatMap((fqn) => (types[fqn] === undefined ? [] : [types[fqn]])).filter(isClassOrInterfaceType);
  return [type, ...own.flatMap((parent) => lineage(parent, types))];
}

/** The names of the methods or the properties of a type, including the inherited ones, each once. */
export function membersOf(
  type: TypeWithMembers,
  kind: 'methods' | 'properties',
  types: Record<string, Type>,
): string[] {
  return [...new Set(lineage(type, types).flatMap((one) => (one[kind] ?? []).map((member) => member.name)))];
}
