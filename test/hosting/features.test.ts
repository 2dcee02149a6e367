import { Template } from 'aws-cdk-lib/assertions';
import { readFileSync } from 'node:fs';
import { COVERAGE, FEATURES } from '../features';
import { newStack } from '../stacks';

test.each(Object.entries(FEATURES))('The template has the properties of %s', (_, { make, type, has }) => {
  const stack = newStack();
  make(stack);
  expect(() => Template.fromStack(stack).hasResourceProperties(type, has)).not.toThrow();
});

test('Every row of the coverage table has a feature or refers to its tests', () => {
  // The other tables are those of jobs, whose requests botocore validates, and of what is not supported.
  const [table] = readFileSync(COVERAGE, 'utf8').split('\n## ');
  const rows = table
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| feature') && !line.startsWith('| ---'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const tested = new Set(Object.values(FEATURES).map(({ row }) => row));
  const untested = rows.filter(([, row, support]) => !tested.has(row) && !support.includes('`test/'));
  expect([rows.length > 25, untested]).toEqual([true, []]);
  expect([...tested].filter((row) => !rows.some(([, name]) => name === row))).toEqual([]);
});
