import { Template } from 'aws-cdk-lib/assertions';
import { REASONS, gaps } from '../../scripts/cloudformation-gaps';
import { FEATURES } from '../features';
import { newStack } from '../stacks';

test.each(Object.entries(FEATURES))('A template says it where a stack asks for %s', (_, { make, type, has }) => {
  const stack = newStack();
  make(stack);
  expect(() => Template.fromStack(stack).hasResourceProperties(type, has)).not.toThrow();
});

test('No property of CloudFormation is out of reach without a reason', () => {
  expect(gaps().filter((gap) => !(gap in REASONS))).toEqual([]);
});

test('No reason is given for what is in reach', () => {
  expect(Object.keys(REASONS).filter((reason) => !gaps().includes(reason))).toEqual([]);
});
