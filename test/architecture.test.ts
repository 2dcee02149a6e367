import {
  TypeKind,
  loadAssemblyFromPath,
  type ClassType,
  type InterfaceType,
  type Property,
  type TypeReference,
} from '@jsii/spec';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';

const ROOT = path.join(__dirname, '..');

/** Each stage may import those before it. */
const STAGES = ['image', 'algorithm', 'training', 'registry', 'hosting', 'batch', 'lifecycle'];
const SHARED = ['common', 'private'];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isTypeOnly: boolean;
}

function filesUnder(directory: string): string[] {
  return readdirSync(path.join(ROOT, directory)).flatMap((name) => {
    const file = path.join(directory, name);
    if (statSync(path.join(ROOT, file)).isDirectory()) return filesUnder(file);
    return file.endsWith('.ts') ? [file] : [];
  });
}

/** What a file imports and re-exports; files of the project by their path from its root, packages by name. */
function importsOf(from: string): Import[] {
  const source = ts.createSourceFile(from, readFileSync(path.join(ROOT, from), 'utf8'), ts.ScriptTarget.ES2022);
  return source.statements.flatMap((statement) => {
    const isImport = ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement);
    if (!isImport || statement.moduleSpecifier === undefined || !ts.isStringLiteral(statement.moduleSpecifier))
      return [];
    const { text } = statement.moduleSpecifier;
    const to = text.startsWith('.') ? path.join(path.dirname(from), text) : text;
    return [{ from, to, isTypeOnly: isTypeOnly(statement) }];
  });
}

function isTypeOnly(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly;
  const clause = statement.importClause;
  if (clause === undefined) return false;
  const bindings = clause.namedBindings;
  const areAllTypes =
    bindings !== undefined && ts.isNamedImports(bindings) && bindings.elements.every((e) => e.isTypeOnly);
  return clause.phaseModifier === ts.SyntaxKind.TypeKeyword || (clause.name === undefined && areAllTypes);
}

function offences(files: string[], isOffence: (of: Import) => boolean): string[] {
  return files
    .flatMap(importsOf)
    .filter(isOffence)
    .map(({ from, to }) => `${from} imports ${to}`);
}

const room = (file: string): string => file.split(path.sep)[1];

describe('The rooms of the house', () => {
  test('let a stage import earlier stages only, beside what is shared', () => {
    const isLater = ({ from, to }: Import): boolean =>
      to.startsWith('lib/') && STAGES.indexOf(room(to)) > STAGES.indexOf(room(from)) && STAGES.includes(room(from));
    expect(offences(filesUnder('lib'), isLater)).toEqual([]);
  });

  test('let what is shared know of no stage, but for types', () => {
    const isStage = ({ from, to, isTypeOnly }: Import): boolean =>
      SHARED.includes(room(from)) && to.startsWith('lib/') && STAGES.includes(room(to)) && !isTypeOnly;
    expect(offences(filesUnder('lib'), isStage)).toEqual([]);
  });

  test('are all known: each folder of lib is a stage, shared, or the handlers', () => {
    const folders = readdirSync(path.join(ROOT, 'lib')).filter((name) => !name.endsWith('.ts'));
    expect(folders.filter((name) => ![...STAGES, ...SHARED, 'handlers'].includes(name))).toEqual([]);
  });

  test('let constructs reach handlers by type only', () => {
    const isValue = ({ from, to, isTypeOnly }: Import): boolean =>
      room(from) !== 'handlers' && to.startsWith('lib/handlers') && !isTypeOnly;
    expect(offences(filesUnder('lib'), isValue)).toEqual([]);
  });

  test('let constructs need nothing at run time but the CDK and Node', () => {
    const isForeign = ({ to, isTypeOnly }: Import): boolean =>
      !isTypeOnly && !to.startsWith('lib/') && !to.startsWith('node:') && !['aws-cdk-lib', 'constructs'].includes(to);
    const files = filesUnder('lib').filter((file) => room(file) !== 'handlers');
    expect(offences(files, isForeign)).toEqual([]);
  });

  test('let what runs on the user’s machine know nothing of the constructs but the shared contract', () => {
    const isConstruct = ({ from, to }: Import): boolean =>
      (to.startsWith('lib/') && !(from.startsWith('local/contract/') || to === 'lib/private/limits.json')) ||
      to.startsWith('aws-cdk-lib') ||
      to === 'constructs';
    expect(offences(filesUnder('local'), isConstruct)).toEqual([]);
  });

  test('let the engine alone talk to Docker', () => {
    // A user's command, the functions of a stack and what feeds a FIFO are processes too; none of them is an engine.
    const programs = ['local/cli/local.ts', 'local/services/lambda/store.ts'];
    const isProcess = ({ from, to }: Import): boolean =>
      /^(node:)?child_process$|^execa$|docker/.test(path.basename(to)) &&
      !from.startsWith('local/container/') &&
      !programs.includes(from);
    expect(offences(filesUnder('local'), isProcess)).toEqual([]);
    const spawning = filesUnder('local')
      .flatMap(importsOf)
      .filter(({ to }) => to === 'node:child_process');
    expect(spawning.map(({ from }) => from).sort()).toEqual([
      programs[0],
      'local/container/docker-engine.ts',
      'local/container/pipe.ts',
      programs[1],
    ]);
  });
});

describe('The public API', () => {
  const { types = {}, name } = loadAssemblyFromPath(ROOT);
  const all = Object.values(types);
  const properties = all
    .filter((type): type is ClassType | InterfaceType => type.kind !== TypeKind.Enum)
    .flatMap((type) =>
      (type.properties ?? []).map((property): [string, Property] => [`${type.name}.${property.name}`, property]),
    );

  function mentions(reference: TypeReference, isForbidden: (fqn: string) => boolean): boolean {
    return JSON.stringify(reference)
      .split('"')
      .some((word) => isForbidden(word));
  }

  test('is named after the package', () => {
    expect(name).toBe('cdk-sagemaker-algorithm');
    expect(all.length).toBeGreaterThan(20);
  });

  test('has no L1 types', () => {
    const isL1 = (fqn: string): boolean => /\.Cfn[A-Z]/.test(fqn);
    expect(properties.filter(([, { type }]) => mentions(type, isL1)).map(([id]) => id)).toEqual([]);
  });

  test('has no untyped values', () => {
    expect(properties.filter(([, { type }]) => mentions(type, (word) => word === 'any')).map(([id]) => id)).toEqual([]);
  });

  test('documents every type and every property', () => {
    const undocumented = [
      ...all.filter(({ docs }) => docs?.summary === undefined).map((type) => type.name),
      ...properties.filter(([, property]) => isOwn(property) && property.docs?.summary === undefined).map(([id]) => id),
    ];
    expect(undocumented).toEqual([]);
  });

  test('says the default of every optional property of a struct', () => {
    const structs = all.filter(
      (type): type is InterfaceType => type.kind === TypeKind.Interface && type.datatype === true,
    );
    const silent = structs.flatMap((struct) =>
      (struct.properties ?? [])
        .filter(({ optional, docs }) => optional === true && docs?.default === undefined)
        .map((property) => `${struct.name}.${property.name}`),
    );
    expect(silent).toEqual([]);
  });

  test('says where the service describes each resource', () => {
    const resources = all.filter(({ docs }) => docs?.custom?.resource !== undefined);
    expect(resources.filter(({ docs }) => docs?.see === undefined).map((type) => type.name)).toEqual([]);
  });

  /** Members of a class that implement an interface are documented there. */
  function isOwn(property: Property): boolean {
    return property.overrides === undefined;
  }
});
