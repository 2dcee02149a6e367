/**
 * Builds the documentation site, in `.cache/site`:
 *
 *   npm run docs               builds the site, and counts its pages, links and examples
 *   npm run docs -- --serve    also serves it to this machine, at port 4173 or that of --port
 */
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { readExamples } from './examples';
import { checkLinks } from './links';
import { writeLlmsTexts } from './llms';
import { writeReference } from './reference';
import { serve } from './serve';

const ROOT = path.join(__dirname, '..', '..');
const DOCS = path.join(ROOT, 'docs');
const SITE = path.join(ROOT, '.cache', 'site');

/** With the default of Node.js, a third of the time of a build is garbage collection of short-lived objects. */
const NODE_OPTIONS = ['--max-semi-space-size=64'];

function run(program: string, ...args: string[]): void {
  const { status } = spawnSync(process.execPath, [...NODE_OPTIONS, path.join(ROOT, program), ...args], {
    stdio: 'inherit',
    cwd: ROOT,
    env: { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' },
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** Starts to serve before the site is built, so that a port that is in use is reported at once. */
async function start(port: string): Promise<void> {
  if (!/^\d{1,5}$/.test(port)) throw new Error(`--port must be a number, got: "${port}"`);
  const error = await serve(SITE, Number(port)).then(
    () => undefined,
    (reason: Error) => reason,
  );
  if (error !== undefined) {
    throw new Error(`Port ${port} is not available (${error.message}). Specify another one: --serve --port 4174`);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { serve: { type: 'boolean' }, port: { type: 'string', default: '4173' } } });
  if (values.serve === true) await start(values.port);
  run('scripts/build.mjs', '--if-stale');
  run('node_modules/jsii-rosetta/bin/jsii-rosetta', 'extract', '--compile', '--fail', '--batch=1000');
  const examples = await readExamples(path.join(ROOT, '.jsii.tabl.json'));
  const types = await writeReference(ROOT, path.join(DOCS, 'reference'), examples);
  console.log(`${types} types and ${examples.size} examples in the API reference.`);
  run('node_modules/vitepress/bin/vitepress.js', 'build', 'docs');
  writeLlmsTexts(DOCS, SITE);
  const { pages, internal, external, images, errors } = checkLinks(SITE);
  errors.forEach((error) => console.error(error));
  console.log(
    `${pages} pages, ${internal} links in the site, ${external} to other sites, ${images} images, ${errors.length} errors.`,
  );
  if (errors.length > 0) process.exit(1);
  if (values.serve === true) console.log(`The site is at http://127.0.0.1:${values.port}/`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
