import { Template } from 'aws-cdk-lib/assertions';
import { readFileSync } from 'node:fs';
import { REASONS, gaps } from '../../scripts/cloudformation-gaps';
import { COVERAGE, FEATURES } from '../features';
import { newStack } from '../stacks';

test.each(Object.entries(FEATURES))('A template says it where a stack asks for %s', (_, { make, type, has }) => {
  const stack = newStack();
  make(stack);
  expect(() => Template.fromStack(stack).hasResourceProperties(type, has)).not.toThrow();
});

test('No property of CloudFormation is out of reach without a reason, and no reason is given for what is in reach', () => {
  expect(gaps().sort()).toEqual(Object.keys(REASONS).sort());
});

test('Every row of the table of coverage has a feature, or says where its tests are', () => {
  const rows = readFileSync(COVERAGE, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| feature') && !line.startsWith('| ---'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const tested = new Set(Object.values(FEATURES).map(({ row }) => row));
  const bare = rows.filter(([, row, here]) => !tested.has(row) && !here.includes('`test/'));
  expect([rows.length > 25, bare]).toEqual([true, []]);
  expect([...tested].filter((row) => !rows.some(([, name]) => name === row))).toEqual([]);
});
