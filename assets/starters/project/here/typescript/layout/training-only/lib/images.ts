import { AlgorithmImages, ContainerImage } from 'cdk-sagemaker-algorithm';

/** The image, which SageMaker starts with `train`. */
export const images = AlgorithmImages.trainingOnly(ContainerImage.fromAsset('{{image}}', { exclude: ['{{folder}}'] }));
