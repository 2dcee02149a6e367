// Generates lib/private/property-types.json from the declarations of the public API: the types of all properties and parameters, which
// callers without a type checker can get wrong.
//
//   npm run generate:types
//   tsx scripts/property-types.ts --check     fails if the file is not current; part of `npm run typecheck`
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** Types by name: `string`, `number`, `boolean`, `object`, `any`, `list:<type>`, `map:<type>`, or the name of a struct, class or enum. */
export interface PropertyTypes {
  /** The properties of each struct. The name of an optional property ends in "?". */
  readonly structs: Record<string, Record<string, string>>;

  /** The members by which an object of a class or an interface is recognized: objects of other copies of the library are not instances. */
  readonly classes: Record<string, string[]>;
  readonly enums: Record<string, string[]>;

  /** The parameters of static methods (`Class.method`) and methods (`Class#method`). */
  readonly methods: Record<string, Record<string, string>>;
}

const ROOT = path.resolve(__dirname, '..');
const PRIMITIVES: [ts.TypeFlags, string][] = [
  [ts.TypeFlags.StringLike & ~ts.TypeFlags.EnumLike, 'string'],
  [ts.TypeFlags.NumberLike & ~ts.TypeFlags.EnumLike, 'number'],
  [ts.TypeFlags.BooleanLike, 'boolean'],
];

function propertyTypes(): PropertyTypes {
  const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: ['lib/index.ts'] }, ts.sys, ROOT);
  const program = ts.createProgram([path.join(ROOT, 'lib/index.ts')], options);
  return new Collector(program).collect();
}

class Collector {
  private readonly checker: ts.TypeChecker;
  private readonly types: PropertyTypes = { structs: {}, classes: {}, enums: {}, methods: {} };
  private readonly known = new Set<string>();

  constructor(private readonly program: ts.Program) {
    this.checker = program.getTypeChecker();
  }

  public collect(): PropertyTypes {
    const file = this.program.getSourceFile(path.join(ROOT, 'lib/index.ts'));
    const exported = this.checker.getExportsOfModule(this.checker.getSymbolAtLocation(file!)!);
    for (const alias of exported) {
      const symbol = alias.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(alias) : alias;
      if (symbol.flags & ts.SymbolFlags.Class) this.addClass(symbol);
    }
    const { structs, classes, enums, methods } = this.types;
    return { structs: sorted(structs), classes: sorted(classes), enums: sorted(enums), methods: sorted(methods) };
  }

  private addClass(symbol: ts.Symbol): void {
    const declaration = symbol.valueDeclaration as ts.ClassDeclaration;
    for (const member of declaration.members) {
      if (isHidden(member)) continue;
      if (ts.isConstructorDeclaration(member)) member.parameters.forEach((parameter) => this.typeOf(parameter));
      if (!ts.isMethodDeclaration(member) || member.parameters.length === 0) continue;
      if (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Abstract) continue;
      const isStatic = ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Static;
      const parameters = member.parameters.filter(({ dotDotDotToken }) => dotDotDotToken === undefined);
      this.types.methods[`${symbol.name}${isStatic ? '.' : '#'}${member.name.getText()}`] = Object.fromEntries(
        parameters.map((parameter) => [
          `${parameter.name.getText()}${parameter.questionToken || parameter.initializer ? '?' : ''}`,
          this.typeOf(parameter),
        ]),
      );
    }
  }

  private typeOf(node: ts.ParameterDeclaration): string {
    return this.nameOf(this.checker.getTypeAtLocation(node));
  }

  private nameOf(optional: ts.Type): string {
    const type = this.checker.getNonNullableType(optional);
    if (type.flags & ts.TypeFlags.EnumLike) return this.enumOf(type);
    const primitive = PRIMITIVES.find(([flag]) => type.flags & flag);
    if (primitive !== undefined) return primitive[1];
    if (type.isUnion()) return type.types.every(({ flags }) => flags & ts.TypeFlags.BooleanLike) ? 'boolean' : 'any';
    if (this.checker.isArrayType(type))
      return `list:${this.nameOf(this.checker.getTypeArguments(type as ts.TypeReference)[0])}`;
    const index = type.getStringIndexType();
    if (index !== undefined) return `map:${this.nameOf(index)}`;
    if (!(type.flags & ts.TypeFlags.Object) || type.symbol === undefined || type.symbol.name === '__type') return 'any';
    return this.objectOf(type);
  }

