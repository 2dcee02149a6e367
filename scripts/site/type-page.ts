/** The page of a type in the API reference, in all languages. */
import {
  type Assembly,
  type Callable,
  ClassType,
  type Docs,
  EnumType,
  InterfaceType,
  type Property,
  type Type,
} from 'jsii-reflect';
import { type Method } from 'jsii-reflect';
import type { Examples } from './examples';
import { escape, heading, prose, spelled } from './html';
import { KEYS, LANGUAGES } from './languages';
import { Spelling, isConstruct, isStruct, propsOf } from './types';

/** jsii-rosetta does not write all imports of Java and Go, nor all of their types. */
const TRANSLATED =
  '<p class="in in-python in-java in-csharp in-go note">Translated from TypeScript: adapt imports and declarations.</p>';

export class TypePage {
  private readonly spelling: Spelling;

  constructor(
    private readonly type: Type,
    private readonly assembly: Assembly,
    private readonly examples: Examples,
  ) {
    this.spelling = new Spelling(assembly);
  }

  public render(): string {
    const { type } = this;
    const blocks = [`# ${type.name}`, this.introduction(), ...this.example()];
    if (type instanceof EnumType) blocks.push(...this.members(type));
    if (type instanceof InterfaceType && isStruct(type))
      blocks.push(...this.properties('Properties', '', type.allProperties));
    else if (type instanceof ClassType || type instanceof InterfaceType) blocks.push(...this.behavior(type));
    return `${blocks.join('\n\n')}\n`;
  }

  private introduction(): string {
    return [`<p class="kind">${kindOf(this.type)}</p>`, textOf(this.type.docs)].join('\n\n');
  }

  private example(): string[] {
    const translations = this.examples.get(this.type.fqn);
    if (translations === undefined) return [];
    const blocks = KEYS.flatMap((key) => {
      const source = translations[key];
      if (source === undefined) return [];
      return [`<div class="in in-${key}">`, `\`\`\`${LANGUAGES[key].fence}\n${source.trimEnd()}\n\`\`\``, '</div>'];
    });
    return ['## Example', ...blocks, TRANSLATED];
  }

  private members({ members }: EnumType): string[] {
    return ['## Members', ...members.map(({ name, docs }) => this.constant(name, docs, true))];
  }

  private behavior(type: ClassType | InterfaceType): string[] {
    const isOwn = ({ definingType }: Property | Method): boolean => definingType.assembly === this.assembly;
    const properties = type.allProperties.filter((property) => !property.protected && isOwn(property));
    const methods = type.allMethods.filter((method) => !method.protected && isOwn(method));
    const constants = properties.filter((property) => property.const && property.static);
    const others = properties.filter((property) => !constants.includes(property));
    const props = propsOf(type);
    return [
      ...(type instanceof ClassType ? this.constructorOf(type) : []),
      ...(props === undefined ? [] : this.properties('Props', 'props-', props.allProperties)),
      ...(constants.length > 0
        ? ['## Constants', ...constants.map(({ name, docs }) => this.constant(name, docs, false))]
        : []),
      ...(others.length > 0 ? this.properties('Attributes', '', others) : []),
      ...this.methods(
        'Static methods',
        methods.filter((method) => method.static),
      ),
      ...this.methods(
        'Methods',
        methods.filter((method) => !method.static),
      ),
    ];
  }

  private constructorOf({ initializer, abstract: isAbstract }: ClassType): string[] {
    if (initializer === undefined || isAbstract) return [];
    return ['## Constructor', this.call(initializer), ...parametersOf(initializer)];
  }

  /** The properties of a struct, which a program writes, or of an object, which it reads. */
  private properties(title: string, prefix: string, properties: Property[]): string[] {
    const isWritten = title !== 'Attributes';
    // Required properties first, in the order in which they are declared.
    const sorted = isWritten
      ? [...properties].sort((one, other) => Number(one.optional) - Number(other.optional))
      : properties;
    return [
      heading(2, title.toLowerCase(), title, title),
      ...sorted.map((property) => this.property(property, prefix, isWritten)),
    ];
  }

  private property({ name, type, docs, optional }: Property, prefix: string, isWritten: boolean): string {
    const names = spelled('span', (language) => (isWritten ? language.written(name) : language.read(name)));
    const types = spelled('code', (language) => this.spelling.type(language, type));
    const use = isWritten ? `<span class="use">${optional ? 'optional' : 'required'}</span>` : '';
    return [
      heading(3, `${prefix}${name}`, name, names),
      `<p class="type">${types} ${use}</p>`,
      textOf(docs),
      ...(isWritten ? defaultOf(docs) : []),
    ].join('\n\n');
  }

  private methods(title: string, methods: Method[]): string[] {
    if (methods.length === 0) return [];
    return [`## ${title}`, ...methods.map((method) => this.method(method))];
  }

  private method(method: Method): string {
    const { name, docs } = method;
    const names = spelled('span', (language) => language.method(this.type.name, name, method.static));
    const { returns } = docs;
    return [
      heading(3, name, name, names),
      this.call(method),
      textOf(docs),
      ...parametersOf(method),
      ...(returns === '' ? [] : [`Returns ${prose(returns)}`]),
    ].join('\n\n');
  }

  private constant(name: string, docs: Docs, isEnum: boolean): string {
    const spelling = spelled('code', (language) => language.constant(this.type.name, name, isEnum));
    return `- <a id="${name}"></a>${spelling} ${textOf(docs).replace(/\n+/g, ' ')}`;
  }

  private call(callable: Callable): string {
    const calls = spelled('code', (language) => this.spelling.call(language, callable, this.type.name));
    return `<p class="call">${calls}</p>`;
  }
}

function kindOf(type: Type): string {
  if (isConstruct(type)) return 'Construct';
  if (type instanceof EnumType) return 'Enumeration';
  if (isStruct(type)) return 'Properties';
  return type instanceof InterfaceType ? 'Interface' : 'Class';
}

function textOf(docs: Docs): string {
  const throws = docs.customTag('throws');
  const links = docs.link.split(/\s+/).filter((link) => link !== '');
  return [
    prose(docs.summary),
    prose(docs.remarks),
    ...(throws === undefined ? [] : [`Throws ${prose(throws)}`]),
    ...(links.length === 0 ? [] : [`See ${links.map((link) => `[${titleOf(link)}](${link})`).join(', ')}.`]),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** The last part of the path of a page: `API_CreateTrainingJob`. */
function titleOf(link: string): string {
  const [last = link] = link
    .split('/')
    .filter((part) => part !== '')
    .slice(-1);
  return last
    .replace(/\.html(#.*)?$/, '')
    .replace(/^API_/, '')
    .replaceAll('_', ' ');
}

function defaultOf({ default: value }: Docs): string[] {
  if (value === '') return [];
  const text = value.startsWith('-') ? prose(value.replace(/^-\s*/, '')) : `\`${escape(value).replace(/`/g, '')}\``;
  return [`Default: ${text}`];
}

function parametersOf({ parameters }: Callable): string[] {
  const documented = parameters.filter(({ docs }) => docs.summary !== '');
  if (documented.length === 0) return [];
  return [
    documented.map(({ name, docs }) => `- \`${name}\`: ${prose(`${docs.summary} ${docs.remarks}`.trim())}`).join('\n'),
  ];
}
