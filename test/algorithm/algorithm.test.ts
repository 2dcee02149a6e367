import { App, CfnParameter, Stack, Tags, aws_iam as iam } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import {
  AlgorithmProvisioning,
  type AlgorithmProps,
  Algorithm,
  AlgorithmImages,
  Architecture,
  Channel,
  ContentCompression,
  ContainerImage,
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
  PlainImage,
} from '../stacks';

const TYPE = 'AWS::SageMaker::Algorithm';

/** The properties of the rendered AWS::SageMaker::Algorithm. */
function rendered(overrides: Parameters<typeof algorithmProps>[0] = {}): Record<string, unknown> {
  const stack = newStack();
  newAlgorithm(stack, overrides);
  return onlyResource(stack, TYPE);
}

describe('Algorithm', () => {
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

  test('renders all optional properties', () => {
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

  test('renders tokens, which pass all checks, as references', () => {
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
    expect(onlyResource(stack, TYPE)).toMatchObject({
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

  test('renders the two images of a split algorithm', () => {
    expect(
      rendered({ images: AlgorithmImages.split({ training: image('train'), inference: image('serve') }) }),
    ).toMatchObject({
      TrainingSpecification: { TrainingImage: 'example.com/algorithm:train' },
      InferenceSpecification: { Containers: [{ Image: 'example.com/algorithm:serve' }] },
    });
  });

  test('renders the options of the inference container, and the containers that follow it in a pipeline', () => {
    const { inference } = algorithmProps();
    const options = {
      containerHostname: 'model',
      framework: 'XGBOOST',
      frameworkVersion: '1.7',
      nearestModelName: 'xgboost',
      dataInputConfig: '{"input": [1, 28]}',
      isCheckpoint: true,
    };
    const followingContainers = [{ image: image('format'), containerHostname: 'format', environment: { A: '1' } }];
    const props = rendered({ inference: inference && { ...inference, ...options, followingContainers } });
    expect((props.InferenceSpecification as { Containers: unknown }).Containers).toEqual([
      {
        Image: 'example.com/algorithm:1',
        ContainerHostname: 'model',
        Framework: 'XGBOOST',
        FrameworkVersion: '1.7',
        NearestModelName: 'xgboost',
        ModelInput: { DataInputConfig: '{"input": [1, 28]}' },
        IsCheckpoint: true,
      },
      { Image: 'example.com/algorithm:format', ContainerHostname: 'format', Environment: { A: '1' } },
    ]);
  });

  test('renders `isCheckpoint: false`, the default, in the same way as its absence', () => {
    const { inference } = algorithmProps();
    expect(rendered({ inference: inference && { ...inference, isCheckpoint: false } })).toEqual(
      rendered({ inference }),
    );
  });

  test('has a warning about required hyperparameters with default values, which have no effect', () => {
    const stack = newStack();
    newAlgorithm(stack, {
      hyperparameters: [
        Hyperparameter.integer('depth', { min: 1, max: 9, required: true, defaultValue: 3 }),
        Hyperparameter.freeText('required', { required: true }),
        Hyperparameter.freeText('optional', { defaultValue: 'a' }),
      ],
    });
    Annotations.fromStack(stack).hasWarning(
      '/Stack/Algorithm',
      'The default values of required hyperparameters have no effect: depth.\n' +
        'See https://github.com/cdk-sagemaker-algorithm/cdk-sagemaker-algorithm/blob/main/docs/rules.md#algorithms ' +
        '[ack: cdk-sagemaker-algorithm:requiredDefault]',
    );
  });

  test('renders no inference specification for an algorithm that only trains', () => {
    const props = rendered({ images: AlgorithmImages.trainingOnly(image()), inference: undefined });
    expect(props).not.toHaveProperty('InferenceSpecification');
  });

  test('is created by AWS::SageMaker::Algorithm without a Lambda function if it has no validation profile', () => {
    const stack = newStack();
    newAlgorithm(stack);
    Template.fromStack(stack).resourceCountIs(TYPE, 1);
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 0);
  });

  test('has the tags of its scope', () => {
    const stack = newStack();
    newAlgorithm(stack);
    Tags.of(stack).add('team', 'fraud');
    expect(onlyResource(stack, TYPE).Tags).toEqual([{ Key: 'team', Value: 'fraud' }]);
  });

  test('has the L1 resource as its default child', () => {
    expect(newAlgorithm(newStack()).node.defaultChild).toMatchObject({ cfnResourceType: TYPE });
  });

  test('grants permission to describe the algorithm with `grantDescribe`, and no other permission', () => {
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

  test('adds a warning if an instance type is unknown', () => {
    const stack = newStack();
    newAlgorithm(stack, { trainingInstanceTypes: [InstanceType.of('ml.z9.large')] });
    Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('nstance types for training.*ml.z9.large'));
  });

  test('adds a warning if a CPU image is used with a GPU instance type', () => {
    const stack = newStack();
    const images = AlgorithmImages.combined(new PlainImage('example.com/own:1', { processor: Processor.CPU }));
    newAlgorithm(stack, { images, trainingInstanceTypes: [InstanceType.ML_G5_XLARGE] });
    Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('the GPU of ml.g5.xlarge would be idle'));
  });

  test('adds no warning if the characteristics of the image are unknown', () => {
    const stack = newStack();
    newAlgorithm(stack, { trainingInstanceTypes: [InstanceType.ML_G5_XLARGE] });
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

describe('The validation of an algorithm', () => {
  test('lists all errors in one message', () => {
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
      'an objective without a metric of its name',
      { metrics: [] },
      '`objectives` must each name one of `metrics` (none are defined)',
    ],
    [
      'two channels with the same name',
      { channels: [Channel.file('train'), Channel.pipe('train')] },
      '`channels` must be unique, got more than one "train"',
    ],
    [
      'two hyperparameters with the same name',
      { hyperparameters: [Hyperparameter.freeText('a'), Hyperparameter.freeText('a')] },
      '`hyperparameters` must be unique, got more than one "a"',
    ],
    [
      'two metrics with the same name',
      { metrics: [MetricDefinition.of('m', '(1)'), MetricDefinition.of('m', '(2)')], objectives: [] },
      '`metrics` must be unique, got more than one "m"',
    ],
    [
      '`inference` without an inference image',
      { images: AlgorithmImages.trainingOnly(image()) },
      '`inference` requires an inference image',
    ],
    [
      'two inference containers with the same host name',
      {
        inference: inference && {
          ...inference,
          containerHostname: 'a',
          followingContainers: [{ image: image(), containerHostname: 'a' }],
        },
      },
      '`inference.containerHostname` must be unique, got more than one "a"',
    ],
    [
      'a following container with an invalid host name',
      { inference: inference && { ...inference, followingContainers: [{ image: image(), containerHostname: '-' }] } },
      '`inference.followingContainers[0].containerHostname` must start and end with a letter or digit',
    ],
    [
      'a following container with an image for other instances',
      {
        inference: inference && {
          ...inference,
          followingContainers: [
            { image: ContainerImage.fromAsset('test/fixtures/image', { processor: Processor.GPU }) },
          ],
        },
      },
      '`inference.realtimeInstanceTypes`',
    ],
    [
      'a following container with an image in a private registry',
      {
        inference: inference && {
          ...inference,
          followingContainers: [{ image: ContainerImage.fromPrivateRegistry('registry.example.com/a:1') }],
        },
      },
      '`inference.followingContainers[0].image` must be in Amazon ECR',
    ],
    [
      'an inference image without `inference`',
      { images: AlgorithmImages.split({ training: image('a'), inference: image('b') }), inference: undefined },
      '`inference` must be set because `images` has an inference image',
    ],
    [
      '`inference` without any instance types',
      {
        inference: inference && { ...inference, realtimeInstanceTypes: undefined, transformInstanceTypes: undefined },
      },
      '`inference` must have `realtimeInstanceTypes`, `transformInstanceTypes` or both',
    ],
    [
      '`inference` with an empty list of instance types for real-time inference',
      { inference: inference && { ...inference, realtimeInstanceTypes: [] } },
      '`inference.realtimeInstanceTypes` must have at least 1 entry. Omit it if there is none',
    ],
    [
      '`inference` without instance types for batch transform',
      { inference: inference && { ...inference, transformInstanceTypes: [] } },
      '`inference.transformInstanceTypes` must have at least 1 entry',
    ],
    [
      'a response type that is not a MIME type',
      { inference: inference && { ...inference, responseMimeTypes: ['json'] } },
      '`inference.responseMimeTypes[0]` must be a MIME type such as "text/csv", got: "json"',
    ],
    [
      'an environment variable with an invalid name',
      { inference: inference && { ...inference, environment: { 'LOG-LEVEL': '1' } } },
      '`inference.environment key "LOG-LEVEL"` must be a variable name',
    ],
    [
      'environment variables of more than 32 KiB in total',
      {
        inference: inference && {
          ...inference,
          environment: Object.fromEntries([...Array(33).keys()].map((i) => [`V${i}`, 'x'.repeat(1000)])),
        },
      },
      '`inference.environment` must have at most 32768 bytes in total, got 33089',
    ],
    [
      'a name prefix that leaves no space for the hash',
      { algorithmName: 'a'.repeat(53) },
      '`algorithmName` must have at most 52 characters, since a hash of the',
    ],
    [
      'a Graviton instance type for an x86_64 image',
      {
        images: AlgorithmImages.combined(new PlainImage('example.com/own:1', { architecture: Architecture.X86_64 })),
        inference: inference && { ...inference, realtimeInstanceTypes: [InstanceType.ML_C7G_LARGE] },
      },
      'ml.c7g.large has the architecture arm64, and the image is built for x86_64',
    ],
    [
      'an image of a private registry',
      { images: AlgorithmImages.combined(ContainerImage.fromPrivateRegistry('registry.example.com/a:1')) },
      '`images` must be in Amazon ECR: an algorithm does not support images of a private registry',
    ],
    [
      'a CPU instance type for a GPU image',
      { images: AlgorithmImages.combined(new PlainImage('example.com/own:1', { processor: Processor.GPU })) },
      '`trainingInstanceTypes`: ml.m5.xlarge has no GPU, which the image requires',
    ],
  ])('rejects %s', (_, overrides, message) => {
    expect(errorOf(() => newAlgorithm(newStack(), overrides))).toContain(message);
  });
});

describe('The name of an algorithm', () => {
  function nameOf(overrides: Parameters<typeof algorithmProps>[0] = {}, stack = newStack()): string {
    const { algorithmName } = new Algorithm(stack, 'Algorithm', algorithmProps(overrides));
    return stack.resolve(algorithmName) as string;
  }

  test('is the same for the same definition', () => {
    expect(nameOf()).toBe(nameOf());
  });

  test('is the same if a default value is set explicitly', () => {
    const withExplicitDefaults = [
      Hyperparameter.integer('max_depth', { min: 1, max: 64, defaultValue: 6, tunable: true, required: false }),
    ];
    expect(
      nameOf({
        supportsDistributedTraining: false,
        certifyForMarketplace: false,
        hyperparameters: withExplicitDefaults,
      }),
    ).toBe(nameOf());
  });

  test('is the same if only a tag changes', () => {
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
  ])('changes if %s changes', (_, overrides) => {
    expect(nameOf(overrides)).not.toBe(nameOf());
  });

  test('starts with `algorithmName`', () => {
    expect(nameOf({ algorithmName: 'Churn' })).toMatch(/^Churn-[0-9a-f]{10}$/);
  });

  test('is derived from the construct path by default, within the length limit', () => {
    const name = nameOf({}, newStack('AVeryLongStackNameThatIsLongerThanWhatTheServiceAllowsForNamesOfThings'));
    expect(name).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
  });

  test('is a literal in the template', () => {
    const stack = newStack();
    newAlgorithm(stack);
    expect(onlyResource(stack, TYPE).AlgorithmName).toMatch(/^Stack-Algorithm-[A-F0-9]{8}-[0-9a-f]{10}$/);
  });

  test('is a literal in other stacks, since a CloudFormation export would prevent a replacement', () => {
    const app = new App();
    const producer = new Stack(app, 'Producer');
    const consumer = new Stack(app, 'Consumer');
    const algorithm = newAlgorithm(producer);
    const grantee = new iam.Role(consumer, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    algorithm.grantDescribe(grantee);
    expect(JSON.stringify(Template.fromStack(consumer).toJSON())).not.toContain('ImportValue');
    expect(Template.fromStack(producer).toJSON()).not.toHaveProperty('Outputs');
  });

  test('depends on a CloudFormation parameter with a warning, since its hash does not include the value', () => {
    const stack = newStack();
    const uri = new CfnParameter(stack, 'ImageUri').valueAsString;
    newAlgorithm(stack, { images: AlgorithmImages.combined(ContainerImage.fromRegistry(uri)) });
    Annotations.fromStack(stack).hasWarning(
      '/Stack/Algorithm',
      Match.stringLikeRegexp('parameter Stack/ImageUri is .*known at deployment.*revision'),
    );
  });

  test('adds no warning if the definition is known at synthesis', () => {
    const stack = newStack();
    newAlgorithm(stack);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

describe('An imported algorithm', () => {
  test('has an ARN with its name in lower case', () => {
    const stack = placedStack();
    const algorithm = Algorithm.fromAlgorithmName(stack, 'Imported', 'Churn');
    expect(stack.resolve(algorithm.algorithmRef.algorithmArn)).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:sagemaker:${REGION}:${ACCOUNT}:algorithm/churn`]],
    });
  });

  test('derives its name and its environment from its ARN', () => {
    const arn = 'arn:aws:sagemaker:us-east-1:999988887777:algorithm/churn';
    const algorithm = Algorithm.fromAlgorithmArn(newStack(), 'Imported', arn);
    expect(algorithm).toMatchObject({ algorithmName: 'churn', env: { account: '999988887777', region: 'us-east-1' } });
  });

  test('has the specification from its attributes', () => {
    const specification = algorithmProps();
    const imported = Algorithm.fromAlgorithmAttributes(newStack(), 'Imported', {
      algorithmName: 'churn',
      specification,
    });
    expect(imported.specification).toBe(specification);
  });

  test.each([[{}], [{ algorithmName: 'a', algorithmArn: 'arn:aws:sagemaker:us-east-1:999988887777:algorithm/a' }]])(
    'is rejected with the attributes %j',
    (attributes) => {
      expect(errorOf(() => Algorithm.fromAlgorithmAttributes(newStack(), 'Imported', attributes))).toBe(
        'Algorithm Imported: exactly one of `algorithmName` and `algorithmArn` must be set.',
      );
    },
  );
});

describe('An algorithm without `provisioning`', () => {
  const countIn = (region: string | undefined, type: string, props: Partial<AlgorithmProps> = {}): number => {
    const stack = newStack('Stack', { env: { region } });
    newAlgorithm(stack, props);
    return Object.keys(Template.fromStack(stack).findResources(type)).length;
  };

  test.each(['us-east-1', undefined])('is a CloudFormation resource in region %s', (region) => {
    expect(countIn(region, TYPE)).toBe(1);
  });

  test('is a custom resource in a region without the CloudFormation resource', () => {
    expect(countIn('eu-west-1', 'Custom::SageMakerAlgorithm')).toBe(1);
    expect(countIn('eu-west-1', TYPE)).toBe(0);
  });

  test('can be forced to be a CloudFormation resource in any region', () => {
    expect(countIn('eu-west-1', TYPE, { provisioning: AlgorithmProvisioning.CLOUDFORMATION })).toBe(1);
  });

  test('can declare that it supports only batch transform or only real-time inference', () => {
    const { inference } = algorithmProps();
    const specification = (property: string): unknown =>
      rendered({ inference: inference && { ...inference, [property]: undefined } }).InferenceSpecification;
    expect(specification('realtimeInstanceTypes')).not.toHaveProperty('SupportedRealtimeInferenceInstanceTypes');
    expect(specification('transformInstanceTypes')).not.toHaveProperty('SupportedTransformInstanceTypes');
  });
});
