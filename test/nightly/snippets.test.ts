import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import { ROOT, python, run, scratch } from '../interop/project';
import { classPath } from './java';

/** jsii separates digits and letters in these names in Python, which jsii-rosetta does not know: `ML_C7_I_LARGE`. */
const INSTANCE_TYPE = /: InstanceType\.ML_\w+ does not exist$/;

/** The errors of the compiler about what jsii-rosetta does not know of Java. */
const JAVA_LIMITS = [
  // The names of jsii: `ML_C7_I_LARGE`, `enforceSsl`.
  /variable ML_\w+/,
  /method enforceSSL/,
  // A property without its getter: `this.node`, and one after `!`.
  /variable (node|endpoint)\b/,
  /variable undefined/,
  // An array of a declared variable.
  /ProductionVariant\[\]/,
];

const output = path.join(scratch(), 'snippets');
let summary = '';

beforeAll(() => {
  mkdirSync(output);
  run(ROOT, process.execPath, 'scripts/build.mjs', '--if-stale');
  summary = run(ROOT, process.execPath, 'scripts/transliterate.mjs', output);
});

test('The snippets of the documentation are valid in Python, and refer only to names that exist', () => {
  run(ROOT, 'bash', 'scripts/python.sh');
  const [, translated, all] = /(\d+) of (\d+) snippets/.exec(summary) ?? [];
  expect(Number(translated)).toBeGreaterThan(0.9 * Number(all));
  const errors = run(ROOT, python('python'), 'test/nightly/snippets.py', output).split('\n');
  expect(errors.filter((line) => line !== '' && !INSTANCE_TYPE.test(line))).toEqual([]);
});

test('The snippets of the documentation compile in Java, except for what jsii-rosetta does not translate', () => {
  run(ROOT, process.execPath, 'scripts/package.mjs', 'java');
  const files = readdirSync(output).filter((file) => file.endsWith('.java'));
  expect(files.length).toBeGreaterThan(50);
  const options = ['-proc:none', '-Xmaxerrs', '1000', '-cp', classPath(), '-d', scratch()];
  const { stderr } = spawnSync('javac', [...options, ...files], { cwd: output, encoding: 'utf8' });
  const errors = stderr.split(/^(?=\w+\.java:\d+: error: )/m).filter((text) => text.includes(': error: '));
  expect(errors.filter((error) => !JAVA_LIMITS.some((limit) => limit.test(error)))).toEqual([]);
  const incomplete = new Set(errors.map((error) => error.slice(0, error.indexOf('.java:'))));
  expect(files.length - incomplete.size).toBeGreaterThan(40);
});
