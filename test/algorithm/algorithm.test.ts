import { App, CfnParameter, Stack, Tags, aws_iam as iam } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import {
  Algorithm,
  AlgorithmImages,
  Architecture,
  Channel,
  ContentCompression,
  ContainerImage,
  type ContainerImageConfig,
  type ImageCharacteristics,
  Hyperparameter,
  InputMode,
  InstanceType,
  MetricDefinition,
  Objective,
  Processor,
} from '../../lib';
import {
  ACCOUNT,
  REGION,
  algorithmProps,
  errorOf,
  image,
  newAlgorithm,
  newStack,
  onlyResource,
  placedStack,
} from '../stacks';

const TYPE = 'AWS::SageMaker::Algorithm';

/** The properties of an algorithm, without its name. */
function rendered(overrides: Parameters<typeof algorithmProps>[0] = {}): Record<string, unknown> {
  const stack = newStack();
  newAlgorithm(stack, overrides);
  return onlyResource(stack, TYPE);
}

class ImageFor extends ContainerImage {
  constructor(characteristics: ImageCharacteristics) {
    super(characteristics);
  }

  public bind(): ContainerImageConfig {
    return { imageUri: 'example.com/own:1' };
  }
}

describe('An algorithm', () => {
  test('renders its images, channels, hyperparameters, metrics and objectives', () => {
    expect(rendered()).toMatchObject({
      TrainingSpecification: {
        TrainingImage: 'example.com/algorithm:1',
        SupportedHyperParameters: [
          {
            Name: 'max_depth',
            Type: 'Integer',
            Range: { IntegerParameterRangeSpecification: { MinValue: '1', MaxValue: '64' } },
            IsTunable: true,
            DefaultValue: '6',
          },
        ],
        SupportedTrainingInstanceTypes: ['ml.m5.xlarge'],
        SupportsDistributedTraining: false,
        TrainingChannels: [
          { Name: 'train', IsRequired: true, SupportedContentTypes: ['text/csv'], SupportedInputModes: ['File'] },
        ],
        MetricDefinitions: [{ Name: 'validation:auc', Regex: 'auc=([0-9.]+)' }],
        SupportedTuningJobObjectiveMetrics: [{ Type: 'Maximize', MetricName: 'validation:auc' }],
      },
      InferenceSpecification: {
        Containers: [{ Image: 'example.com/algorithm:1' }],
        SupportedContentTypes: ['text/csv'],
        SupportedResponseMIMETypes: ['application/json'],
        SupportedRealtimeInferenceInstanceTypes: ['ml.c7i.large'],
        SupportedTransformInstanceTypes: ['ml.m5.xlarge'],
      },
    });
  });

  test('renders everything else that is set', () => {
    const { inference } = algorithmProps();
    expect(
      rendered({
        description: 'Finds churn',
        certifyForMarketplace: true,
        supportsDistributedTraining: true,
        inference: inference && { ...inference, environment: { LOG_LEVEL: 'debug' } },
        hyperparameters: [
          Hyperparameter.continuous('eta', { min: 0.001, max: 1, defaultValue: 0.3, description: 'Step size' }),
          Hyperparameter.categorical('booster', { values: ['tree', 'linear'], required: true, tunable: true }),
          Hyperparameter.freeText('note', { defaultValue: '' }),
        ],
        channels: [
          Channel.of('train', {
            inputModes: [InputMode.FILE, InputMode.PIPE],
            compressionTypes: [ContentCompression.NONE, ContentCompression.GZIP],
            description: 'Rows',
          }),
          Channel.pipe('extra', { required: false }),
          Channel.fastFile('more'),
        ],
        objectives: [Objective.minimize('validation:auc')],
      }),
    ).toMatchObject({
      AlgorithmDescription: 'Finds churn',
      CertifyForMarketplace: true,
      TrainingSpecification: {
        SupportsDistributedTraining: true,
        SupportedHyperParameters: [
          {
            Name: 'eta',
            Type: 'Continuous',
            Range: { ContinuousParameterRangeSpecification: { MinValue: '0.001', MaxValue: '1' } },
            DefaultValue: '0.3',
            Description: 'Step size',
          },
          {
            Name: 'booster',
            Type: 'Categorical',
            Range: { CategoricalParameterRangeSpecification: { Values: ['tree', 'linear'] } },
            IsRequired: true,
            IsTunable: true,
          },
          { Name: 'note', Type: 'FreeText', DefaultValue: '' },
        ],
        TrainingChannels: [
          {
            Name: 'train',
            Description: 'Rows',
            SupportedContentTypes: [],
            SupportedCompressionTypes: ['None', 'Gzip'],
            SupportedInputModes: ['File', 'Pipe'],
          },
          { Name: 'extra', IsRequired: false, SupportedInputModes: ['Pipe'] },
          { Name: 'more', IsRequired: true, SupportedInputModes: ['FastFile'] },
        ],
        SupportedTuningJobObjectiveMetrics: [{ Type: 'Minimize', MetricName: 'validation:auc' }],
      },
      InferenceSpecification: { Containers: [{ Environment: { LOG_LEVEL: 'debug' } }] },
    });
  });

  test('has an image for each purpose when they are split', () => {
    expect(
      rendered({ images: AlgorithmImages.split({ training: image('train'), inference: image('serve') }) }),
    ).toMatchObject({
      TrainingSpecification: { TrainingImage: 'example.com/algorithm:train' },
      InferenceSpecification: { Containers: [{ Image: 'example.com/algorithm:serve' }] },
    });
  });

  test('has no inference specification when it only trains', () => {
    const props = rendered({ images: AlgorithmImages.trainingOnly(image()), inference: undefined });
    expect(props).not.toHaveProperty('InferenceSpecification');
  });

  test('carries the tags of its scope', () => {
    const stack = newStack();
    newAlgorithm(stack);
    Tags.of(stack).add('team', 'fraud');
    expect(onlyResource(stack, TYPE).Tags).toEqual([{ Key: 'team', Value: 'fraud' }]);
  });

  test('lets its L1 be reached through the default child', () => {
    expect(newAlgorithm(newStack()).node.defaultChild).toMatchObject({ cfnResourceType: TYPE });
  });

  test('lets jobs describe it, and nothing else', () => {
    const stack = placedStack();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    const algorithm = newAlgorithm(stack, { algorithmName: 'Churn' });
    algorithm.grantDescribe(role);
    const name = (stack.resolve(algorithm.algorithmName) as string).toLowerCase();
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sagemaker:DescribeAlgorithm',
            Resource: {
              'Fn::Join': [
                '',
                ['arn:', { Ref: 'AWS::Partition' }, `:sagemaker:${REGION}:${ACCOUNT}:algorithm/${name}`],
              ],
            },
          },
        ],
      },
    });
  });

  test('is warned of when it lists an instance type that was not known', () => {
    const stack = newStack();
    newAlgorithm(stack, { trainingInstanceTypes: [InstanceType.of('ml.z9.large')] });
    Annotations.fromStack(stack).hasWarning(
      '*',
      Match.stringLikeRegexp('Not known as instance types for training.*ml.z9.large'),
    );
  });

  test('is warned of when an image for CPU is listed with a GPU type', () => {
    const stack = newStack();
    const images = AlgorithmImages.combined(new ImageFor({ processor: Processor.CPU }));
    newAlgorithm(stack, { images, trainingInstanceTypes: [InstanceType.ML_G5_XLARGE] });
    Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('ml.g5.xlarge is paid for its GPU'));
  });

  test('is not questioned when nothing is declared of its image', () => {
    const stack = newStack();
    newAlgorithm(stack, { trainingInstanceTypes: [InstanceType.ML_G5_XLARGE] });
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

describe('A definition of an algorithm is refused', () => {
  test('with all its validation errors in one error', () => {
    const message = errorOf(() =>
      newAlgorithm(newStack(), {
        algorithmName: 'no_underscores',
        description: 'x'.repeat(1025),
        channels: [],
        trainingInstanceTypes: [],
        objectives: [Objective.maximize('loss')],
      }),
    );
    expect(message).toContain('Algorithm Stack/Algorithm has 5 validation errors:');
    expect(message).toContain('`algorithmName` must start and end with a letter or digit');
    expect(message).toContain('`description` must have at most 1024 characters, got 1025');
    expect(message).toContain('`channels` must have 1 to 8 entries, got 0');
    expect(message).toContain('`trainingInstanceTypes` must have at least 1 entry, got 0');
    expect(message).toContain('`objectives` must each name one of `metrics` (validation:auc), got: "loss"');
  });

  const { inference } = algorithmProps();
  test.each([
    [
      'an objective names no metric, since there is none',
      { metrics: [] },
      '`objectives` must each name one of `metrics` (none is defined)',
    ],
    [
      'two channels share a name',
      { channels: [Channel.file('train'), Channel.pipe('train')] },
      '`channels` must be unique, got more than one "train"',
    ],
    [
      'two hyperparameters share a name',
      { hyperparameters: [Hyperparameter.freeText('a'), Hyperparameter.freeText('a')] },
      '`hyperparameters` must be unique, got more than one "a"',
    ],
    [
      'two metrics share a name',
      { metrics: [MetricDefinition.of('m', '(1)'), MetricDefinition.of('m', '(2)')], objectives: [] },
      '`metrics` must be unique, got more than one "m"',
    ],
    [
      'it serves with an image that only trains',
      { images: AlgorithmImages.trainingOnly(image()) },
      '`inference` needs an image',
    ],
    [
      'an inference image has nothing said of how it answers',
      { images: AlgorithmImages.split({ training: image('a'), inference: image('b') }), inference: undefined },
      '`inference` must say how the inference image of `images` answers',
    ],
    [
      'inference names no instance types for endpoints',
      { inference: inference && { ...inference, realtimeInstanceTypes: undefined } },
      '`inference.realtimeInstanceTypes` must have at least 1 entry',
    ],
    [
      'inference names no instance types for batch transform',
      { inference: inference && { ...inference, transformInstanceTypes: [] } },
      '`inference.transformInstanceTypes` must have at least 1 entry',
    ],
    [
      'a response type is no MIME type',
      { inference: inference && { ...inference, responseMimeTypes: ['json'] } },
      '`inference.responseMimeTypes[0]` must be a MIME type such as "text/csv", got: "json"',
    ],
    [
      'an environment variable has an illegal name',
      { inference: inference && { ...inference, environment: { 'LOG-LEVEL': '1' } } },
      '`inference.environment key "LOG-LEVEL"` must be a variable name',
    ],
    [
      'the environment is too large in all',
      {
        inference: inference && {
          ...inference,
          environment: Object.fromEntries([...Array(33).keys()].map((i) => [`V${i}`, 'x'.repeat(1000)])),
        },
      },
      '`inference.environment` must have at most 32768 bytes in all, got 33089',
    ],
    [
      'its prefix leaves no room for the hash',
      { algorithmName: 'a'.repeat(53) },
      '`algorithmName` must have at most 52 characters, since a hash of the definition follows it, got 53',
    ],
    [
      'an amd64 image is listed with a Graviton type',
      {
        images: AlgorithmImages.combined(new ImageFor({ architecture: Architecture.X86_64 })),
        inference: inference && { ...inference, realtimeInstanceTypes: [InstanceType.ML_C7G_LARGE] },
      },
      'ml.c7g.large runs arm64 code and the image is built for x86_64',
    ],
    [
      'an image for GPU is listed with a CPU type',
      { images: AlgorithmImages.combined(new ImageFor({ processor: Processor.GPU })) },
      '`trainingInstanceTypes`: ml.m5.xlarge has no GPU and the image is declared for one',
    ],
  ])('when %s', (_, overrides, fault) => {
    expect(errorOf(() => newAlgorithm(newStack(), overrides))).toContain(fault);
  });
});

describe('The name of an algorithm', () => {
  function nameOf(overrides: Parameters<typeof algorithmProps>[0] = {}, stack = newStack()): string {
    const { algorithmName } = new Algorithm(stack, 'Algorithm', algorithmProps(overrides));
    return stack.resolve(algorithmName) as string;
  }

  test('stays when nothing changes', () => {
    expect(nameOf()).toBe(nameOf());
  });

  test('stays when a default is written out', () => {
    const written = [
      Hyperparameter.integer('max_depth', { min: 1, max: 64, defaultValue: 6, tunable: true, required: false }),
    ];
    expect(nameOf({ supportsDistributedTraining: false, certifyForMarketplace: false, hyperparameters: written })).toBe(
      nameOf(),
    );
  });

  test('stays when only a tag changes', () => {
    const stack = newStack();
    Tags.of(stack).add('team', 'fraud');
    expect(nameOf({}, stack)).toBe(nameOf());
  });

  test.each([
    ['the image', { images: AlgorithmImages.combined(image('2')) }],
    ['a hyperparameter', { hyperparameters: [Hyperparameter.integer('max_depth', { min: 1, max: 65 })] }],
    ['the description', { description: 'new' }],
    ['the revision', { revision: '2' }],
    ['the order of instance types', { trainingInstanceTypes: [InstanceType.ML_M5_LARGE, InstanceType.ML_M5_XLARGE] }],
  ])('changes when %s changes', (_, overrides) => {
    expect(nameOf(overrides)).not.toBe(nameOf());
  });

  test('starts with the name that is given', () => {
    expect(nameOf({ algorithmName: 'Churn' })).toMatch(/^Churn-[0-9a-f]{10}$/);
  });

  test('starts with the path of the construct when none is given, and fits', () => {
    const name = nameOf({}, newStack('AVeryLongStackNameThatIsLongerThanWhatTheServiceAllowsForNamesOfThings'));
    expect(name).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
  });

  test('is written into the template as text', () => {
    const stack = newStack();
    newAlgorithm(stack);
    expect(onlyResource(stack, TYPE).AlgorithmName).toMatch(/^Stack-Algorithm-[A-F0-9]{8}-[0-9a-f]{10}$/);
  });

  test('is used by another stack as text, so that no export stands in the way of a replacement', () => {
    const app = new App();
    const owner = new Stack(app, 'Owner');
    const user = new Stack(app, 'User');
    const algorithm = newAlgorithm(owner);
    const grantee = new iam.Role(user, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    algorithm.grantDescribe(grantee);
    expect(JSON.stringify(Template.fromStack(user).toJSON())).not.toContain('ImportValue');
    expect(Template.fromStack(owner).toJSON()).not.toHaveProperty('Outputs');
  });

  test('is warned of when it depends on a parameter, since the hash cannot see its value', () => {
    const stack = newStack();
    const uri = new CfnParameter(stack, 'ImageUri').valueAsString;
    newAlgorithm(stack, { images: AlgorithmImages.combined(ContainerImage.fromRegistry(uri)) });
    Annotations.fromStack(stack).hasWarning(
      '/Stack/Algorithm',
      Match.stringLikeRegexp('parameter Stack/ImageUri is known at deployment only.*revision'),
    );
  });

  test('is not warned of when everything is known', () => {
    const stack = newStack();
    newAlgorithm(stack);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

describe('An imported algorithm', () => {
  test('has the ARN of its name, in lower case', () => {
    const stack = placedStack();
    const algorithm = Algorithm.fromAlgorithmName(stack, 'Imported', 'Churn');
    expect(stack.resolve(algorithm.algorithmRef.algorithmArn)).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:sagemaker:${REGION}:${ACCOUNT}:algorithm/churn`]],
    });
  });

  test('has the name and the environment of its ARN', () => {
    const arn = 'arn:aws:sagemaker:us-east-1:999988887777:algorithm/churn';
    const algorithm = Algorithm.fromAlgorithmArn(newStack(), 'Imported', arn);
    expect(algorithm).toMatchObject({ algorithmName: 'churn', env: { account: '999988887777', region: 'us-east-1' } });
  });

  test('carries the specification that is known of it', () => {
    const specification = algorithmProps();
    const imported = Algorithm.fromAlgorithmAttributes(newStack(), 'Imported', {
      algorithmName: 'churn',
      specification,
    });
    expect(imported.specification).toBe(specification);
  });

  test.each([[{}], [{ algorithmName: 'a', algorithmArn: 'arn:aws:sagemaker:us-east-1:999988887777:algorithm/a' }]])(
    'is refused when it is given %j',
    (attributes) => {
      expect(errorOf(() => Algorithm.fromAlgorithmAttributes(newStack(), 'Imported', attributes))).toBe(
        'Algorithm Imported: exactly one of `algorithmName` and `algorithmArn` must be given.',
      );
    },
  );
});
