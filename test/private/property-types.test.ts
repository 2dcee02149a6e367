import { CfnParameter, Duration, Lazy, type Stack, Token, aws_s3 as s3 } from 'aws-cdk-lib';
import * as sm from '../../lib';
import types from '../../lib/private/property-types.json';
import { tuningDefinition } from '../jobs';
import { algorithmProps, errorOf, image, newStack } from '../stacks';

/** Callers in JavaScript and Python can pass any value. */
type Untyped = Record<string, unknown>;

const TYPE = sm.InstanceType.ML_M5_XLARGE;
const data = (stack: Stack) => s3.Bucket.fromBucketName(stack, 'Data', 'data');
const config = (stack: Stack) => sm.EndpointConfig.fromEndpointConfigName(stack, 'Config', 'config');
const model = (stack: Stack) => sm.Model.fromModelName(stack, 'Model', 'model');

interface Subject {
  readonly base: (stack: Stack) => object;
  readonly make: (stack: Stack, props: never) => unknown;
}

/** Each construct with its required properties. */
const CONSTRUCTS: Record<string, Subject> = {
  TrainingJobProps: {
    base: () => ({ image: image(), resources: sm.TrainingResources.of(TYPE) }),
    make: (stack, props) => new sm.TrainingJob(stack, 'A', props),
  },
  TuningJobProps: {
    base: () => ({ definitions: [tuningDefinition()] }),
    make: (stack, props) => new sm.TuningJob(stack, 'A', props),
  },
  TransformJobProps: {
    base: (stack) => ({
      model: model(stack),
      input: sm.TransformInput.fromBucket(data(stack), 'in/'),
      output: sm.TransformOutput.toBucket(s3.Bucket.fromBucketName(stack, 'Out', 'out'), 'out'),
      resources: sm.TransformResources.of(TYPE),
    }),
    make: (stack, props) => new sm.TransformJob(stack, 'A', props),
  },
  AlgorithmProps: { base: () => algorithmProps(), make: (stack, props) => new sm.Algorithm(stack, 'A', props) },
  ModelProps: { base: () => ({ image: image() }), make: (stack, props) => new sm.Model(stack, 'A', props) },
  ModelPackageGroupProps: { base: () => ({}), make: (stack, props) => new sm.ModelPackageGroup(stack, 'A', props) },
  ModelPackageProps: {
    base: () => ({ image: image(), inference: algorithmProps().inference }),
    make: (stack, props) => new sm.ModelPackage(stack, 'A', props),
  },
  EndpointConfigProps: {
    base: (stack) => ({
      variants: [sm.ProductionVariant.instances('a', { model: model(stack), instanceType: TYPE })],
    }),
    make: (stack, props) => new sm.EndpointConfig(stack, 'A', props),
  },
  EndpointProps: {
    base: (stack) => ({ endpointConfig: config(stack) }),
    make: (stack, props) => new sm.Endpoint(stack, 'A', props),
  },
  InferenceComponentProps: {
    base: (stack) => ({
      endpoint: sm.Endpoint.fromEndpointName(stack, 'Endpoint', 'endpoint'),
      variantName: 'a',
      model: model(stack),
    }),
    make: (stack, props) => new sm.InferenceComponent(stack, 'A', props),
  },
  ByoAlgorithmProps: {
    base: (stack) => ({ model: model(stack) }),
    make: (stack, props) => new sm.ByoAlgorithm(stack, 'A', props),
  },
  AlgorithmDashboardProps: {
    base: () => ({}),
    make: (stack, props) => new sm.AlgorithmDashboard(stack, 'A', props),
  },
};

const WRONG: Record<string, unknown> = {
  'a string': 'text',
  'a number': 5,
  'a boolean': true,
  'a list': ['text'],
  'a list of numbers': [5],
  'an object': { other: 5 },
  null: null,
};

/** The kinds of values that a type accepts at its top level. */
function accepted(type: string): string[] {
  if (type === 'any') return Object.keys(WRONG);
  if (type === 'list:string') return ['a list'];
  if (type === 'object') return ['an object'];
  return { string: ['a string'], number: ['a number'], boolean: ['a boolean'] }[type] ?? [];
}

const structs: Record<string, Record<string, string>> = types.structs;
const CASES = Object.keys(CONSTRUCTS).flatMap((struct) =>
  Object.entries(structs[struct]).map(([property, type]) => [struct, property.replace('?', ''), type] as const),
);

