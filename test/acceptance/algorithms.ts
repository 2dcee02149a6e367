import { Duration, Size, type Stack, Tags } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import {
  Algorithm,
  AlgorithmImages,
  type AlgorithmProps,
  AlgorithmProvisioning,
  AssembleWith,
  BatchStrategy,
  Channel,
  ContentCompression,
  Hyperparameter,
  InputMode,
  InstanceType,
  MetricDefinition,
  Objective,
  S3DataDistribution,
  SplitType,
  TrainingInput,
  TrainingOutput,
  TrainingResources,
  TransformInput,
  TransformOutput,
  TransformResources,
  ValidationProfile,
} from '../../lib';
import { image } from '../stacks';
import { type Configurations, type Expressed, IMAGE_URI, NAME, bucket, hashed, role, tagList } from './configurations';

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

const REQUIRED_WITH_DEFAULT =
  '`required` must not be set together with `defaultValue`: a default value makes the hyperparameter optional';

/** The members of a container of an algorithm that have no property. */
const CONTAINER = {
  ContainerHostname: 'test-host',
  Framework: 'XGBOOST',
  FrameworkVersion: '1.5-1',
  IsCheckpoint: true,
  NearestModelName: 'nearest-model',
  BaseModel: { HubContentName: 'basemodel', HubContentVersion: '1.0.0', RecipeName: 'recipe' },
  ModelInput: { DataInputConfig: '{}' },
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
    },
    provisioning: AlgorithmProvisioning.CUSTOM_RESOURCE,
  });
  for (const [member, value] of Object.entries(CONTAINER))
    target.addRequestOverride(`InferenceSpecification.Containers.0.${member}`, value);
}

function validated(stack: Stack): void {
  const hyperparameters = [
    Hyperparameter.integer('feature_dim', {
      description: 'Feature dimension',
      min: 2,
      max: 2,
      defaultValue: 2,
      required: true,
    }),
    Hyperparameter.integer('mini_batch_size', {
      description: 'Mini batch size',
      min: 4,
      max: 4,
      defaultValue: 4,
      required: true,
    }),
    Hyperparameter.categorical('predictor_type', {
      description: 'Predictor type',
      values: ['binary_classifier'],
      defaultValue: 'binary_classifier',
      required: true,
    }),
  ];
  algorithm(stack, {
    hyperparameters,
    images: AlgorithmImages.combined(image()),
    inference: {
      contentTypes: ['text/csv'],
      responseMimeTypes: ['text/csv'],
      transformInstanceTypes: [InstanceType.ML_M5_LARGE],
    },
    validationRole: role(stack),
    validationProfiles: [
      ValidationProfile.of('validation-profile', {
        training: {
          hyperparameters: { feature_dim: '2', mini_batch_size: '4', predictor_type: 'binary_classifier' },
          inputs: {
            train: TrainingInput.fromBucket(bucket(stack), 'algorithm/training/', {
              compression: ContentCompression.NONE,
              contentType: 'text/csv',
              inputMode: InputMode.FILE,
              shuffleSeed: 1,
              distribution: S3DataDistribution.SHARDED_BY_S3_KEY,
            }),
          },
          output: TrainingOutput.toBucket(bucket(stack), 'algorithm/output'),
          resources: TrainingResources.of(InstanceType.ML_M5_LARGE, {
            keepAlive: Duration.seconds(60),
            volumeSize: Size.gibibytes(30),
          }),
          maxRuntime: Duration.seconds(1800),
        },
        transform: {
          batchStrategy: BatchStrategy.MULTI_RECORD,
          environment: { Te: 'enabled' },
          maxConcurrentTransforms: 1,
          maxPayload: Size.mebibytes(6),
          input: TransformInput.fromBucket(bucket(stack), 'algorithm/transform/', {
            contentType: 'text/csv',
            compression: ContentCompression.NONE,
            splitType: SplitType.LINE,
          }),
          output: TransformOutput.toBucket(bucket(stack), 'algorithm/transform-output', {
            accept: 'text/csv',
            assembleWith: AssembleWith.LINE,
          }),
          resources: TransformResources.of(InstanceType.ML_M5_LARGE),
        },
      }),
    ],
  });
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
    trainingSpecification: {
      reason: 'GAP: SageMaker accepts a required hyperparameter with a default value, here `eta`.',
      refused: (stack) =>
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
      error: REQUIRED_WITH_DEFAULT,
    },
    validationSpecification: {
      reason:
        'GAP: SageMaker accepts required hyperparameters with default values, here all of them; the validation profile also has ' +
        'attribute names of an S3 prefix, a pending time and a wait time, for which the library has no properties.',
      refused: validated,
      error: REQUIRED_WITH_DEFAULT,
    },
  },
};
