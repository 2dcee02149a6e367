import { Duration, type Stack, Tags, aws_ec2 as ec2, aws_s3 as s3 } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  Hyperparameter,
  HyperparameterRange,
  InstanceType,
  JobWait,
  MetricDefinition,
  Model,
  Objective,
  ScalingType,
  TrainingInput,
  TrainingOutput,
  TrainingResources,
  type TuningDefinition,
  TuningJob,
  type TuningJobProps,
  TuningStrategy,
  WarmStart,
} from '../../lib';
import {
  ACCOUNT,
  REGION,
  errorOf,
  image,
  newAlgorithm,
  newStack,
  onlyResource,
  placedStack,
  startJson,
  statementsOf,
} from '../stacks';

const START = 'Custom::SageMakerTuningJob';
const CONDITION = 'AWS::CloudFormation::WaitCondition';

const DEFINITION: TuningDefinition = {
  image: image(),
  metrics: [MetricDefinition.of('auc', 'auc=([0-9.]+)')],
  objective: Objective.maximize('auc'),
  ranges: [HyperparameterRange.continuous('eta', { min: 0.01, max: 0.5 })],
  resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
};

function bucket(stack: Stack): s3.IBucket {
  return (stack.node.tryFindChild('out') as s3.IBucket | undefined) ?? s3.Bucket.fromBucketName(stack, 'out', 'out');
}

function tune(
  stack: Stack,
  props: Partial<TuningJobProps> = {},
  definition: Partial<TuningDefinition> = {},
): TuningJob {
  return new TuningJob(stack, 'Tune', {
    definitions: [{ ...DEFINITION, ...definition }],
    output: TrainingOutput.toBucket(bucket(stack), 'tuned'),
    ...props,
  });
}

const HYPERPARAMETERS = [
  Hyperparameter.integer('max_depth', { min: 1, max: 64, tunable: true }),
  Hyperparameter.continuous('eta', { min: 0.1, max: 1, tunable: true }),
  Hyperparameter.categorical('booster', { values: ['tree', 'linear'], tunable: true, required: true }),
  Hyperparameter.integer('seed', { min: 0, max: 9 }),
];

function tuneAlgorithm(
  stack: Stack,
  definition: Partial<TuningDefinition> = {},
  props: Partial<TuningJobProps> = {},
): TuningJob {
  const algorithm = newAlgorithm(stack, { hyperparameters: HYPERPARAMETERS });
  const inputs = { train: TrainingInput.fromBucket(bucket(stack), 'train/') };
  const objective = Objective.maximize('validation:auc');
  const own = { image: undefined, metrics: undefined, ranges: undefined, algorithm, inputs, objective };
  return tune(stack, props, { ...own, ...definition });
}

function requestOf(
  props: Partial<TuningJobProps> = {},
  definition: Partial<TuningDefinition> = {},
): Record<string, unknown> {
  const stack = newStack();
  tune(stack, props, definition);
  return startJson(stack, START, 'Request');
}

