import {
  TypeKind,
  loadAssemblyFromPath,
  type ClassType,
  type InterfaceType,
  type Property,
  type TypeReference,
} from '@jsii/spec';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';

const ROOT = path.join(__dirname, '..');

/** The folders of the library, from the ground up: each may import those before it. The stages follow the lifecycle. */
const STAGES = [
  'image',
  'algorithm',
  'training',
  'processing',
  'registry',
  'hosting',
  'batch',
  'continuous',
  'lifecycle',
];
const LIBRARY = ['handlers', 'private', 'common', ...STAGES, 'testing'];

/** The nouns of hosting, from the ground up. */
const HOSTING = ['model', 'endpoint-config', 'smoke-test', 'monitor', 'endpoint', 'inference-component'];

/** The folders of the local tools, from the ground up. */
const LOCAL = [
  'contract',
  'aws-model',
  'http',
  'container',
  'services',
  'console',
  'check',
  'compare',
  'plan',
  'lineage',
  'init',
  'cli',
];

/** The folders of the checker, from the ground up. */
const CHECKER = ['core', 'probe', 'checks', 'app', 'report', 'index'];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isTypeOnly: boolean;
}

function filesUnder(directory: string): string[] {
  return readdirSync(path.join(ROOT, directory)).flatMap((name) => {
    const file = path.join(directory, name);
    if (statSync(path.join(ROOT, file)).isDirectory()) return filesUnder(file);
    return /\.tsx?$/.test(file) ? [file] : [];
  });
}

/** The imports and re-exports of a file: files of the project by their path without extension, packages by name. */
function importsOf(from: string): Import[] {
  const source = ts.createSourceFile(from, readFileSync(path.join(ROOT, from), 'utf8'), ts.ScriptTarget.ES2022);
  return source.statements.flatMap((statement) => {
    const isImport = ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement);
    if (!isImport || statement.moduleSpecifier === undefined || !ts.isStringLiteral(statement.moduleSpecifier))
      return [];
    const { text } = statement.moduleSpecifier;
    return [{ from, to: text.startsWith('.') ? resolved(from, text) : text, isTypeOnly: isTypeOnly(statement) }];
  });
}

/** The path from the root, without extension; the index file where a folder is imported. */
function resolved(from: string, specifier: string): string {
  const to = path.join(path.dirname(from), specifier);
  const isFolder = statSync(path.join(ROOT, to), { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder && !existsSync(path.join(ROOT, `${to}.ts`)) ? path.join(to, 'index') : to;
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

function violations(files: string[], isViolation: (of: Import) => boolean): string[] {
  return files
    .flatMap(importsOf)
    .filter(isViolation)
    .map(({ from, to }) => `${from} imports ${to}`);
}

const withoutExtension = (file: string): string => file.replace(/\.tsx?$/, '');

/** The folder or file below a directory that a path leads to; undefined for paths elsewhere. */
function roomIn(directory: string, file: string): string | undefined {
  const [first, ...rest] = path.relative(directory, withoutExtension(file)).split(path.sep);
  return first === '..' || rest.length + first.length === 0 ? undefined : first;
}

/** Imports, of types too, from a folder to one that stands above it. */
function upwardImports(directory: string, floors: string[]): string[] {
  return violations(filesUnder(directory), ({ from, to }) => {
    const [own, other] = [from, to].map((file) => floors.indexOf(roomIn(directory, file) ?? ''));
    return own >= 0 && other > own;
  });
}

/** Groups of files that import each other in a circle, imports of types included (Tarjan's algorithm). */
function circles(files: string[]): string[][] {
  const graph = new Map(files.map((file) => [withoutExtension(file), importsOf(file).map(({ to }) => to)]));
  const [index, low] = [new Map<string, number>(), new Map<string, number>()];
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): void => {
    index.set(node, index.size);
    low.set(node, index.get(node) ?? 0);
    stack.push(node);
    for (const next of graph.get(node)?.filter((to) => graph.has(to)) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node) ?? 0, low.get(next) ?? 0));
    }
    if (low.get(node) !== index.get(node)) return;
    const group = stack.splice(stack.indexOf(node));
    if (group.length > 1) found.push(group.sort());
  };
  [...graph.keys()].forEach((node) => index.has(node) || visit(node));
  return found;
}

