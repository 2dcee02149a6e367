// Generates the packages: the npm package and the code for Python, Java, .NET and Go. Checks them against the CDK design guidelines
// (awslint), the npm package against the rules of Node.js and bundlers (publint), compiles the snippets of the README (rosetta) and of docs/, and
// compares the names in the API reference with the generated code.
//
//   node scripts/package.mjs            the checks, and the code for all languages
//   node scripts/package.mjs --all      also the packages that are released, in .cache/packages/<language>
//   node scripts/package.mjs python     only the package for a language
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

const PACKAGES = path.join('.cache', 'packages');

/** The repository of Maven on this machine, which several runs share. */
const MAVEN = path.join('.cache', 'maven');
/** Modules of Go that the module of this library is compiled with. */
const MODULES = path.join('.cache', 'go');
const TABLET = path.join('.cache', 'rosetta.json');
const LANGUAGES = ['js', 'python', 'java', 'go', 'dotnet'];

/** The files of a package that are released. A Go module is released as a directory. */
const RELEASED = { js: /\.tgz$/, python: /\.(whl|tar\.gz)$/, java: /\.jar$/, dotnet: /\.nupkg$/ };

const env = { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' };

function run(program, ...args) {
  const { status } = spawnSync(process.execPath, [`node_modules/${program}`, ...args], { stdio: 'inherit', env });
  if (status !== 0) process.exit(status ?? 1);
}

/** Runs awslint, without its output for the rules that package.json excludes. */
function lint() {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['node_modules/awslint/bin/awslint'], {
    env,
    encoding: 'utf8',
  });
  const output = `${stdout}${stderr}`.split('\n');
  const findings = output.filter((line) => !line.startsWith('skipped:') && line.includes('awslint:'));
  // Without a finding, awslint itself has failed, and its complete output is needed.
  if (findings.length > 0) console.error(findings.join('\n'));
  else if (status !== 0) console.error(output.join('\n'));
  if (status !== 0) process.exit(status ?? 1);
}

const exists = (program) => spawnSync(program, ['--version']).error === undefined;

function generate(...options) {
  run('jsii-pacmak/bin/jsii-pacmak', '--no-npmignore', ...options);
}

/** Builds the package for a language, and prints its files with their sizes. */
function build(language, ...options) {
  rmSync(path.join(PACKAGES, language), { recursive: true, force: true });
  const isOnlySource = language === 'dotnet' && !exists('dotnet');
  if (language === 'java') options.push(`--maven-local-repository=${MAVEN}`);
  if (isOnlySource) options.push('--code-only');
  const compile = () => generate(`--targets=${language}`, '--clean', `--outdir=${PACKAGES}`, ...options);
  if (language === 'go') withSchema(compile);
  else compile();
  report(language, isOnlySource ? 'source code, not compiled: dotnet is not installed' : 'module');
}

/**
 * The module of the schema, on which the CDK depends. It is generated because not every proxy of Go modules has it. pacmak
 * compiles with the other modules in its directory. It is moved afterwards, so that only this library is released.
 */
function withSchema(compile) {
  const schema = path.join(PACKAGES, 'go', 'awscdkcloudassemblyschema');
  generate('--targets=go', '--code-only', `--outdir=${PACKAGES}`, 'node_modules/@aws-cdk/cloud-assembly-schema');
  compile();
  rmSync(MODULES, { recursive: true, force: true });
  mkdirSync(MODULES, { recursive: true });
  renameSync(schema, path.join(MODULES, path.basename(schema)));
}

function report(language, kind) {
  const directory = path.join(PACKAGES, language, language === 'go' ? 'cdksagemakeralgorithm' : '');
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => path.join(parentPath, name));
  const released = paths.filter((file) => RELEASED[language]?.test(file));
  const sizeOf = (all) => `${(all.reduce((sum, file) => sum + statSync(file).size, 0) / 1e6).toFixed(1)} MB`;
  if (released.length === 0) console.log(`${language}: ${directory}, ${sizeOf(paths)} (${kind})`);
  released.forEach((file) => console.log(`${language}: ${file}, ${sizeOf([file])}`));
}

const [language] = process.argv.slice(2);
run('../scripts/build.mjs', '--if-stale');
mkdirSync(PACKAGES, { recursive: true });
if (language === undefined || language === '--all') {
  lint();
  run('publint/src/cli.js', '--strict');
  // Resolution by the rules of Node.js 10 finds no entries, and the files of jsii have no types.
  run(
    '@arethetypeswrong/cli/dist/index.js',
    '--pack',
    '.',
    '--profile=node16',
    '--exclude-entrypoints',
    '.jsii',
    '.jsii.gz',
  );
  run('jsii-rosetta/bin/jsii-rosetta', 'extract', '--compile', '--fail', '--batch=1000', `--output=${TABLET}`);
  run('../scripts/snippets.mjs');
}
if (language === undefined) {
  generate('--code-only', '--recurse=false');
  run('tsx/dist/cli.mjs', 'scripts/site/check-names.ts');
} else if (language === '--all') LANGUAGES.forEach((one) => build(one, `--rosetta-tablet=${TABLET}`));
else build(language);
