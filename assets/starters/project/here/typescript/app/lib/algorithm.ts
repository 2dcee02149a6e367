import * as sagemaker from 'cdk-sagemaker-algorithm';
import { images } from './images';

/** The algorithm: its images, what they accept, and the data of the training job. */
export const algorithm = {
  images,
  hyperparameters: [{{hyperparameters}}],
  channels: [{{channels}}],
  // A job starts again when the content of these files changes. Use TrainingInput.fromBucket() for data in S3.
  inputs: {{{inputs}}},
} satisfies sagemaker.ByoAlgorithmProps;
