import { Duration, type Stack, Tags, aws_ec2 as ec2, aws_s3 as s3 } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  ContainerImage,
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

const TYPE = 'Custom::SageMakerTuningJob';
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
  return startJson(stack, TYPE, 'Request');
}

describe('TuningJob', () => {
  test('renders the required members of the request, with low default limits', () => {
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

  test('searches all tunable hyperparameters of its algorithm that are not in `hyperparameters` by default', () => {
    const stack = newStack();
    tuneAlgorithm(stack, { hyperparameters: { max_depth: '6', seed: '1' } });
    const request = startJson(stack, TYPE, 'Request');
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

  test('renders all optional properties of the search', () => {
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

  test('waits for Spot Instances for the maximum run time of a training job by default', () => {
    expect(requestOf({}, { useSpotInstances: true, maxRuntime: Duration.hours(2) })).toMatchObject({
      TrainingJobDefinition: {
        EnableManagedSpotTraining: true,
        StoppingCondition: { MaxRuntimeInSeconds: 7200, MaxWaitTimeInSeconds: 7200 },
      },
    });
  });

  test('renders several definitions, each with its own objective, ranges and VPC', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const definitions = ['small', 'large'].map((definitionName) => ({ ...DEFINITION, definitionName, vpc }));
    const job = tune(stack, { definitions });
    const request = startJson(stack, TYPE, 'Request');
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

  test('has a name of at most 32 characters with a prefix that is unique for its path', () => {
    const [stack, other] = [newStack('AStackWithALongName'), newStack('AStackWithALongName')];
    tune(stack);
    new TuningJob(other, 'Another', { definitions: [DEFINITION] });
    const [prefix, second] = [stack, other].map((each) => onlyResource(each, TYPE).Prefix as string);
    expect(prefix).toMatch(/^astackw-[0-9a-z]{4}-[0-9a-f]{4}$/);
    expect(`${prefix}--0123456789-99`.length).toBeLessThanOrEqual(32);
    expect(second).not.toBe(prefix);
  });

  test('creates a model from the name and the model artifact of its best training job', () => {
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

  test('has no best training job if the deployment does not wait', () => {
    const job = tune(newStack(), { wait: JobWait.none() });
    expect(errorOf(() => job.bestTrainingJobName)).toContain('with JobWait.none() it is not known');
    expect(errorOf(() => job.bestModelData.bind(job))).toContain('with JobWait.none() it does not exist');
  });

  test('changes its identity if the search changes, and not if tags change', () => {
    const ids = (
      props: Partial<TuningJobProps> = {},
      definition: Partial<TuningDefinition> = {},
      tagged = false,
    ): string[] => {
      const stack = newStack();
      tune(stack, props, definition);
      if (tagged) Tags.of(stack).add('team', 'fraud');
      return Object.keys(Template.fromStack(stack).findResources(TYPE));
    };
    expect(ids({}, {}, true)).toEqual(ids());
    expect(ids({}, { ranges: [HyperparameterRange.continuous('eta', { min: 0.02, max: 0.5 })] })).not.toEqual(ids());
    expect(ids({ maxTrainingJobs: 11 })).not.toEqual(ids());
    expect(ids({ revision: '2' })).not.toEqual(ids());
  });

  test.each<[string, Partial<TuningJobProps>]>([
    ['its maximum run time', { maxRuntime: Duration.hours(2) }],
    ['the wait of the deployment', { wait: JobWait.upTo(Duration.hours(6)) }],
    ['the wait of the deployment, which it no longer has,', { wait: JobWait.none() }],
  ])('does not run again if only %s changes', (_, props) => {
    const starts = (changed: Partial<TuningJobProps> = {}): [string, unknown][] => {
      const stack = newStack();
      tune(stack, changed);
      const resources = Object.entries(Template.fromStack(stack).findResources(TYPE));
      return resources.map(([id, { Properties }]) => [id, (Properties as { Identity: unknown }).Identity]);
    };
    expect(starts(props)).toEqual(starts());
  });

  test.each<[string, Partial<TuningJobProps>]>([
    ['training jobs', { maxTrainingJobs: 11 }],
    ['parallel training jobs', { maxParallelTrainingJobs: 2 }],
  ])('runs again if the maximum number of %s changes', (_, props) => {
    const ids = (changed: Partial<TuningJobProps> = {}): string[] => {
      const stack = newStack();
      tune(stack, changed);
      return Object.keys(Template.fromStack(stack).findResources(TYPE));
    };
    expect(ids(props)).not.toEqual(ids());
  });

  test('has the tags of its scope', () => {
    const stack = newStack();
    tune(stack);
    Tags.of(stack).add('team', 'fraud');
    expect(startJson(stack, TYPE, 'Tags')).toEqual([{ Key: 'team', Value: 'fraud' }]);
  });

  test('is created by the handler with permission for the names of the job only', () => {
    const stack = placedStack();
    const job = tune(stack);
    const { Prefix } = onlyResource(stack, TYPE);
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
                `:sagemaker:${REGION}:${ACCOUNT}:hyper-parameter-tuning-job/${Prefix as string}--*`,
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

  test('matches EventBridge events by the prefix of its name', () => {
    const stack = newStack();
    tune(stack).onCompleted('Done');
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'detail-type': ['SageMaker HyperParameter Tuning Job State Change'],
        detail: {
          HyperParameterTuningJobName: [{ prefix: Match.stringLikeRegexp('^stack-.*[^-]--$') }],
          HyperParameterTuningJobStatus: ['Completed'],
        },
      },
    });
  });
});

describe('The validation of a tuning job', () => {
  test('lists all differences from the specification of its algorithm in one message', () => {
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
      '  - `definitions[0]`: `hyperparameters["max_depth"]` must not be set: `ranges` contains the hyperparameter',
      '  - `definitions[0]`: `ranges["max_depth"]` must be at least 1, got 0',
      '  - `definitions[0]`: `ranges["max_depth"]` must be at most 64, got 65',
      '  - `definitions[0]`: `ranges["eta"]` must be continuous, the type that the algorithm declares, got integer',
      '  - `definitions[0]`: `ranges["seed"]` must be tunable in the specification of the algorithm',
      '  - `definitions[0]`: `ranges["depth"]` is not a hyperparameter of the algorithm (max_depth, eta, booster, seed)',
      '  - `definitions[0]`: `ranges["booster"]` must be one of tree, linear, got: "dart"',
      '  - `definitions[0]`: `objective` must be an objective of the algorithm (Maximize validation:auc), got: Minimize validation:auc',
    ]);
  });

  test('rejects a job that neither sets nor searches a required hyperparameter', () => {
    const ranges = [HyperparameterRange.integer('max_depth', { min: 1, max: 5 })];
    expect(errorOf(() => tuneAlgorithm(newStack(), { ranges }))).toContain(
      '`hyperparameters["booster"]` is required by the algorithm',
    );
  });

  test.each<[string, Partial<TuningJobProps>, Partial<TuningDefinition>, string]>([
    ['an empty list of definitions', { definitions: [] }, {}, '`definitions` must have 1 to 10 entries, got 0'],
    [
      'several definitions without names',
      { definitions: [DEFINITION, DEFINITION] },
      {},
      '`definitions` must each have a `definitionName` if there are several',
    ],
    [
      'two definitions with the same name',
      { definitions: [1, 2].map(() => ({ ...DEFINITION, definitionName: 'a' })) },
      {},
      '`definitions` must be unique, got more than one "a"',
    ],
    ['an empty list of ranges', {}, { ranges: [] }, '`ranges` must have at least 1 entry'],
    [
      'an objective without a metric of its name',
      {},
      { objective: Objective.maximize('loss') },
      '`objective` must name one of `metrics` (auc), got: "loss"',
    ],
    [
      'grid search with a numeric range',
      { strategy: TuningStrategy.GRID },
      {},
      '`ranges` must all be categorical with `strategy` GRID',
    ],
    [
      'grid search with a maximum number of training jobs',
      { strategy: TuningStrategy.GRID, maxTrainingJobs: 3 },
      { ranges: [HyperparameterRange.categorical('a', ['1'])] },
      '`maxTrainingJobs` must not be set with `strategy` GRID',
    ],
    [
      'early stopping with Hyperband',
      { strategy: TuningStrategy.hyperband(), earlyStopping: true },
      {},
      '`earlyStopping` must not be set with Hyperband',
    ],
    [
      'an automatic range without autotune',
      {},
      { ranges: [HyperparameterRange.auto('eta', '0.1')] },
      '`ranges` with HyperparameterRange.auto() require `autotune: true`',
    ],
    [
      'more parallel training jobs than training jobs',
      { maxTrainingJobs: 2, maxParallelTrainingJobs: 3 },
      {},
      '`maxParallelTrainingJobs` must be at most `maxTrainingJobs`, got 3 and 2',
    ],
    [
      'a maximum run time of less than 2 minutes',
      { maxRuntime: Duration.minutes(1) },
      {},
      '`maxRuntime (seconds)` must be 120 to 15768000, got 60',
    ],
    [
      'a maximum run time that leaves the deployment no time to wait',
      { maxRuntime: Duration.hours(12) },
      {},
      '`maxRuntime` must be at most 11 hours 30 minutes if the deployment waits',
    ],
    [
      'a logarithmic range that includes 0',
      {},
      { ranges: [HyperparameterRange.integer('a', { min: 0, max: 9, scaling: ScalingType.LOGARITHMIC })] },
      'logarithmic scaling requires values greater than 0, got 0',
    ],
    [
      'an integer range with a fraction',
      {},
      { ranges: [HyperparameterRange.integer('a', { min: 9, max: 0.5 })] },
      '`ranges["a"]` must have whole numbers as bounds, got 9 to 0.5',
    ],
    [
      'more than 48 environment variables',
      {},
      { environment: Object.fromEntries([...Array(49).keys()].map((index) => [`V${index}`, ''])) },
      'must have at most 48 entries, got 49',
    ],
    [
      'an image of a private registry',
      {},
      { image: ContainerImage.fromPrivateRegistry('registry.example.com/a:1') },
      '`definitions[0]`: `image` must be in Amazon ECR: a private registry is not supported for tuning jobs',
    ],
    [
      'a maximum wait time without Spot Instances',
      {},
      { maxWaitTime: Duration.hours(1) },
      '`definitions[0]`: `maxWaitTime` requires Spot Instances',
    ],
  ])('rejects %s', (_, props, definition, message) => {
    expect(errorOf(() => tune(newStack(), props, definition))).toContain(message);
  });
});
