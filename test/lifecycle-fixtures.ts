import type { Stack } from 'aws-cdk-lib';
import { AlgorithmImages, ByoAlgorithm, type ByoAlgorithmProps, Channel, InstanceType, TrainingInput } from '../lib';
import { bucket } from './features';
import { image } from './stacks';

export const TRAINING_JOB = 'Custom::SageMakerTrainingJob';

/** The properties that are sufficient for all stages. */
export function minimalProps(stack: Stack): ByoAlgorithmProps {
  return {
    images: AlgorithmImages.combined(image()),
    channels: [Channel.file('train')],
    inputs: { train: TrainingInput.fromBucket(bucket(stack), 'train/') },
    endpoint: { instanceType: InstanceType.ML_C7I_LARGE },
  };
}

export function newByoAlgorithm(stack: Stack, props: Partial<ByoAlgorithmProps> = {}): ByoAlgorithm {
  return new ByoAlgorithm(stack, 'Churn', { ...minimalProps(stack), ...props });
}
