import { CfnParameter } from 'aws-cdk-lib';
import { Channel, Hyperparameter, InstanceType, MetricDefinition, Processor, Architecture, ModelData } from '../../lib';
import { algorithmProps, errorOf, newAlgorithm, newStack, onlyResource } from '../stacks';

const long = (length: number): string => 'a'.repeat(length);

/** One bad value for each rule: what is made, and what the error must say. Good values at the edge stand beside it. */
const RULES: [string, { bad: () => unknown; good: () => unknown; fault: string }][] = [
  [
    'a hyperparameter name has at most 256 characters',
    {
      bad: () => Hyperparameter.freeText(long(257)),
      good: () => Hyperparameter.freeText(long(256)),
      fault: '`name` must have at most 256 characters, got 257',
    },
  ],
  [
    'a hyperparameter has a name',
    {
      bad: () => Hyperparameter.freeText(''),
      good: () => Hyperparameter.freeText('a'),
      fault: '`name` must not be empty',
    },
  ],
  [
    'a hyperparameter description has at most 1024 characters',
    {
      bad: () => Hyperparameter.freeText('a', { description: long(1025) }),
      good: () => Hyperparameter.freeText('a', { description: long(1024) }),
      fault: '`description` must have at most 1024 characters, got 1025',
    },
  ],
  [
    'a text default has at most 2500 characters',
    {
      bad: () => Hyperparameter.freeText('a', { defaultValue: long(2501) }),
      good: () => Hyperparameter.freeText('a', { defaultValue: long(2500) }),
      fault: '`defaultValue` must have at most 2500 characters, got 2501',
    },
  ],
  [
    'an integer default is not below the range',
    {
      bad: () => Hyperparameter.integer('a', { min: 1, max: 9, defaultValue: 0 }),
      good: () => Hyperparameter.integer('a', { min: 1, max: 9, defaultValue: 1 }),
      fault: '`defaultValue` must be at least 1, got 0',
    },
  ],
  [
    'a continuous default is not above the range',
    {
      bad: () => Hyperparameter.continuous('a', { min: 0, max: 1, defaultValue: 1.01 }),
      good: () => Hyperparameter.continuous('a', { min: 0, max: 1, defaultValue: 1 }),
      fault: '`defaultValue` must be at most 1, got 1.01',
    },
  ],
  [
    'an integer default is whole',
    {
      bad: () => Hyperparameter.integer('a', { min: 0, max: 9, defaultValue: 1.5 }),
      good: () => Hyperparameter.integer('a', { min: 0, max: 9, defaultValue: 2 }),
      fault: '`defaultValue` must be a whole number, got 1.5',
    },
  ],
  [
    'an integer bound is whole',
    {
      bad: () => Hyperparameter.integer('a', { min: 0.5, max: 9 }),
      good: () => Hyperparameter.integer('a', { min: 0, max: 9 }),
      fault: '`min` must be a whole number, got 0.5',
    },
  ],
  [
    'a bound is a number',
    {
      bad: () => Hyperparameter.continuous('a', { min: 0, max: Infinity }),
      good: () => Hyperparameter.continuous('a', { min: 0, max: 1e300 }),
      fault: '`max` must be a number',
    },
  ],
  [
    'a range does not run backwards',
    {
      bad: () => Hyperparameter.integer('a', { min: 2, max: 1 }),
      good: () => Hyperparameter.integer('a', { min: 1, max: 1 }),
      fault: '`min` must not be above `max`, got 2 and 1',
    },
  ],
  [
    'a categorical default is one of the values',
    {
      bad: () => Hyperparameter.categorical('a', { values: ['x', 'y'], defaultValue: 'z' }),
      good: () => Hyperparameter.categorical('a', { values: ['x', 'y'], defaultValue: 'y' }),
      fault: '`defaultValue` must be one of x, y, got: "z"',
    },
  ],
  [
    'a categorical hyperparameter has at most 30 values',
    {
      bad: () => Hyperparameter.categorical('a', { values: [...Array(31).keys()].map(String) }),
      good: () => Hyperparameter.categorical('a', { values: [...Array(30).keys()].map(String) }),
      fault: '`values` must have 1 to 30 entries, got 31',
    },
  ],
  [
    'a categorical value has at most 256 characters',
    {
      bad: () => Hyperparameter.categorical('a', { values: [long(257)] }),
      good: () => Hyperparameter.categorical('a', { values: [long(256)] }),
      fault: '`values[0]` must have at most 256 characters, got 257',
    },
  ],
  [
    'categorical values are distinct',
    {
      bad: () => Hyperparameter.categorical('a', { values: ['x', 'x'] }),
      good: () => Hyperparameter.categorical('a', { values: ['x', 'X'] }),
      fault: '`values` must be unique, got more than one "x"',
    },
  ],
  [
    'a required hyperparameter has no default',
    {
      bad: () => Hyperparameter.freeText('a', { required: true, defaultValue: 'x' }),
      good: () => Hyperparameter.freeText('a', { required: true }),
      fault: '`required` must not be set together with `defaultValue`',
    },
  ],
  [
    'a channel name has at most 64 characters',
    {
      bad: () => Channel.file(long(65)),
      good: () => Channel.file(long(64)),
      fault: '`name` must have 1 to 64 characters, got 65',
    },
  ],
  [
    'a channel name is made of letters, digits, dots, hyphens and underscores',
    {
      bad: () => Channel.file('my channel'),
      good: () => Channel.file('my.channel_1-a'),
      fault: '`name` must consist of letters, digits, dots, hyphens and underscores, got: "my channel"',
    },
  ],
  [
    'a channel has an input mode',
    {
      bad: () => Channel.of('a', { inputModes: [] }),
      good: () => Channel.file('a'),
      fault: '`inputModes` must have at least 1 entries, got 0',
    },
  ],
  [
    'a content type has at most 256 characters',
    {
      bad: () => Channel.file('a', { contentTypes: [long(257)] }),
      good: () => Channel.file('a', { contentTypes: [long(256)] }),
      fault: '`contentTypes[0]` must have at most 256 characters, got 257',
    },
  ],
  [
    'a metric name has at most 255 characters',
    {
      bad: () => MetricDefinition.of(long(256), '(1)'),
      good: () => MetricDefinition.of(long(255), '(1)'),
      fault: '`name` must have 1 to 255 characters, got 256',
    },
  ],
  [
    'a metric expression has at most 500 characters',
    {
      bad: () => MetricDefinition.of('m', `(${long(499)})`),
      good: () => MetricDefinition.of('m', `(${long(498)})`),
      fault: '`regex` must have 1 to 500 characters, got 501',
    },
  ],
  [
    'a metric expression captures the number',
    {
      bad: () => MetricDefinition.of('m', 'auc=[0-9.]+'),
      good: () => MetricDefinition.of('m', 'auc=(?P<value>[0-9.]+)'),
      fault: '`regex` must capture the number in a group, for example "auc=([0-9.]+)", got: "auc=[0-9.]+"',
    },
  ],
  [
    'an instance type has its prefix',
    {
      bad: () => InstanceType.of('m5.xlarge'),
      good: () => InstanceType.of('ml.p6e-gb200.36xlarge'),
      fault: 'Instance type must look like "ml.<family>.<size>", for example "ml.m5.xlarge", got: "m5.xlarge".',
    },
  ],
  [
    'model data is a .tar.gz',
    {
      bad: () => ModelData.fromAsset('model.zip'),
      good: () => ModelData.fromAsset('model.tar.gz'),
      fault: '`file` must end in ".tar.gz", the only archive that SageMaker unpacks, got: "model.zip"',
    },
  ],
];

