import { App, CfnParameter, NestedStack, Stack, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  Algorithm,
  AlgorithmProvisioning,
  Endpoint,
  InstanceType,
  Model,
  ModelPackageGroup,
  TrainingJob,
  TrainingResources,
} from '../../lib';
import { newConfig } from '../features';
import { algorithmProps, errorOf, image, newStack, startJson } from '../stacks';

const train = (stack: Stack, id = 'Train') =>
  new TrainingJob(stack, id, { image: image(), resources: TrainingResources.of(InstanceType.ML_M5_XLARGE) });
const JOB = 'Custom::SageMakerTrainingJob';
const tagsOf = (stack: Stack, type = JOB): unknown => startJson(stack, type, 'Tags');
const start = (stack: Stack): string[] => Object.keys(Template.fromStack(stack).findResources(JOB));
const synthError = (stack: Stack): string => errorOf(() => App.of(stack)?.synth());
const tagged = (tags: Record<string, string>): Stack => new Stack(new App(), 'Stack', { tags });

describe('The tags of a job', () => {
  test('contain the tags of its stack, which CloudFormation gives to its other resources', () => {
    const stack = tagged({ CostCenter: '42' });
    train(stack);
    expect(tagsOf(stack)).toEqual([{ Key: 'CostCenter', Value: '42' }]);
  });

  test('of the construct take precedence over those of the stack', () => {
    const stack = tagged({ CostCenter: '42', Team: 'a' });
    Tags.of(train(stack)).add('CostCenter', '43');
    expect(tagsOf(stack)).toEqual([
      { Key: 'CostCenter', Value: '43' },
      { Key: 'Team', Value: 'a' },
    ]);
  });

  test('contain the tags of the parents of a nested stack', () => {
    const stack = tagged({ CostCenter: '42', Team: 'a' });
    const nested = new NestedStack(stack, 'Nested');
    nested.tags.setTag('Team', 'b');
    train(nested);
    expect(tagsOf(nested)).toEqual([
      { Key: 'CostCenter', Value: '42' },
      { Key: 'Team', Value: 'b' },
    ]);
  });

  test('contain the tags of the stack for an algorithm that a custom resource creates', () => {
    const stack = tagged({ CostCenter: '42' });
    new Algorithm(stack, 'Algorithm', algorithmProps({ provisioning: AlgorithmProvisioning.CUSTOM_RESOURCE }));
    expect(tagsOf(stack, 'Custom::SageMakerAlgorithm')).toEqual([{ Key: 'CostCenter', Value: '42' }]);
  });

  test('are not part of the job identity: another tag of the stack does not start a new job', () => {
    const [one, other] = [tagged({ CostCenter: '42' }), tagged({ CostCenter: '43' })];
    [one, other].forEach((stack) => train(stack));
    expect(start(one)).toEqual(start(other));
  });
});

/** Each resource with tags. */
const TAGGED: [string, (stack: Stack) => unknown][] = [
  ['training job', (stack) => train(stack)],
  ['algorithm', (stack) => new Algorithm(stack, 'Algorithm', algorithmProps())],
  ['model', (stack) => new Model(stack, 'Model', { image: image() })],
  ['model package group', (stack) => new ModelPackageGroup(stack, 'Group')],
  ['endpoint configuration', (stack) => newConfig(stack)],
  ['endpoint', (stack) => new Endpoint(stack, 'Endpoint', { endpointConfig: newConfig(stack) })],
];

describe.each(TAGGED)('The tags of a %s', (_, make) => {
  test('are accepted at their limits', () => {
    const stack = newStack();
    make(stack);
    Tags.of(stack).add('k'.repeat(128), 'v'.repeat(256));
    for (let i = 0; i < 43; i++) Tags.of(stack).add(`key${i}`, '');
    expect(() => App.of(stack)?.synth()).not.toThrow();
  });

  test.each<[string, string, string]>([
    ['aws:owner', 'a', '`tags key "aws:owner"` must not start with "aws:", which is reserved for AWS'],
    ['AWS:owner', 'a', 'must not start with "aws:"'],
    ['k'.repeat(129), 'a', 'must have 1 to 128 characters, got 129'],
    ['key', 'v'.repeat(257), '`tags["key"]` must have at most 256 characters, got 257'],
    ['key?', 'a', 'must consist of letters, digits, spaces and the characters _ . : / = + - @'],
    ['key', 'a\nb', 'must consist of letters, digits, spaces'],
  ])('are rejected at synthesis with the key %s and the value %s, after all aspects have run', (key, value, error) => {
    const stack = newStack();
    make(stack);
    Tags.of(stack).add(key, value);
    expect(synthError(stack)).toContain(error);
  });

  test('are rejected if there are more than 50', () => {
    const stack = newStack();
    make(stack);
    for (let i = 0; i < 51; i++) Tags.of(stack).add(`key${i}`, '');
    expect(synthError(stack)).toMatch(/`tags` must have at most (50|44) entries, with those of the stack, got 51/);
  });

  test('are accepted if a value is a token', () => {
    const stack = newStack();
    make(stack);
    Tags.of(stack).add('key', new CfnParameter(stack, 'Value').valueAsString);
    expect(() => App.of(stack)?.synth()).not.toThrow();
  });
});

test('A job can have 44 tags, since the handler adds up to 6', () => {
  const stack = newStack();
  train(stack);
  for (let i = 0; i < 48; i++) Tags.of(stack).add(`key${i}`, '');
  expect(synthError(stack)).toContain('`tags` must have at most 44 entries, with those of the stack, got 48');
});
