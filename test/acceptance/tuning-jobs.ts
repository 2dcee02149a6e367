import { Duration, type Stack, Tags } from 'aws-cdk-lib';
import {
  Algorithm,
  AlgorithmImages,
  Channel,
  Hyperparameter,
  HyperparameterRange,
  InstanceType,
  MetricDefinition,
  Objective,
  type TuningDefinition,
  type TuningJob,
  type TuningJobProps,
  TuningStrategy,
  WarmStart,
} from '../../lib';
import { image } from '../stacks';
import { type Configurations, type Expressed, NAME } from './configurations';
import { RESOURCES } from './training-jobs';
import {
  ACCURACY_REGEX,
  CONFIG,
  CSV,
  IMAGE_JOB,
  JOB,
  LIMITS,
  MSD_REGEX,
  RENDERED_CSV,
  channel,
  channels,
  inputs,
  integerRange,
  job,
  kmeans,
} from './tuning-blocks';
import { TRAINING_JOB_DEFINITIONS } from './tuning-definitions';

/** A job with the built-in algorithm. */
const row = (props: Partial<TuningJobProps>, config: object, members: object = {}): Expressed => ({
  build: (stack) => job(stack, props),
  expected: {
    HyperParameterTuningJobConfig: { ...CONFIG, ...config },
    TrainingJobDefinition: IMAGE_JOB,
    ...members,
  },
});

const STATIC = { feature_dim: '3', k: '2' };
const METRICS = { 'test:msd': MSD_REGEX, 'test:accuracy': ACCURACY_REGEX };
const basicJob = (stack: Stack): TuningJob =>
  job(stack, {
    definitions: [
      kmeans(stack, {
        hyperparameters: STATIC,
        inputs: inputs(stack, 'input/', CSV),
      }),
    ],
  });
const BASIC = {
  HyperParameterTuningJobConfig: CONFIG,
  TrainingJobDefinition: {
    ...IMAGE_JOB,
    StaticHyperParameters: STATIC,
    InputDataConfig: channels('input/', RENDERED_CSV),
  },
};

const ONE_RANGE = { IntegerParameterRanges: [integerRange('epochs', '1', '2')] };
const WARM_STATIC = { ...STATIC, init_method: 'kmeans++', mini_batch_size: '4' };
const warmDefinition = (stack: Stack): TuningDefinition =>
  kmeans(stack, {
    ranges: [HyperparameterRange.integer('epochs', { min: 1, max: 2 })],
    hyperparameters: WARM_STATIC,
    inputs: inputs(stack, 'warmstart-input/', CSV),
  });
const WARM_JOB = {
  HyperParameterTuningJobConfig: { ...CONFIG, ParameterRanges: ONE_RANGE },
  TrainingJobDefinition: {
    ...JOB,
    StaticHyperParameters: WARM_STATIC,
    InputDataConfig: channels('warmstart-input/', RENDERED_CSV),
  },
};
function startWarm(stack: Stack): void {
  const parent = job(stack, { definitions: [warmDefinition(stack)] }, 'Parent');
  const warmStart = WarmStart.transferLearning(parent.jobName);
  job(stack, { definitions: [warmDefinition(stack)], warmStart });
}

/** A definition of a job with the algorithm of the stack, whose only channel is not required. */
function ownAlgorithm(stack: Stack): TuningDefinition {
  const algorithm = new Algorithm(stack, 'Algorithm', {
    algorithmName: NAME,
    images: AlgorithmImages.trainingOnly(image()),
    trainingInstanceTypes: [InstanceType.ML_M5_LARGE],
    metrics: [MetricDefinition.of('validation:accuracy', 'validation:accuracy=(.*?);')],
    objectives: [Objective.maximize('validation:accuracy')],
    hyperparameters: [
      Hyperparameter.continuous('learning_rate', {
        description: 'Learning rate',
        min: 0.1,
        max: 0.5,
        defaultValue: 0.2,
        tunable: true,
      }),
    ],
    channels: [Channel.file('train', { contentTypes: ['text/csv'], required: false })],
  });
  return {
    algorithm,
    objective: Objective.maximize('validation:accuracy'),
    ranges: [HyperparameterRange.continuous('learning_rate', { min: 0.1, max: 0.5 })],
    resources: RESOURCES,
    maxRuntime: Duration.hours(1),
  };
}
const tagged = (tags: Record<string, string>): Expressed => ({
  build: (stack) => {
    const target = job(stack, { definitions: [ownAlgorithm(stack)] });
    Object.entries(tags).forEach(([name, value]) => Tags.of(target).add(name, value));
  },
  expected: {
    HyperParameterTuningJobConfig: {
      Strategy: 'Bayesian',
      HyperParameterTuningJobObjective: { MetricName: 'validation:accuracy', Type: 'Maximize' },
      ParameterRanges: {
        ContinuousParameterRanges: [{ Name: 'learning_rate', MinValue: '0.1', MaxValue: '0.5' }],
      },
      ResourceLimits: LIMITS,
    },
    TrainingJobDefinition: {
      ...JOB,
      AlgorithmSpecification: {
        AlgorithmName: expect.stringMatching(/^tf-acc-test-[0-9a-f]+$/) as string,
        TrainingInputMode: 'File',
      },
    },
  },
  tags,
  others: [
    [
      'AWS::SageMaker::Algorithm',
      {
        TrainingSpecification: {
          MetricDefinitions: [{ Name: 'validation:accuracy', Regex: 'validation:accuracy=(.*?);' }],
          SupportedHyperParameters: [
            {
              Name: 'learning_rate',
              Type: 'Continuous',
              Description: 'Learning rate',
              DefaultValue: '0.2',
              IsTunable: true,
              Range: { ContinuousParameterRangeSpecification: { MinValue: '0.1', MaxValue: '0.5' } },
            },
          ],
          SupportedTuningJobObjectiveMetrics: [{ MetricName: 'validation:accuracy', Type: 'Maximize' }],
        },
      },
    ],
  ],
});