describe('A value is refused unless', () => {
  test.each(RULES)('%s', (_, { bad, good, fault }) => {
    expect(errorOf(bad)).toContain(fault);
    expect(good).not.toThrow();
  });
});

test('All validation errors of a value are in one error, which names it', () => {
  expect(errorOf(() => Hyperparameter.integer('depth', { min: 3, max: 1, defaultValue: 0.5, required: true }))).toBe(
    'Hyperparameter "depth" has 3 validation errors:' +
      '\n  - `required` must not be set together with `defaultValue`: a default makes it optional' +
      '\n  - `min` must not be above `max`, got 3 and 1' +
      '\n  - `defaultValue` must be a whole number, got 0.5',
  );
});

test('Values known at deployment only pass every check, and are rendered as references', () => {
  const stack = newStack();
  const text = new CfnParameter(stack, 'Text').valueAsString;
  const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
  newAlgorithm(stack, {
    description: text,
    hyperparameters: [
      Hyperparameter.integer('a', { min: number, max: number, defaultValue: number }),
      Hyperparameter.freeText('b', { defaultValue: text }),
    ],
    channels: [Channel.file(text)],
    metrics: [...(algorithmProps().metrics ?? []), MetricDefinition.of(text, text)],
    trainingInstanceTypes: [InstanceType.of(text)],
  });
  expect(onlyResource(stack, 'AWS::SageMaker::Algorithm')).toMatchObject({
    AlgorithmDescription: { Ref: 'Text' },
    TrainingSpecification: {
      SupportedHyperParameters: [
        {
          DefaultValue: { Ref: 'Number' },
          Range: { IntegerParameterRangeSpecification: { MinValue: { Ref: 'Number' }, MaxValue: { Ref: 'Number' } } },
        },
        { DefaultValue: { Ref: 'Text' } },
      ],
      SupportedTrainingInstanceTypes: [{ Ref: 'Text' }],
    },
  });
});

describe('An instance type knows its processor and its architecture', () => {
  test.each([
    ['ml.m5.xlarge', Processor.CPU, Architecture.X86_64],
    ['ml.c7i.large', Processor.CPU, Architecture.X86_64],
    ['ml.c6gn.large', Processor.CPU, Architecture.ARM64],
    ['ml.m8g.large', Processor.CPU, Architecture.ARM64],
    ['ml.r7gd.large', Processor.CPU, Architecture.ARM64],
    ['ml.g4dn.xlarge', Processor.GPU, Architecture.X86_64],
    ['ml.g6e.xlarge', Processor.GPU, Architecture.X86_64],
    ['ml.gr6.4xlarge', Processor.GPU, Architecture.X86_64],
    ['ml.p5en.48xlarge', Processor.GPU, Architecture.X86_64],
    ['ml.p6e-gb200.36xlarge', Processor.GPU, Architecture.ARM64],
    ['ml.inf2.xlarge', Processor.NEURON, Architecture.X86_64],
    ['ml.trn1n.32xlarge', Processor.NEURON, Architecture.X86_64],
  ])('%s: %s, %s', (name, processor, architecture) => {
    expect(InstanceType.of(name)).toMatchObject({ processor, architecture });
  });

  test('nothing, when its name is known at deployment only', () => {
    const type = InstanceType.of(new CfnParameter(newStack(), 'Type').valueAsString);
    expect(type).toMatchObject({ processor: undefined, architecture: undefined });
  });
});