  private enumOf(type: ts.Type): string {
    const { symbol } = type;
    // Other versions of the CDK have other values.
    if (!isOwn(symbol)) return 'any';
    const declared = symbol.valueDeclaration as ts.EnumDeclaration | ts.EnumMember;
    // The type of an enum with a single member is that of the member.
    const { name, members } = ts.isEnumMember(declared) ? declared.parent : declared;
    this.types.enums[name.text] = members.map((member) => String(this.checker.getConstantValue(member)));
    return name.text;
  }

  private objectOf(type: ts.Type): string {
    const { symbol } = type;
    const isInterface = Boolean(symbol.flags & ts.SymbolFlags.Interface);
    const isStruct = isInterface && !/^I[A-Z]/.test(symbol.name);
    if (isStruct && !isOwn(symbol)) return 'object';
    const name = nameIn(symbol);
    if (this.known.has(name)) return name;
    this.known.add(name);
    if (isStruct) this.addStruct(type);
    else this.types.classes[name] = this.membersOf(symbol);
    return name;
  }

  private addStruct(type: ts.Type): void {
    const properties = this.checker.getPropertiesOfType(type);
    this.types.structs[type.symbol.name] = Object.fromEntries(
      properties.map((property) => [
        `${property.name}${property.flags & ts.SymbolFlags.Optional ? '?' : ''}`,
        this.nameOf(this.checker.getTypeOfSymbol(property)),
      ]),
    );
  }

  /** All required members of a class of the library. One member of a class of the CDK, whose versions have different ones. */
  private membersOf(symbol: ts.Symbol): string[] {
    const declarations = (symbol.declarations ?? []).filter(
      (one) => ts.isClassDeclaration(one) || ts.isInterfaceDeclaration(one),
    );
    const own = declarations.flatMap(({ members }) => [...members] as (ts.ClassElement | ts.TypeElement)[]);
    const names = own.filter(isRequiredMember).map((member) => member.name!.getText());
    const parameters = own.filter(ts.isConstructorDeclaration).flatMap((one) => [...one.parameters]);
    const fields = parameters.filter((one) => ts.isParameterPropertyDeclaration(one, one.parent) && isPublic(one));
    names.push(...fields.filter((one) => !isUndefinable(one)).map((one) => one.name.getText()));
    if (names.length === 0) {
      const inherited = this.checker.getPropertiesOfType(this.checker.getDeclaredTypeOfSymbol(symbol));
      names.push(...inherited.slice(0, 1).map(({ name }) => name));
    }
    return [...new Set(isOwn(symbol) ? names : names.slice(0, 1))];
  }
}

function isOwn(symbol: ts.Symbol): boolean {
  return symbol.declarations?.[0].getSourceFile().fileName.startsWith(path.join(ROOT, 'lib/')) === true;
}

/** The name of a type, with the module of the CDK in the form in which it is imported: `s3.IBucket`. */
function nameIn(symbol: ts.Symbol): string {
  const module = /aws-cdk-lib\/aws-([\w-]+)\//.exec(symbol.declarations?.[0].getSourceFile().fileName ?? '')?.[1];
  return module === undefined ? symbol.name : `${module.replaceAll('-', '_')}.${symbol.name}`;
}

function isPublic(node: ts.Declaration): boolean {
  return (ts.getCombinedModifierFlags(node) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) === 0;
}

/** Whether a member is not part of the API. */
function isHidden(member: ts.ClassElement): boolean {
  return !isPublic(member) || member.name?.getText().startsWith('_') === true;
}

function isRequiredMember(member: ts.ClassElement | ts.TypeElement): boolean {
  const isStatic = ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Static;
  const hasName = member.name !== undefined && !ts.isPrivateIdentifier(member.name);
  const isOptional = 'questionToken' in member && member.questionToken !== undefined;
  return hasName && !isStatic && !isOptional && isPublic(member);
}

function isUndefinable({ questionToken, type }: ts.ParameterDeclaration): boolean {
  return questionToken !== undefined || / undefined$/.test(type?.getText() ?? '');
}

function sorted<T>(entries: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The text of the file: one line for each entry. */
function propertyTypesText(): string {
  const lines = (entries: object): string =>
    Object.entries(entries)
      .map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
      .join(',\n');
  const kinds = Object.entries(propertyTypes()).map(
    ([kind, entries]) => `  "${kind}": {\n${lines(entries as object)}\n  }`,
  );
  return `{\n${kinds.join(',\n')}\n}\n`;
}

if (process.argv[1]?.endsWith('property-types.ts')) {
  const file = path.join(ROOT, 'lib/private/property-types.json');
  if (!process.argv.includes('--check')) writeFileSync(file, propertyTypesText());
  else if (readFileSync(file, 'utf8') !== propertyTypesText()) {
    console.error('lib/private/property-types.json is not current: npm run generate:types');
    process.exitCode = 1;
  }
}