describe('A tuning job', () => {
  test('asks for the least that the service needs, with defaults that cost little', () => {
    const { TrainingJobDefinition, ...job } = requestOf();
    expect(job).toEqual({
      HyperParameterTuningJobConfig: {
        Strategy: 'Bayesian',
        HyperParameterTuningJobObjective: { Type: 'Maximize', MetricName: 'auc' },
        ResourceLimits: { MaxNumberOfTrainingJobs: 10, MaxParallelTrainingJobs: 1, MaxRuntimeInSeconds: 41_400 },
        ParameterRanges: {
          ContinuousParameterRanges: [{ Name: 'eta', MinValue: '0.01', MaxValue: '0.5', ScalingType: 'Auto' }],
        },
        TrainingJobEarlyStoppingType: 'Off',
      },
    });
    expect(TrainingJobDefinition).toMatchObject({
      AlgorithmSpecification: {
        TrainingImage: 'example.com/algorithm:1',
        TrainingInputMode: 'File',
        MetricDefinitions: [{ Name: 'auc', Regex: 'auc=([0-9.]+)' }],
      },
      StoppingCondition: { MaxRuntimeInSeconds: 41_400 },
      OutputDataConfig: { S3OutputPath: 's3://out/tuned' },
    });
  });

  test('searches all tunable hyperparameters of its algorithm that have no fixed value', () => {
    const stack = newStack();
    tuneAlgorithm(stack, { hyperparameters: { max_depth: '6', seed: '1' } });
    const request = startJson(stack, START, 'Request');
    expect(request).toMatchObject({
      HyperParameterTuningJobConfig: {
        ParameterRanges: {
          ContinuousParameterRanges: [{ Name: 'eta', MinValue: '0.1', MaxValue: '1' }],
          CategoricalParameterRanges: [{ Name: 'booster', Values: ['tree', 'linear'] }],
        },
      },
      TrainingJobDefinition: { StaticHyperParameters: { max_depth: '6', seed: '1' } },
    });
    expect(JSON.stringify(request)).not.toContain('IntegerParameterRanges');
  });

  test('says of the search all that is set', () => {
    const props = {
      strategy: TuningStrategy.hyperband({ minResource: 1, maxResource: 27 }),
      maxTrainingJobs: 50,
      maxParallelTrainingJobs: 5,
      maxRuntime: Duration.hours(3),
      targetObjectiveValue: 0.99,
      maxTrainingJobsNotImproving: 5,
      completeOnConvergence: true,
      randomSeed: 0,
      autotune: true,
      warmStart: WarmStart.transferLearning('earlier'),
    };
    const ranges = [
      HyperparameterRange.integer('depth', { min: 1, max: 9, scaling: ScalingType.LOGARITHMIC }),
      HyperparameterRange.auto('eta', '0.1'),
    ];
    expect(requestOf(props, { ranges })).toMatchObject({
      HyperParameterTuningJobConfig: {
        Strategy: 'Hyperband',
        StrategyConfig: { HyperbandStrategyConfig: { MinResource: 1, MaxResource: 27 } },
        ResourceLimits: { MaxNumberOfTrainingJobs: 50, MaxParallelTrainingJobs: 5, MaxRuntimeInSeconds: 10_800 },
        ParameterRanges: {
          IntegerParameterRanges: [{ Name: 'depth', MinValue: '1', MaxValue: '9', ScalingType: 'Logarithmic' }],
          AutoParameters: [{ Name: 'eta', ValueHint: '0.1' }],
        },
        TuningJobCompletionCriteria: {
          TargetObjectiveMetricValue: 0.99,
          BestObjectiveNotImproving: { MaxNumberOfTrainingJobsNotImproving: 5 },
          ConvergenceDetected: { CompleteOnConvergence: 'Enabled' },
        },
        RandomSeed: 0,
      },
      WarmStartConfig: {
        WarmStartType: 'TransferLearning',
        ParentHyperParameterTuningJobs: [{ HyperParameterTuningJobName: 'earlier' }],
      },
      Autotune: { Mode: 'Enabled' },
    });
  });

  test('has several definitions, each with its own objective, ranges and network', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const definitions = ['small', 'large'].map((definitionName) => ({ ...DEFINITION, definitionName, vpc }));
    const job = tune(stack, { definitions });
    const request = startJson(stack, START, 'Request');
    expect(request).toMatchObject({
      TrainingJobDefinitions: ['small', 'large'].map((DefinitionName) => ({
        DefinitionName,
        TuningObjective: { Type: 'Maximize', MetricName: 'auc' },
        HyperParameterRanges: { ContinuousParameterRanges: [{ Name: 'eta' }] },
      })),
    });
    expect(JSON.stringify(request.HyperParameterTuningJobConfig)).not.toMatch(/Objective"|ParameterRanges/);
    expect(job.connections.securityGroups).toHaveLength(2);
  });

  test('has a name of at most 32 characters, whatever its path, that others do not start with', () => {
    const [stack, other] = [newStack('AStackWithQuiteALongName'), newStack('AStackWithQuiteALongName')];
    tune(stack);
    new TuningJob(other, 'Another', { definitions: [DEFINITION] });
    const [prefix, second] = [stack, other].map((each) => onlyResource(each, START).Prefix as string);
    expect(prefix).toMatch(/^astackwi-[0-9a-f]{4}-[0-9a-f]{4}$/);
    expect(`${prefix}-0123456789-99`.length).toBeLessThanOrEqual(32);
    expect(second).not.toBe(prefix);
  });

  test('hands on the name and the model of its best training job when it is over', () => {
    const stack = newStack();
    const job = tune(stack);
    new Model(stack, 'Model', {
      image: image(),
      modelData: job.bestModelData,
      environment: { BEST: job.bestTrainingJobName },
    });
    const [condition] = Object.keys(Template.fromStack(stack).findResources(CONDITION));
    const data = { 'Fn::Select': [3, { 'Fn::Split': ['"', { 'Fn::GetAtt': [condition, 'Data'] }] }] };
    Template.fromStack(stack).hasResource('AWS::SageMaker::Model', {
      DependsOn: Match.arrayWith([condition]),
      Properties: {
        PrimaryContainer: {
          Environment: { BEST: { 'Fn::Select': [0, { 'Fn::Split': ['|', data] }] } },
          ModelDataUrl: { 'Fn::Select': [1, { 'Fn::Split': ['|', data] }] },
        },
      },
    });
    expect(JSON.stringify(statementsOf(stack, 'ModelRole'))).toContain('out/tuned/*');
  });

  test('that nobody waits for has no best training job to hand on', () => {
    const job = tune(newStack(), { wait: JobWait.none() });
    expect(errorOf(() => job.bestTrainingJobName)).toContain('with JobWait.none() it is not known');
    expect(errorOf(() => job.bestModelData.bind(job))).toContain('with JobWait.none() it does not exist');
  });

  test('is another one when what is searched changes, and the same when tags, network or role do', () => {
    const ids = (
      props: Partial<TuningJobProps> = {},
      definition: Partial<TuningDefinition> = {},
      tagged = false,
    ): string[] => {
      const stack = newStack();
      tune(stack, props, definition);
      if (tagged) Tags.of(stack).add('team', 'fraud');
      return Object.keys(Template.fromStack(stack).findResources(START));
    };
    expect(ids({}, {}, true)).toEqual(ids());
    expect(ids({}, { ranges: [HyperparameterRange.continuous('eta', { min: 0.02, max: 0.5 })] })).not.toEqual(ids());
    expect(ids({ maxTrainingJobs: 11 })).not.toEqual(ids());
    expect(ids({ revision: '2' })).not.toEqual(ids());
  });

  test('carries the tags of its scope', () => {
    const stack = newStack();
    tune(stack);
    Tags.of(stack).add('team', 'fraud');
    expect(startJson(stack, START, 'Tags')).toEqual([{ Key: 'team', Value: 'fraud' }]);
  });

  test('may be created by the handler under its own names only', () => {
    const stack = placedStack();
    const job = tune(stack);
    const { Prefix } = onlyResource(stack, START);
    expect(statementsOf(stack, 'SageMakerJobsRole')).toEqual(
      expect.arrayContaining([
        {
          Effect: 'Allow',
          Action: ['sagemaker:CreateHyperParameterTuningJob', 'sagemaker:AddTags'],
          Resource: {
            'Fn::Join': [
              '',
              [
                'arn:',
                { Ref: 'AWS::Partition' },
                `:sagemaker:${REGION}:${ACCOUNT}:hyper-parameter-tuning-job/${Prefix as string}-*`,
              ],
            ],
          },
        },
        {
          Effect: 'Allow',
          Action: 'iam:PassRole',
          Resource: stack.resolve(job.role.roleArn) as unknown,
          Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
        },
      ]),
    );
  });

  test('tells of its end by the start of its name', () => {
    const stack = newStack();
    tune(stack).onCompleted('Done');
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'detail-type': ['SageMaker HyperParameter Tuning Job State Change'],
        detail: {
          HyperParameterTuningJobName: [{ prefix: Match.stringLikeRegexp('^stack-.*-$') }],
          HyperParameterTuningJobStatus: ['Completed'],
        },
      },
    });
  });
});