/** Lines of the code, without comments, that match an expression. */
function linesMatching(files: string[], expression: RegExp): string[] {
  return files.flatMap((file) =>
    readFileSync(path.join(ROOT, file), 'utf8')
      .split('\n')
      .map((line, index) => ({ line, at: `${file}:${index + 1}` }))
      .filter(({ line }) => !/^\s*(\/?\*|\/\/)/.test(line) && expression.test(line))
      .map(({ line, at }) => `${at} ${line.trim()}`),
  );
}

describe('The folders', () => {
  test('of the library import only folders below them, imports of types included', () => {
    expect(upwardImports('lib', LIBRARY)).toEqual([]);
    expect(upwardImports('lib/hosting', HOSTING)).toEqual([]);
  });

  test('of the local tools import only folders below them, imports of types included', () => {
    expect(upwardImports('local', LOCAL)).toEqual([]);
    expect(upwardImports('local/check', CHECKER)).toEqual([]);
  });

  test('are all known', () => {
    const rooms = (directory: string): string[] =>
      readdirSync(path.join(ROOT, directory)).map((name) => withoutExtension(name));
    expect(rooms('lib').sort()).toEqual([...LIBRARY, 'index'].sort());
    expect(rooms('lib/hosting').sort()).toEqual([...HOSTING, 'index'].sort());
    expect(rooms('local').sort()).toEqual([...LOCAL].sort());
    expect(rooms('local/check').sort()).toEqual([...CHECKER].sort());
  });

  test('hold no files that import each other in a circle, imports of types included', () => {
    expect(circles([...filesUnder('lib'), ...filesUnder('local'), ...filesUnder('bin')])).toEqual([]);
  });

  test('of the local services are entered through their index only', () => {
    const folders = readdirSync(path.join(ROOT, 'local/services')).filter((name) => !name.endsWith('.ts'));
    const isSideDoor = ({ from, to }: Import): boolean => {
      const room = roomIn('local/services', to);
      const isFolder = room !== undefined && folders.includes(room) && room !== 'wire';
      return isFolder && roomIn('local/services', from) !== room && path.basename(to) !== 'index';
    };
    expect(violations(filesUnder('local'), isSideDoor)).toEqual([]);
  });
});

