import { mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as ts from 'typescript';
import type { Files } from '../../../local/init';

const ROOT = path.join(__dirname, '..', '..', '..');

/** A directory below which projects find the packages that they depend on, as if they were installed. */
export function directoryWithPackages(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'init-'));
  const packages = path.join(directory, 'node_modules');
  mkdirSync(path.join(packages, '.bin'), { recursive: true });
  for (const folder of ['', '.bin']) {
    const names = readdirSync(path.join(ROOT, 'node_modules', folder)).filter((name) => name !== '.bin');
    for (const name of names)
      symlinkSync(path.join(ROOT, 'node_modules', folder, name), path.join(packages, folder, name));
  }
  symlinkSync(ROOT, path.join(packages, 'cdk-sagemaker-algorithm'));
  symlinkSync(path.join(ROOT, 'dist', 'bin', 'byoa.js'), path.join(packages, '.bin', 'byoa'));
  return directory;
}

/** Writes files into a directory, which is created if it does not exist. */
export function write(directory: string, files: Files | Record<string, string>): string {
  const entries: Iterable<[string, string | Buffer]> = files instanceof Map ? (files as Files) : Object.entries(files);
  for (const [file, content] of entries) {
    mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
    writeFileSync(path.join(directory, file), content);
  }
  return directory;
}

/** The errors of the compiler in all files of projects, with the options of the first one. */
export function typeErrors(directories: string[]): string[] {
  const { config } = ts.readConfigFile(path.join(directories[0], 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
    config: { compilerOptions: object };
  };
  const { options, errors } = ts.convertCompilerOptionsFromJson(config.compilerOptions, directories[0]);
  const files = directories.flatMap((directory) =>
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => path.join(directory, file)),
  );
  const program = ts.createProgram(files, { ...options, typeRoots: [path.join(ROOT, 'node_modules', '@types')] });
  return [...errors, ...ts.getPreEmitDiagnostics(program)].map(({ file, messageText }) =>
    [file?.fileName ?? '', ts.flattenDiagnosticMessageText(messageText, ' ')].join(': '),
  );
}

/** Declares the tests of a project, which synthesize its stack. They run in its directory, as with `npm test`. */
export function runStackTests(directory: string): void {
  const before = process.cwd();
  beforeAll(() => process.chdir(directory));
  // The files of the training data are read when the module is loaded.
  process.chdir(directory);
  jest.requireActual(path.join(directory, 'test', 'stack.test'));
  process.chdir(before);
  afterAll(() => process.chdir(before));
}