describe('A tuning job is refused', () => {
  test('with all that does not fit its algorithm in one error', () => {
    const message = errorOf(() =>
      tuneAlgorithm(newStack(), {
        ranges: [
          HyperparameterRange.integer('max_depth', { min: 0, max: 65 }),
          HyperparameterRange.integer('eta', { min: 1, max: 1 }),
          HyperparameterRange.integer('seed', { min: 1, max: 2 }),
          HyperparameterRange.integer('depth', { min: 1, max: 2 }),
          HyperparameterRange.categorical('booster', ['tree', 'dart']),
        ],
        hyperparameters: { max_depth: '3' },
        objective: Objective.minimize('validation:auc'),
      }),
    );
    expect(message.split('\n')).toEqual([
      'Tuning job Stack/Tune has 8 validation errors:',
      '  - `definitions[0]`: `hyperparameters["max_depth"]` is searched by `ranges`, and can have no value of its own',
      '  - `definitions[0]`: `ranges["max_depth"]` must be at least 1, got 0',
      '  - `definitions[0]`: `ranges["max_depth"]` must be at most 64, got 65',
      '  - `definitions[0]`: `ranges["eta"]` must be continuous, as the algorithm declares it, got integer',
      '  - `definitions[0]`: `ranges["seed"]` is not tunable in the algorithm',
      '  - `definitions[0]`: `ranges["depth"]` is not known to the algorithm, which knows max_depth, eta, booster, seed',
      '  - `definitions[0]`: `ranges["booster"]` must be one of tree, linear, got: "dart"',
      "  - `definitions[0]`: `objective` must be one of the algorithm's (Maximize validation:auc), got: Minimize validation:auc",
    ]);
  });

  test('without a value for what the algorithm requires and the job does not search', () => {
    const ranges = [HyperparameterRange.integer('max_depth', { min: 1, max: 5 })];
    expect(errorOf(() => tuneAlgorithm(newStack(), { ranges }))).toContain(
      '`hyperparameters["booster"]` is required by the algorithm',
    );
  });

  test.each<[string, Partial<TuningJobProps>, Partial<TuningDefinition>, string]>([
    ['without a definition', { definitions: [] }, {}, '`definitions` must have 1 to 10 entries, got 0'],
    [
      'with several definitions without names',
      { definitions: [DEFINITION, DEFINITION] },
      {},
      '`definitions` must each have a `definitionName` where there are several',
    ],
    [
      'with several definitions of one name',
      { definitions: [1, 2].map(() => ({ ...DEFINITION, definitionName: 'a' })) },
      {},
      '`definitions` must be unique, got more than one "a"',
    ],
    ['with nothing to search', {}, { ranges: [] }, '`ranges` must have at least 1 entry'],
    [
      'when the metric is none of the image',
      {},
      { objective: Objective.maximize('loss') },
      '`objective` must name one of `metrics` (auc), got: "loss"',
    ],
    [
      'when a grid is not made of words',
      { strategy: TuningStrategy.GRID },
      {},
      '`strategy` GRID tries all combinations: every range must be categorical',
    ],
    [
      'when a grid is cut',
      { strategy: TuningStrategy.GRID, maxTrainingJobs: 3 },
      { ranges: [HyperparameterRange.categorical('a', ['1'])] },
      '`maxTrainingJobs` is decided by the ranges with `strategy` GRID',
    ],
    [
      'when Hyperband is stopped twice',
      { strategy: TuningStrategy.hyperband(), earlyStopping: true },
      {},
      '`earlyStopping` must not be set with Hyperband',
    ],
    [
      'when ranges are to be found without autotune',
      {},
      { ranges: [HyperparameterRange.auto('eta', '0.1')] },
      '`ranges` with HyperparameterRange.auto() need `autotune`',
    ],
    [
      'when more run at a time than at all',
      { maxTrainingJobs: 2, maxParallelTrainingJobs: 3 },
      {},
      '`maxParallelTrainingJobs` must be at most `maxTrainingJobs`, got 3 and 2',
    ],
    ['when it ends at once', { maxRuntime: Duration.minutes(1) }, {}, '`maxRuntime` must be 120 to 15768000, got 60'],
    [
      'when the deployment cannot wait that long',
      { maxRuntime: Duration.hours(12) },
      {},
      '`maxRuntime` must be at most 11 hours 30 minutes when the deployment waits',
    ],
    [
      'with a logarithm of nothing',
      {},
      { ranges: [HyperparameterRange.integer('a', { min: 0, max: 9, scaling: ScalingType.LOGARITHMIC })] },
      'logarithmic scaling needs values above 0, got 0',
    ],
    [
      'with a range that is none',
      {},
      { ranges: [HyperparameterRange.integer('a', { min: 9, max: 0.5 })] },
      '`ranges["a"]` must be of whole numbers, got 9 to 0.5',
    ],
    [
      'with an environment that the service has no room for',
      {},
      { environment: Object.fromEntries([...Array(49).keys()].map((index) => [`V${index}`, ''])) },
      'must have at most 48 entries, got 49',
    ],
  ])('%s', (_, props, definition, fault) => {
    expect(errorOf(() => tune(newStack(), props, definition))).toContain(fault);
  });

  test.each([
    ['no earlier job', () => WarmStart.transferLearning(), '`tuningJobNames` must have 1 to 5 entries, got 0'],
    [
      'less at most than at least',
      () => TuningStrategy.hyperband({ minResource: 3, maxResource: 2 }),
      '`minResource` must not be above `maxResource`, got 3 and 2',
    ],
  ])('with %s', (_, make, fault) => {
    expect(errorOf(make)).toContain(fault);
  });
});