test.each(CASES)(
  '%s reject a wrong type of `%s` (%s) with an error that names the property',
  (struct, property, type) => {
    const { base, make } = CONSTRUCTS[struct];
    for (const [kind, value] of Object.entries(WRONG)) {
      if (accepted(type).includes(kind)) continue;
      const stack = newStack();
      const error = errorOf(() => make(stack, { ...base(stack), [property]: value } as never));
      expect(`${kind}: ${error}`).toMatch(new RegExp('`' + property + '[^`]*` (must be|is required)'));
    }
  },
);

test.each(Object.entries(CONSTRUCTS))('%s reject missing properties with an error', (_, { make }) => {
  for (const props of [5, 'text', []]) {
    expect(errorOf(() => make(newStack(), props as never))).toMatch(/the properties must be an object|is required/);
  }
});

/** Calls of methods with wrong arguments, and the error. */
const CALLS: [string, (stack: Stack) => unknown, string][] = [
  [
    'an instance type as text',
    () => sm.TrainingResources.of('ml.m5.large' as never),
    'TrainingResources.of(): `instanceType` must be of type InstanceType, for example InstanceType.of(…), got: "ml.m5.large"',
  ],
  [
    'a bucket name',
    () => sm.TrainingInput.fromBucket('data' as never, 'train/'),
    'TrainingInput.fromBucket(): `bucket` must be of type s3.IBucket, got: "data"',
  ],
  [
    'options with a wrong property',
    (stack) => sm.TrainingInput.fromBucket(data(stack), 'train/', { instanceGroups: 'a' } as never),
    '`options.instanceGroups` must be a list, got: "a"',
  ],
  [
    'a value that the enum does not have',
    (stack) => sm.TrainingInput.fromBucket(data(stack), 'train/', { inputMode: 'Tape' } as never),
    '`options.inputMode` must be one of the values of InputMode (File, FastFile, Pipe), got: "Tape"',
  ],
  [
    'a missing argument',
    () => (sm.Channel.file as () => unknown)(),
    'Channel.file(): `name` is required, and must be a string',
  ],
  [
    'an item of a wrong class',
    (stack) => new sm.Model(stack, 'Model', { containers: [{ image: 'algorithm:1' }] } as never),
    '`containers[0].image` must be of type ContainerImage, for example ContainerImage.fromAsset(…), got: "algorithm:1"',
  ],
  [
    'a map with a value of a wrong type',
    (stack) => new sm.Model(stack, 'Model', { image: image(), environment: { A: 1 } } as never),
    '`environment["A"]` must be a string, got: 1',
  ],
  [
    'a map of JavaScript',
    (stack) => new sm.Model(stack, 'Model', { image: image(), environment: new Map([['A', '1']]) } as never),
    '`environment` must be a map of names to values, got: Map',
  ],
];

test.each(CALLS)('%s is rejected', (_, call, error) => {
  expect(errorOf(() => call(newStack()))).toContain(error);
});

test('All wrong properties are listed in one error', () => {
  const props: Untyped = { image: 'a', resources: [], maxRuntime: 60, inputs: ['train'] };
  const error = errorOf(() => new sm.TrainingJob(newStack(), 'Train', props as never));
  expect(error).toContain('has 4 validation errors');
});

test('Tokens are accepted for values of every type', () => {
  const stack = newStack();
  const props = {
    image: image(),
    containerHostname: new CfnParameter(stack, 'Text').valueAsString,
    environment: { A: Lazy.string({ produce: () => '1' }) },
    networkIsolation: Token.asAny({ Ref: 'Flag' }) as never,
  };
  expect(() => new sm.Model(stack, 'Model', props)).not.toThrow();
});

test('Objects of another copy of the library are accepted, whose classes are different', () => {
  jest.isolateModules(() => {
    const other = jest.requireActual<typeof sm>('../../lib');
    const stack = newStack();
    expect(other.InstanceType).not.toBe(sm.InstanceType);
    const resources = sm.TrainingResources.of(other.InstanceType.ML_M5_XLARGE);
    const props = {
      image: other.ContainerImage.fromRegistry('111122223333.dkr.ecr.eu-west-1.amazonaws.com/a:1'),
      resources,
      maxRuntime: Duration.hours(1),
    };
    expect(() => new sm.TrainingJob(stack, 'Train', props)).not.toThrow();
  });
});

test('An object with a class whose properties are getters is accepted as the options that it has', () => {
  class Preference {
    constructor(private readonly size: string) {}

    public get instanceType(): sm.InstanceType {
      return sm.InstanceType.of(`ml.m5.${this.size}`);
    }
  }
  expect(() => sm.TrainingResources.preferring([new Preference('large'), new Preference('xlarge')])).not.toThrow();
});
