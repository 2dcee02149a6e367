import { type Stack, Tags } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import {
  Algorithm,
  AlgorithmImages,
  type AlgorithmProps,
  AlgorithmProvisioning,
  Channel,
  ContentCompression,
  Hyperparameter,
  InstanceType,
  MetricDefinition,
  Objective,
} from '../../lib';
import { image } from '../stacks';
import { type Configurations, type Expressed, IMAGE_URI, NAME, hashed, tagList } from './configurations';

// The channels of the configurations do not set `is_required`, whose default in the API is false.
const TRAIN = Channel.file('train', { contentTypes: ['text/csv'], required: false });

const algorithm = (stack: Stack, props: Partial<AlgorithmProps> = {}): Algorithm =>
  new Algorithm(stack, 'Algorithm', {
    algorithmName: NAME,
    images: AlgorithmImages.trainingOnly(image()),
    trainingInstanceTypes: [InstanceType.ML_M5_LARGE],
    channels: [TRAIN],
    ...props,
  });

const TRAINING = {
  TrainingImage: IMAGE_URI,
  SupportedTrainingInstanceTypes: ['ml.m5.large'],
  TrainingChannels: [{ Name: 'train', SupportedContentTypes: ['text/csv'], SupportedInputModes: ['File'] }],
};

const tagged = (tags: Record<string, string>): Expressed => ({
  build: (stack) => {
    const target = algorithm(stack);
    Object.entries(tags).forEach(([name, value]) => Tags.of(target).add(name, value));
  },
  expected: { AlgorithmName: hashed(), TrainingSpecification: TRAINING, Tags: tagList(tags) },
});

/** The members of a container of an algorithm that have no property. */
const OVERRIDES = {
  IsCheckpoint: true,
  BaseModel: { HubContentName: 'basemodel', HubContentVersion: '1.0.0', RecipeName: 'recipe' },
};
const CONTAINER = {
  ContainerHostname: 'test-host',
  Framework: 'XGBOOST',
  FrameworkVersion: '1.5-1',
  NearestModelName: 'nearest-model',
  ModelInput: { DataInputConfig: '{}' },
  ...OVERRIDES,
};

function withContainer(stack: Stack): void {
  const target = algorithm(stack, {
    images: AlgorithmImages.combined(image()),
    inference: {
      contentTypes: ['text/csv'],
      responseMimeTypes: ['text/csv'],
      realtimeInstanceTypes: [InstanceType.ML_M5_LARGE],
      transformInstanceTypes: [InstanceType.ML_M5_LARGE],
      environment: { TEST: 'value' },
      containerHostname: 'test-host',
      framework: 'XGBOOST',
      frameworkVersion: '1.5-1',
      nearestModelName: 'nearest-model',
      dataInputConfig: '{}',
    },
    provisioning: AlgorithmProvisioning.CUSTOM_RESOURCE,
  });
  for (const [member, value] of Object.entries(OVERRIDES))
    target.addRequestOverride(`InferenceSpecification.Containers.0.${member}`, value);
}

export const ALGORITHMS: Configurations = {
  type: 'AWS::SageMaker::Algorithm',
  expressed: {
    basic: {
      build: algorithm,
      expected: { AlgorithmName: hashed(), TrainingSpecification: TRAINING },
    },
    description: {
      build: (stack) =>
        algorithm(stack, { description: 'Acceptance test SageMaker algorithm', certifyForMarketplace: false }),
      expected: {
        AlgorithmName: hashed(),
        AlgorithmDescription: 'Acceptance test SageMaker algorithm',
        // The default of the API.
        CertifyForMarketplace: Match.absent(),
        TrainingSpecification: TRAINING,
      },
    },
    tags1: tagged({ key1: 'value1' }),
    tags2: tagged({ key1: 'value1updated', key2: 'value2' }),
    trainingSpecification: {
      build: (stack) =>
        algorithm(stack, {
          trainingInstanceTypes: [InstanceType.ML_M5_LARGE, InstanceType.ML_C5_XLARGE],
          supportsDistributedTraining: true,
          metrics: [MetricDefinition.of('train:loss', 'loss=(.*?);')],
          objectives: [Objective.minimize('train:loss')],
          hyperparameters: [
            Hyperparameter.continuous('eta', {
              description: 'Continuous learning rate',
              min: 0.1,
              max: 0.9,
              defaultValue: 0.5,
              required: true,
              tunable: true,
            }),
            Hyperparameter.integer('max_depth', {
              description: 'Maximum tree depth',
              min: 1,
              max: 10,
              defaultValue: 5,
              tunable: true,
            }),
            Hyperparameter.categorical('objective', {
              description: 'Objective function',
              values: ['reg:squarederror', 'binary:logistic'],
              defaultValue: 'reg:squarederror',
            }),
          ],
          channels: [
            Channel.file('train', {
              description: 'Training data channel',
              compressionTypes: [ContentCompression.NONE, ContentCompression.GZIP],
              contentTypes: ['text/csv'],
            }),
            Channel.pipe('validation', { contentTypes: ['application/json'], required: false }),
          ],
        }),
      expected: {
        TrainingSpecification: {
          TrainingImage: IMAGE_URI,
          SupportedTrainingInstanceTypes: ['ml.m5.large', 'ml.c5.xlarge'],
          SupportsDistributedTraining: true,
          MetricDefinitions: [{ Name: 'train:loss', Regex: 'loss=(.*?);' }],
          SupportedTuningJobObjectiveMetrics: [{ MetricName: 'train:loss', Type: 'Minimize' }],
          SupportedHyperParameters: [
            {
              Name: 'eta',
              Type: 'Continuous',
              Description: 'Continuous learning rate',
              DefaultValue: '0.5',
              IsRequired: true,
              IsTunable: true,
              Range: { ContinuousParameterRangeSpecification: { MinValue: '0.1', MaxValue: '0.9' } },
            },
            {
              Name: 'max_depth',
              Type: 'Integer',
              Description: 'Maximum tree depth',
              DefaultValue: '5',
              IsTunable: true,
              Range: { IntegerParameterRangeSpecification: { MinValue: '1', MaxValue: '10' } },
            },
            {
              Name: 'objective',
              Type: 'Categorical',
              Description: 'Objective function',
              DefaultValue: 'reg:squarederror',
              Range: { CategoricalParameterRangeSpecification: { Values: ['reg:squarederror', 'binary:logistic'] } },
            },
          ],
          TrainingChannels: [
            {
              Name: 'train',
              Description: 'Training data channel',
              IsRequired: true,
              SupportedCompressionTypes: ['None', 'Gzip'],
              SupportedContentTypes: ['text/csv'],
              SupportedInputModes: ['File'],
            },
            {
              Name: 'validation',
              SupportedContentTypes: ['application/json'],
              SupportedInputModes: ['Pipe'],
            },
          ],
        },
      },
    },
    inferenceSpecification: {
      build: withContainer,
      isOverridden: true,
      expected: {
        TrainingSpecification: TRAINING,
        InferenceSpecification: {
          SupportedContentTypes: ['text/csv'],
          SupportedRealtimeInferenceInstanceTypes: ['ml.m5.large'],
          SupportedResponseMIMETypes: ['text/csv'],
          SupportedTransformInstanceTypes: ['ml.m5.large'],
          Containers: [{ Image: IMAGE_URI, Environment: { TEST: 'value' }, ...CONTAINER }],
        },
      },
    },
  },
  unsupported: {
    validationSpecification: {
      reason:
        'The validation profile has attribute names of an S3 prefix, a pending time and a wait time, for which the library has no ' +
        'properties.',
    },
  },
};
