/** The types of the public API: which pages they have, and how they are spelled in a language. */
import {
  type Assembly,
  type Callable,
  ClassType,
  InterfaceType,
  Method,
  type Type,
  type TypeReference,
} from 'jsii-reflect';
import { escape } from './html';
import type { Language, Primitive, SpelledParameter } from './languages';

const CDK = 'https://docs.aws.amazon.com/cdk/api/v2/docs';

export const isStruct = (type: Type): type is InterfaceType => type instanceof InterfaceType && type.datatype;

export const isConstruct = (type: Type): type is ClassType =>
  type instanceof ClassType && type.ancestors.some(({ fqn }) => fqn === 'constructs.Construct');

/** The types of the library, including those of its submodules. */
export function typesOf(assembly: Assembly): Type[] {
  return [...assembly.types, ...assembly.submodules.flatMap((submodule) => [...submodule.types])];
}

/** The properties of a construct, which its page contains: `ModelProps` of `Model`. */
export function propsOf(type: Type): InterfaceType | undefined {
  const struct = type.assembly.tryFindType(`${type.fqn}Props`);
  return struct !== undefined && isStruct(struct) ? struct : undefined;
}

const ownerOf = (type: Type): Type | undefined =>
  type.name.endsWith('Props') ? type.assembly.tryFindType(type.fqn.replace(/Props$/, '')) : undefined;

/** Whether a type has a page of its own. */
export const hasPage = (type: Type): boolean => ownerOf(type) === undefined;

/** The address of a type, relative to the page of another one. */
export function addressOf(type: Type, assembly: Assembly): string {
  if (type.assembly !== assembly) return `${CDK}/${type.fqn}.html`;
  const owner = ownerOf(type);
  return owner === undefined ? `./${type.name}.html` : `./${owner.name}.html#props`;
}

/** Spells types of an assembly, with links. */
export class Spelling {
  constructor(private readonly assembly: Assembly) {}

  public type(language: Language, reference: TypeReference): string {
    const { arrayOfType, mapOfType, unionOfTypes, primitive, type } = reference;
    if (arrayOfType !== undefined) return this.wrapped((item) => language.list(item), language, arrayOfType);
    if (mapOfType !== undefined) return this.wrapped((value) => language.map(value), language, mapOfType);
    if (unionOfTypes !== undefined) return unionOfTypes.map((one) => this.type(language, one)).join(' | ');
    if (reference.isAny) return escape(language.primitives.any);
    if (primitive !== undefined) return escape(language.primitives[primitive as Primitive]);
    if (type === undefined) throw new Error(`The type ${reference.toString()} cannot be spelled.`);
    const link = `<a href="${addressOf(type, this.assembly)}">${type.name}</a>`;
    return language.named(link, isStruct(type));
  }

  /** The call of a constructor or of a method. */
  public call(language: Language, callable: Callable, owner: string): string {
    const method = Method.isMethod(callable) ? callable : undefined;
    const { parameters } = callable;
    return language.call({
      owner,
      method: method === undefined ? undefined : language.method('', method.name, false),
      isStatic: method?.static ?? false,
      parameters: parameters.map((parameter, index) => ({
        ...this.parameter(language, parameter),
        isVariadic: parameter.variadic,
        keywords: index === parameters.length - 1 ? this.keywords(language, parameter.type) : undefined,
      })),
      result: method === undefined || method.returns.type.void ? undefined : this.type(language, method.returns.type),
    });
  }

  private parameter(
    language: Language,
    one: { name: string; type: TypeReference; optional: boolean },
  ): SpelledParameter {
    // The names of parameters are those of variables, which no language but Python changes.
    const name = language.title === 'Python' ? language.written(one.name) : one.name;
    return { name, type: this.type(language, one.type), isOptional: one.optional };
  }

  private keywords(language: Language, { type }: TypeReference): SpelledParameter['keywords'] {
    if (type === undefined || !isStruct(type)) return undefined;
    const required = type.allProperties.filter(({ optional }) => !optional);
    return {
      required: required.map((property) => this.parameter(language, property)),
      hasOthers: required.length < type.allProperties.length,
    };
  }

  /** Escapes the punctuation of a language around the spelling of another type. */
  private wrapped(wrap: (inner: string) => string, language: Language, inner: TypeReference): string {
    const mark = '\u0000';
    return escape(wrap(mark)).replace(mark, () => this.type(language, inner));
  }
}
