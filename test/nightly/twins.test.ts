import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import * as path from 'node:path';
import { ROOT, STACKS, run, scratch, synthesize, template } from '../interop/project';
import { classPath } from './java';

const EXAMPLE = path.join('examples', 'breast-cancer');
const CACHE = path.join(ROOT, '.cache');
const PACKAGES = path.join(CACHE, 'packages');
const TYPESCRIPT = `${process.execPath} --import tsx bin/app.ts`;

/** The modules that are not on a proxy, below `.cache`. */
const MODULES = {
  'github.com/cdk-sagemaker-algorithm/cdk-sagemaker-algorithm-go/cdksagemakeralgorithm':
    'packages/go/cdksagemakeralgorithm',
  'github.com/cdklabs/cloud-assembly-schema-go/awscdkcloudassemblyschema/v54': 'go/awscdkcloudassemblyschema',
};

/** Compiles the example in Java, and returns the command that runs it. */
function javaApp(): string {
  const [output, packages] = [scratch(), classPath()];
  run(output, 'javac', '-proc:none', '-cp', packages, '-d', '.', path.join(ROOT, EXAMPLE, 'java', 'BreastCancer.java'));
  return `java -cp ${output}:${packages} BreastCancer`;
}

/** Compiles the example in Go, and returns the command that runs it. */
function goApp(): string {
  const output = scratch();
  const module = path.join(output, 'go.mod');
  cpSync(path.join(ROOT, EXAMPLE, 'go', 'go.mod'), module);
  const replacements = Object.entries(MODULES).map(([name, folder]) => `-replace=${name}=${CACHE}/${folder}`);
  run(output, 'go', 'mod', 'edit', ...replacements);
  const app = path.join(output, 'app');
  run(path.join(ROOT, EXAMPLE, 'go'), 'go', 'build', '-mod=mod', `-modfile=${module}`, '-o', app, '.');
  return app;
}

/** Compiles the example in C#, and returns the command that runs it. */
function csharpApp(): string {
  const output = scratch();
  mkdirSync(path.join(output, 'source'));
  cpSync(path.join(ROOT, EXAMPLE, 'csharp'), path.join(output, 'source'), { recursive: true });
  const sources = `-p:RestoreAdditionalProjectSources=${path.join(PACKAGES, 'dotnet')}`;
  run(output, 'dotnet', 'build', 'source', sources, '-o', 'app');
  return path.join(output, 'app', 'BreastCancer');
}

const isInstalled = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

describe.each([
  ['Java', 'mvn', 'java', javaApp],
  ['Go', 'go', 'go', goApp],
  ['C#', 'dotnet', 'dotnet', csharpApp],
])('The example in %s', (_, compiler, target, compile) => {
  // A machine without the compiler still tests the other languages.
  const describeIfInstalled = isInstalled(compiler) ? describe : describe.skip;

  describeIfInstalled('on a machine with its compiler', () => {
    test('has the same templates as in TypeScript, with each layout of images', () => {
      run(ROOT, process.execPath, 'scripts/package.mjs', target);
      const app = compile();
      for (const layout of ['combined', 'split']) {
        const [assembly, twin] = [TYPESCRIPT, app].map((command) => synthesize(command, layout));
        for (const stack of STACKS) expect(template(twin, stack)).toEqual(template(assembly, stack));
      }
    });
  });
});
