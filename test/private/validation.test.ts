import { CfnParameter, Duration } from 'aws-cdk-lib';
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
} from '../../lib';
import { type Shape, ValidationErrors, quote } from '../../lib/private/validation';
import { algorithmProps, errorOf, image, newAlgorithm, newStack } from '../stacks';

const many = <T>(count: number, create: (name: string) => T): T[] =>
  [...Array(count).keys()].map((i) => create(`n${i}`));
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

/** The limits of lists, maps and texts: a function that creates one of a size, the maximum size, and the error of a larger one. */
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
    "characters of an algorithm's description",
    (n) => algorithm({ description: long(n) }),
    1024,
    '`description` must have at most 1024 characters, got 1025: "aaa',
  ],
  [
    "characters of an algorithm's name",
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
    'characters of a response MIME type',
    (n) => algorithm(inference({ responseMimeTypes: [`text/${long(n - 5)}`] })),
    1024,
    '`inference.responseMimeTypes[0]` must have at most 1024 characters, got 1025',
  ],
  [
    'environment variables of a container',
    (n) => model(environment(n)),
    100,
    '`environment` must have at most 100 entries, got 101',
  ],
  [
    "characters of an environment variable's name",
    (n) => model({ [long(n)]: '' }),
    1024,
    'must have at most 1024 characters, got 1025',
  ],
  [
    "characters of an environment variable's value",
    (n) => model({ A: long(n) }),
    1024,
    '`environment["A"]` must have at most 1024 characters, got 1025',
  ],
  ['variants of an endpoint configuration', variants, 10, '`variants` must have 1 to 10 entries, got 11'],
  [
    "characters of a model package group's name",
    (n) => new ModelPackageGroup(newStack(), 'Group', { modelPackageGroupName: long(n) }),
    63,
    '`modelPackageGroupName` must have 1 to 63 characters, got 64',
  ],
  [
    "characters of a variant's name",
    (n) => {
      const stack = newStack();
      const options = { model: new Model(stack, 'Model', { image: image() }), instanceType: InstanceType.ML_C7I_LARGE };
      return ProductionVariant.instances(long(n), options);
    },
    63,
    '`variantName` must have at most 63 characters, got 64',
  ],
];

test.each(LIMITS)('The maximum number of %s is accepted, and one more is rejected', (_, create, maximum, error) => {
  expect(() => create(maximum)).not.toThrow();
  expect(errorOf(() => create(maximum + 1))).toContain(error);
});

describe('Validation errors', () => {
  const parameter = (type: 'String' | 'Number') => new CfnParameter(newStack(), 'Parameter', { type });
  let errors: ValidationErrors;
  beforeEach(() => {
    errors = new ValidationErrors('Job "a"', 'training-and-tuning');
  });

  test('do not throw if there is none', () => {
    errors.when(false, 'error');
    expect(() => errors.throwIfAny()).not.toThrow();
  });

  test('throw a single error on one line with the subject', () => {
    errors.when(true, '`name` must not be empty');
    expect(errorOf(() => errors.throwIfAny())).toBe('Job "a": `name` must not be empty');
  });

  test('list several errors, and only count those after the 20th', () => {
    many(22, (name) => errors.add(name));
    const lines = errorOf(() => errors.throwIfAny()).split('\n');
    expect(lines.slice(0, 2)).toEqual(['Job "a" has 22 validation errors:', '  - n0']);
    expect(lines.slice(-2)).toEqual(['  - n19', '  and 2 more']);
  });

  test.each<[string, Shape, unknown, string]>([
    ['a number below the minimum', 'TransformInstanceCount', 0, 'must be at least 1, got 0'],
    ['a text without a match of the pattern', 'EntityName', 'a b', 'must start and end with a letter or digit'],
    [
      'a value that is not in the enum',
      'TrainingInputMode',
      'Tape',
      'must be one of Pipe, File, FastFile, got: "Tape"',
    ],
    ['a list with too many entries', 'InstanceGroupNames', many(6, String), 'must have at most 5 entries, got 6'],
    ['a text with too many code points', 'EntityName', '𝄞'.repeat(64), 'must have 1 to 63 characters, got 64'],
  ])('contain %s', (_, shape, value, error) => {
    errors.check('property', shape, value);
    expect(errors.list()).toEqual([expect.stringContaining(`\`property\` ${error}`)]);
  });

  test('contain the seconds of a duration that exceeds the limit', () => {
    errors.checkSeconds('keepAlive', 'KeepAlivePeriodInSeconds', Duration.hours(7));
    expect(errors.list()).toEqual(['`keepAlive (seconds)` must be at most 21600, got 25200']);
  });

  test('contain each invalid key and value of a map', () => {
    const shapes = { map: 'EnvironmentMap', key: 'EnvironmentKey', value: 'EnvironmentValue' } as const;
    errors.checkMap('environment', shapes, { '1': 'a', A: long(1025) });
    expect(errors.list()).toEqual([
      expect.stringContaining('`environment key "1"` must be a variable name'),
      expect.stringContaining('`environment["A"]` must have at most 1024 characters, got 1025'),
    ]);
  });

  test('contain the index of each invalid item of a list', () => {
    errors.checkEach('names', 'InstanceGroupNames', 'InstanceGroupName', ['a', '']);
    expect(errors.list()).toEqual([expect.stringContaining('`names[1]` must have')]);
  });

  test('contain each duplicate name once', () => {
    errors.checkUnique('names', ['a', 'b', 'a', 'a']);
    expect(errors.list()).toEqual(['`names` must be unique, got more than one "a"']);
  });

  test('contain fractions and numbers that are not positive', () => {
    errors.checkWholeNumber('count', 1.5);
    errors.checkPositive('weight', 0);
    expect(errors.list()).toEqual(['`count` must be a whole number, got 1.5', '`weight` must be more than 0, got 0']);
  });

  test('contain tokens where a known value is required', () => {
    const duration = Duration.seconds(parameter('Number').valueAsNumber);
    errors.checkKnown({ count: 1, size: parameter('Number').valueAsNumber, duration, period: Duration.hours(1) });
    expect(errors.list()).toEqual([
      expect.stringContaining('`size` must not be a token'),
      expect.stringContaining('`duration` must not be a token'),
    ]);
  });

  test('do not contain tokens in any other check', () => {
    const [text, number] = [parameter('String').valueAsString, parameter('Number').valueAsNumber];
    errors.check('property', 'EntityName', text);
    errors.checkSeconds('keepAlive', 'KeepAlivePeriodInSeconds', Duration.seconds(number));
    errors.checkEach('names', 'InstanceGroupNames', 'InstanceGroupName', [text]);
    errors.checkUnique('names', [text, text]);
    errors.checkWholeNumber('count', number);
    errors.checkPositive('weight', number);
    expect(errors.list()).toEqual([]);
  });
});

test('A long value in an error is truncated', () => {
  expect(quote('"')).toBe('"\\""');
  expect(quote(long(81))).toBe(`"${long(77)}..."`);
});