describe('The code', () => {
  test('of the constructs imports handlers by type only', () => {
    const isValue = ({ from, to, isTypeOnly }: Import): boolean =>
      roomIn('lib', from) !== 'handlers' && to.startsWith('lib/handlers') && !isTypeOnly;
    expect(violations(filesUnder('lib'), isValue)).toEqual([]);
  });

  test('of the constructs needs nothing at run time but the CDK, Node, and parsers that the build puts into the library', () => {
    const packages = ['aws-cdk-lib', 'constructs', 'dockerfile-ast', 'jsonpath-rfc9535/parser'];
    const isForeign = ({ to, isTypeOnly }: Import): boolean =>
      !isTypeOnly && !to.startsWith('lib/') && !to.startsWith('node:') && !packages.includes(to);
    const files = filesUnder('lib').filter((file) => roomIn('lib', file) !== 'handlers');
    expect(violations(files, isForeign)).toEqual([]);
  });

  test('of the constructs builds S3 URIs and grants on objects in S3Location only', () => {
    const files = filesUnder('lib').filter(
      (file) => file !== 'lib/common/s3-location.ts' && roomIn('lib', file) !== 'handlers',
    );
    const builds = /s3UrlForObject|arnForObjects|`s3:\/\/|'s3:\/\/|[bB]ucket\??\.grant/;
    expect(linesMatching(files, builds)).toEqual([]);
  });

  test('of the constructs names IAM actions in grants.ts only', () => {
    const files = filesUnder('lib').filter(
      (file) => file !== 'lib/private/grants.ts' && roomIn('lib', file) !== 'handlers',
    );
    expect(linesMatching(files, /['`][a-z][a-z0-9-]+:[A-Z][A-Za-z]+['`$]/)).toEqual([]);
  });

  test('of the local tools knows of the constructs only the contract with the container', () => {
    const isConstruct = ({ from, to }: Import): boolean =>
      (to.startsWith('lib/') && !(from.startsWith('local/contract/') || to === 'lib/private/limits.json')) ||
      to.startsWith('aws-cdk-lib') ||
      to === 'constructs';
    expect(violations(filesUnder('local'), isConstruct)).toEqual([]);
  });

  test('of the local tools talks to Docker in the engine only', () => {
    // A command of the user, a function of a stack, the writer of a FIFO and `ps` are processes too, and no engines.
    const programs = [
      'local/cli/local.ts',
      'local/container/docker-command.ts',
      'local/container/pipe.ts',
      'local/container/scratch.ts',
      'local/services/lambda/store.ts',
    ];
    const spawning = filesUnder('local')
      .flatMap(importsOf)
      .filter(({ to }) => /^(node:)?child_process$|^execa$|^dockerode$/.test(to));
    expect(spawning.map(({ from }) => from).filter((from) => !programs.includes(from))).toEqual([]);
  });

  test('of the local tools sends HTTP requests through one client', () => {
    // The console runs in a browser.
    const files = filesUnder('local').filter((file) => !file.startsWith('local/console/'));
    expect(linesMatching(files, /\bfetch\(/)).toEqual([]);
    expect(linesMatching(filesUnder('local/console'), /\bfetch\(/)).toHaveLength(1);
  });
});

/** How a test counts the containers of the machine, or would by the label of all of them. */
const COUNTS = /cdk-sagemaker-algorithm\.run|\bcontainers\(\)|'ps'/;

test('Tests that count the containers of the machine are in a part of the suites that runs without other containers', () => {
  const config = readFileSync(path.join(ROOT, 'jest.config.js'), 'utf8');
  const [, pattern = ''] = /counting:\s*'(.*)'/.exec(config) ?? [];
  // In the nightly suite, one test runs after the other.
  const [, nightly = ''] = /NIGHTLY = \[(.*)\]/.exec(config) ?? [];
  const isCounting = new RegExp(
    `/(${pattern}|docker/(${nightly.replaceAll(/', '|'/g, '|').slice(1, -1)}))\\.test\\.ts$`,
  );
  const counting = [...filesUnder('test/docker'), ...filesUnder('test/interop')].filter(
    (file) => file.endsWith('.test.ts') && COUNTS.test(readFileSync(path.join(ROOT, file), 'utf8')),
  );
  expect(counting.length).toBeGreaterThan(0);
  expect(counting.filter((file) => !isCounting.test(file))).toEqual([]);
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

  test('is declared with nothing but the CDK, so that users need no other types', () => {
    const foreign = new Set<string>();
    const seen = new Set<string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      const withoutExamples = readFileSync(file, 'utf8').replace(/\/\*[^]*?\*\//g, '');
      for (const [, to] of withoutExamples.matchAll(/(?:from |import\()['"]([^'"]+)['"]/g)) {
        if (!to.startsWith('.')) foreign.add(to);
        [`${to}.d.ts`, `${to}/index.d.ts`]
          .map((declaration) => path.join(path.dirname(file), declaration))
          .filter((declaration) => existsSync(declaration))
          .forEach(visit);
      }
    };
    visit(path.join(ROOT, 'dist', 'index.d.ts'));
    expect(seen.size).toBeGreaterThan(50);
    expect([...foreign].sort()).toEqual(['aws-cdk-lib', 'constructs']);
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
