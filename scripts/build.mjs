// Builds dist/: the construct library (jsii and Rollup), and the handlers, the command line and the checker (esbuild, one file each), and the console (for browsers).
//
//   node scripts/build.mjs [--if-stale]     --if-stale: do nothing if no source has changed since the last build
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import commonjs from '@rollup/plugin-commonjs';
import nodeResolve from '@rollup/plugin-node-resolve';
import { build, transform } from 'esbuild';
import { rollup } from 'rollup';
import { bundleHandlers } from './handler-bundles.mjs';

const SOURCES = [
  'lib',
  'local',
  'bin',
  'README.md',
  'package.json',
  'tsconfig.jsii.json',
  'tsconfig.check.json',
  'scripts/build.mjs',
  'scripts/handler-bundles.mjs',
  'scripts/lambda-credentials.mjs',
  'scripts/lean-schemas.mjs',
  'scripts/lean-sdk.mjs',
  'scripts/no-event-streams.mjs',
];
const STAMP = 'dist/.sources';

function* filesUnder(entry) {
  if (statSync(entry).isFile()) yield entry;
  else for (const name of readdirSync(entry).sort()) yield* filesUnder(path.join(entry, name));
}

function fingerprint() {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap((entry) => [...filesUnder(entry)])) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

function compileConstructs() {
  const env = { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' };
  const args = ['node_modules/jsii/bin/jsii', '--Werr', '--compress-assembly'];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', env });
  if (status !== 0) process.exit(status ?? 1);
}

/** Replaces the types of the AWS SDK, which only internal members use, so that users do not need the SDK to compile against the declarations. */
function hideClientTypes() {
  for (const file of filesUnder('dist')) {
    if (!file.endsWith('.d.ts')) continue;
    const text = readFileSync(file, 'utf8');
    const hidden = text.replace(/import type \{([^}]*)\} from '@aws-sdk\/[^']*';/g, (_, names) =>
      names.replace(/\s*(\w+),?/g, 'type $1 = any;'),
    );
    if (hidden !== text) writeFileSync(file, hidden);
  }
}

/** Parts that few apps use: files of their own, which are loaded when they are used. */
const LAZY = {
  'dockerfile-parser': /node_modules\/(dockerfile-ast|vscode-languageserver-\w+)\/|commonjsHelpers/,
  'json-path-parser': /node_modules\/jsonpath-rfc9535\//,
  'image-uris': /image-uris\.json$/,
  training: /\/dist\/(training\/|common\/training-)/,
  processing: /\/dist\/processing\//,
  registry: /\/dist\/registry\//,
  'smoke-test': /\/dist\/hosting\/smoke-test\//,
  monitor: /\/dist\/hosting\/monitor\//,
  'inference-component': /\/dist\/hosting\/inference-component\//,
  batch: /\/dist\/(batch\/|common\/transform-)/,
  continuous: /\/dist\/continuous\//,
  lifecycle: /\/dist\/lifecycle\//,
  testing: /\/dist\/testing\//,
};

/** No identifier of the library starts with it, so that the variables of lazy files can be found. */
const PREFIX = 'lazy-';

/** The file of a module. The entry only exports: the other files require what they share from `core.js`. */
function fileOf(id) {
  if (id === path.resolve('dist/index.js')) return undefined;
  const lazy = Object.keys(LAZY).find((name) => LAZY[name].test(id));
  return lazy === undefined ? 'core' : `${PREFIX}${lazy}`;
}

const EXPORT_WHEN_USED = "exports.$1 = void 0;\nexportWhenUsed('$1', () => $2);";

/**
 * Loads the files of `LAZY` when they are used. Rollup requires them at the start, and refers to their exports as `lazyFile.name`. An
 * exported name is also assigned, since ES modules find only such names.
 */
function requireWhenUsed(code) {
  return (
    code
      .replace(/^var (lazy\w+) = require\((.+)\);$/gm, 'const $1 = () => require($2);')
      .replace(/^exports\.(\w+) = (lazy\w+\..+);$/gm, EXPORT_WHEN_USED)
      // Enumerations, which are variables.
      .replace(
        /^Object\.defineProperty\(exports, "(\w+)", \{\s+.+,\s+get: .+ return (lazy.+); \}\s+\}\);$/gm,
        EXPORT_WHEN_USED,
      )
      // The parentheses make it the class that `new` and `extends` refer to.
      .replace(/\b(lazy[A-Z]\w*)\./g, '($1()).')
      .replace(
        /(?=^exportWhenUsed)/m,
        'function exportWhenUsed(name, get) { Object.defineProperty(exports, name, { enumerable: true, get }); }\n',
      )
  );
}