export const TUNING_JOBS: Configurations = {
  type: 'Custom::SageMakerTuningJob',
  expressed: {
    basic: {
      build: basicJob,
      expected: BASIC,
    },
    // The folder testdata/HyperParameterTuningJob/basic. Those of other tests repeat the arguments of other configurations.
    'testdata basic': {
      build: (stack) =>
        job(stack, {
          definitions: [
            kmeans(stack, {
              ranges: [HyperparameterRange.integer('epochs', { min: 1, max: 2 })],
              inputs: { train: inputs(stack, 'input/').train },
            }),
          ],
        }),
      expected: {
        HyperParameterTuningJobConfig: { ...CONFIG, ParameterRanges: ONE_RANGE },
        TrainingJobDefinition: { ...IMAGE_JOB, InputDataConfig: [channel('train', 'input/')] },
      },
    },
    trainingJobDefinitions: TRAINING_JOB_DEFINITIONS,
    warmStartParent: {
      build: (stack) => job(stack, { definitions: [warmDefinition(stack)] }),
      expected: WARM_JOB,
    },
    warmStart: {
      build: startWarm,
      expected: {
        ...WARM_JOB,
        WarmStartConfig: {
          WarmStartType: 'TransferLearning',
          ParentHyperParameterTuningJobs: [
            { HyperParameterTuningJobName: expect.stringContaining('ParentJobStart') as string },
          ],
        },
      },
    },
    tags1: tagged({ key1: 'value1' }),
    tags2: tagged({ key1: 'value1updated', key2: 'value2' }),
    autotune: row({ autotune: true }, {}, { Autotune: { Mode: 'Enabled' } }),
    objective: row({}, {}),
    parameterRanges: row({}, {}),
    strategyConfig: row(
      { strategy: TuningStrategy.hyperband({ minResource: 1, maxResource: 9 }) },
      {
        Strategy: 'Hyperband',
        StrategyConfig: { HyperbandStrategyConfig: { MinResource: 1, MaxResource: 9 } },
      },
    ),
    completionCriteria: row(
      { targetObjectiveValue: 0.95, maxTrainingJobsNotImproving: 3, completeOnConvergence: true, maxTrainingJobs: 4 },
      {
        TuningJobCompletionCriteria: {
          TargetObjectiveMetricValue: 0.95,
          BestObjectiveNotImproving: { MaxNumberOfTrainingJobsNotImproving: 3 },
          ConvergenceDetected: { CompleteOnConvergence: 'Enabled' },
        },
        ResourceLimits: { MaxNumberOfTrainingJobs: 4, MaxParallelTrainingJobs: 1 },
      },
    ),
    jobConfigOptions: row(
      { randomSeed: 42, earlyStopping: true, maxRuntime: Duration.hours(1) },
      {
        RandomSeed: 42,
        TrainingJobEarlyStoppingType: 'Auto',
        ResourceLimits: { ...LIMITS, MaxRuntimeInSeconds: 3600 },
      },
    ),
  },
  unsupported: {
    metricDefinitions: {
      reason: 'SageMaker adds the metrics of a built-in algorithm itself, here those with the same names.',
      refused: (stack) =>
        job(stack, {
          definitions: [
            kmeans(stack, {
              metrics: Object.entries(METRICS).map(([name, regex]) => MetricDefinition.of(name, regex)),
            }),
          ],
        }),
      error: '`metrics` must not be set: the algorithm defines its own metrics',
    },
    trainingJobDefinitionAlgorithmName: {
      reason:
        'SageMaker creates the tuning job, but its training jobs have a channel that the algorithm does not declare.',
      refused: (stack) =>
        job(stack, { definitions: [{ ...ownAlgorithm(stack), inputs: inputs(stack, 'input/', CSV) }] }),
      error: '`inputs["test"]` is not a channel of the algorithm, whose channels are: train',
    },
    trainingJobDefinitionEnvironment: {
      reason:
        'SageMaker creates the tuning job, but its training jobs have a channel that the algorithm does not declare.',
      refused: (stack) =>
        job(stack, {
          definitions: [
            {
              ...ownAlgorithm(stack),
              environment: { MODEL_VARIANT: 'kmeans', TEST_ENV: 'enabled' },
              inputs: inputs(stack, 'input/', CSV),
            },
          ],
        }),
      error: '`inputs["test"]` is not a channel of the algorithm, whose channels are: train',
    },
  },
};
