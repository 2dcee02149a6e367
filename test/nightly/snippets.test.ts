import { mkdirSync } from 'node:fs';
import * as path from 'node:path';
import { ROOT, python, run, scratch } from '../interop/project';

/** jsii separates digits and letters in these names in Python, which jsii-rosetta does not know: `ML_C7_I_LARGE`. */
const INSTANCE_TYPE = /: InstanceType\.ML_\w+ does not exist$/;

test('The snippets of the documentation are valid in Python, and refer only to names that exist', () => {
  const output = path.join(scratch(), 'snippets');
  mkdirSync(output);
  run(ROOT, 'bash', 'scripts/python.sh');
  const summary = run(ROOT, process.execPath, 'scripts/transliterate.mjs', output);
  const [, translated, all] = /(\d+) of (\d+) snippets/.exec(summary) ?? [];
  expect(Number(translated)).toBeGreaterThan(0.9 * Number(all));
  const errors = run(ROOT, python('python'), 'test/nightly/snippets.py', output).split('\n');
  expect(errors.filter((line) => line !== '' && !INSTANCE_TYPE.test(line))).toEqual([]);
});
