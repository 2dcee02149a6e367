import {
  type AlgorithmProps,
  Channel,
  EndpointConfig,
  Hyperparameter,
  InstanceType,
  MetricDefinition,
  Model,
  ModelPackageGroup,
  ProductionVariant,
} from '../lib';
import { algorithmProps, errorOf, image, newAlgorithm, newStack } from './stacks';

const many = <T>(count: number, make: (name: string) => T): T[] => [...Array(count).keys()].map((i) => make(`n${i}`));
const long = (length: number): string => 'a'.repeat(length);
const inference = (overrides: object): Partial<AlgorithmProps> => {
  const { inference: base } = algorithmProps();
  return base === undefined ? {} : { inference: { ...base, ...overrides } };
};
const environment = (count: number): object => Object.fromEntries(many(count, (name) => [name, '1']));
const variants = (count: number) => {
  const stack = newStack();
  const model = new Model(stack, 'Model', { image: image() });
  const all = many(count, (name) =>
    ProductionVariant.instances(name, { model, instanceType: InstanceType.ML_C7I_LARGE }),
  );
  return new EndpointConfig(stack, 'Config', { variants: all });
};
const algorithm = (overrides: Partial<AlgorithmProps>) => newAlgorithm(newStack(), overrides);
const model = (variables: object) =>
  new Model(newStack(), 'Model', { image: image(), environment: variables as Record<string, string> });

/** Limits of lists, maps and names: what makes one of a size, the largest size that is allowed, and what the error says. */
const LIMITS: [string, (size: number) => unknown, number, string][] = [
  [
    'channels of an algorithm',
    (n) => algorithm({ channels: many(n, (name) => Channel.file(name)) }),
    8,
    '`channels` must have 1 to 8 entries, got 9',
  ],
  [
    'hyperparameters of an algorithm',
    (n) => algorithm({ hyperparameters: many(n, (name) => Hyperparameter.freeText(name)) }),
    100,
    '`hyperparameters` must have at most 100 entries, got 101',
  ],
  [
    'metrics of an algorithm',
    (n) => algorithm({ metrics: many(n, (name) => MetricDefinition.of(name, '(1)')), objectives: [] }),
    40,
    '`metrics` must have at most 40 entries, got 41',
  ],
  [
    'characters of an algorithm’s description',
    (n) => algorithm({ description: long(n) }),
    1024,
    '`description` must have at most 1024 characters, got 1025: "aaa',
  ],
  [
    'characters of an algorithm’s prefix',
    (n) => algorithm({ algorithmName: long(n) }),
    52,
    '`algorithmName` must have at most 52 characters',
  ],
  [
    'characters of a content type',
    (n) => algorithm(inference({ contentTypes: [long(n)] })),
    256,
    '`inference.contentTypes[0]` must have at most 256 characters, got 257',
  ],
  [
    'characters of a response type',
    (n) => algorithm(inference({ responseMimeTypes: [`text/${long(n - 5)}`] })),
    1024,
    '`inference.responseMimeTypes[0]` must have at most 1024 characters, got 1025',
  ],
  [
    'variables of a container',
    (n) => model(environment(n)),
    100,
    '`environment` must have at most 100 entries, got 101',
  ],
  [
    'characters of a variable’s name',
    (n) => model({ [long(n)]: '' }),
    1024,
    'must have at most 1024 characters, got 1025',
  ],
  [
    'characters of a variable’s value',
    (n) => model({ A: long(n) }),
    1024,
    '`environment["A"]` must have at most 1024 characters, got 1025',
  ],
  ['variants of an endpoint', variants, 10, '`variants` must have 1 to 10 entries, got 11'],
  [
    'characters of a group’s name',
    (n) => new ModelPackageGroup(newStack(), 'Group', { modelPackageGroupName: long(n) }),
    63,
    '`modelPackageGroupName` must have 1 to 63 characters, got 64',
  ],
  [
    'characters of a variant’s name',
    (n) => {
      const stack = newStack();
      const options = { model: new Model(stack, 'Model', { image: image() }), instanceType: InstanceType.ML_C7I_LARGE };
      return ProductionVariant.instances(long(n), options);
    },
    63,
    '`variantName` must have at most 63 characters, got 64',
  ],
];

test.each(LIMITS)('The number of %s is limited', (_, make, largest, fault) => {
  expect(() => make(largest)).not.toThrow();
  expect(errorOf(() => make(largest + 1))).toContain(fault);
});
