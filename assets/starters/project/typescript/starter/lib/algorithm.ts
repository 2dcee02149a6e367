import {
  type ByoAlgorithmProps,
  Channel,
  Hyperparameter,
  MetricDefinition,
  TrainingInput,
} from 'cdk-sagemaker-algorithm';
import { images } from './images';

const CSV = 'text/csv';

/** The algorithm: its images, what they accept and print, and the data of the training job. */
export const algorithm = {
  images,
  hyperparameters: [
    Hyperparameter.integer('epochs', { min: 1, max: 10_000, defaultValue: 20 }),
    Hyperparameter.continuous('learning_rate', { min: 0.000001, max: 1, defaultValue: 0.1 }),
  ],
  channels: [
    Channel.file('train', { contentTypes: [CSV] }),
    Channel.file('validation', { contentTypes: [CSV], required: false }),
  ],
  metrics: [
    MetricDefinition.of('train:loss', 'train:loss=([0-9.]+);'),
    MetricDefinition.of('validation:accuracy', 'validation:accuracy=([0-9.]+);'),
  ],
  // A job starts again when the content of these files changes. Use TrainingInput.fromBucket() for data in S3.
  inputs: {
    train: TrainingInput.fromAsset('data/train/train.csv', { contentType: CSV }),
    validation: TrainingInput.fromAsset('data/validation/validation.csv', { contentType: CSV }),
  },
} satisfies ByoAlgorithmProps;