/** A class with hundreds of static fields takes milliseconds to define. `of` returns the same object for the same name. */
const INSTANCE_TYPE = /\bstatic (ML_\w+) = (InstanceType\.of\(.+\));/g;

/** Tables are strings in the bundle: the engine parses JSON faster than code. */
const jsonAsText = {
  name: 'json-as-text',
  transform: (text, id) =>
    id.endsWith('.json') ? `export default JSON.parse(${JSON.stringify(JSON.stringify(JSON.parse(text)))});` : null,
};

/**
 * Bundles the library into one file that requires the CDK once: a hundred files that each require it take four times as long to load.
 * The declarations stay, and the JSON files that they refer to. The parsers become part of the package.
 */
async function bundleConstructs() {
  const entry = 'dist/index.js';
  const bundle = await rollup({
    input: entry,
    external: ['aws-cdk-lib', 'constructs', /^node:/],
    plugins: [nodeResolve(), commonjs(), jsonAsText],
    // jsii identifies classes by static members that no code reads.
    treeshake: false,
    // Each index passes its exports to the validation of arguments. The modules of the parser import each other in a circle, and so do
    // the files, which is no problem for lazy ones.
    onLog: (level, log, report) => /^CIRCULAR_(DEPENDENCY|CHUNK)$/.test(log.code) || report(level, log),
  });
  const { output } = await bundle.generate({
    format: 'cjs',
    hoistTransitiveImports: false,
    interop: 'esModule',
    // With the prefix: TypeScript must not take `training.js` for the module of the declaration `export * from './training'`.
    chunkFileNames: '[name].js',
    manualChunks: fileOf,
  });
  // V8 keeps the source of functions in memory. The declarations contain the comments.
  for (const { fileName, code } of output) {
    const lazy = requireWhenUsed(code).replace(INSTANCE_TYPE, 'static get $1() { return $2; }');
    const minified = await transform(lazy, { minifyWhitespace: true, lineLimit: 120, target: 'node20' });
    writeFileSync(`dist/${fileName}`, minified.code);
  }
  const own = output[0].moduleIds.filter((file) => file.startsWith(path.resolve('dist') + path.sep));
  own.filter((file) => file.endsWith('.js') && file !== path.resolve(entry)).forEach((file) => rmSync(file));
  // The entry `cdk-sagemaker-algorithm/testing`, whose classes are those of the submodule. ES modules only find exports by name.
  const { testing } = createRequire(path.resolve(entry))('./index.js');
  const exported = Object.keys(testing).map((name) => `exports.${name} = testing.${name};\n`);
  writeFileSync('dist/testing/index.js', `const { testing } = require('../index.js');\n${exported.join('')}`);
}

/** The command line. The clients of AWS, which one command uses, are in a file of their own, so that the others start as fast. */
async function bundleCommandLine() {
  const options = { bundle: true, platform: 'node', target: 'node20', legalComments: 'none' };
  await build({
    ...options,
    entryPoints: ['bin/byoa.ts'],
    outfile: 'dist/bin/byoa.js',
    plugins: [
      {
        name: 'separate-lineage',
        setup: ({ onResolve }) =>
          onResolve({ filter: /^\.\.\/lineage$/ }, () => ({ path: './lineage.js', external: true })),
      },
    ],
  });
  await build({
    ...options,
    entryPoints: ['local/lineage/index.ts'],
    outfile: 'dist/bin/lineage.js',
    minify: true,
    mainFields: ['module', 'main'],
  });
}

/** The console of the local service: what a browser loads. */
async function bundleConsole() {
  await build({
    entryPoints: ['local/console/console.tsx', 'local/console/console.css'],
    outdir: 'dist/console',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    tsconfig: 'local/console/tsconfig.json',
    legalComments: 'none',
  });
  copyFileSync('local/console/index.html', 'dist/console/index.html');
}

/** The checker for the tests of users, `cdk-sagemaker-algorithm/check`, which is not part of the jsii assembly. */
async function bundleChecker() {
  await build({
    entryPoints: ['local/check/index.ts'],
    outfile: 'dist/check/index.js',
    bundle: true,
    platform: 'node',
    target: 'node20',
    legalComments: 'none',
  });
  const args = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.check.json'];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

const sources = fingerprint();
const isFresh = existsSync(STAMP) && readFileSync(STAMP, 'utf8') === sources;
if (!(process.argv.includes('--if-stale') && isFresh)) {
  rmSync('dist', { recursive: true, force: true });
  compileConstructs();
  hideClientTypes();
  await bundleConstructs();
  await bundleHandlers();
  await bundleCommandLine();
  await bundleConsole();
  await bundleChecker();
  mkdirSync('dist', { recursive: true });
  writeFileSync(STAMP, sources);
}
