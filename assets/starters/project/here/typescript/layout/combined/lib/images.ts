import { AlgorithmImages, ContainerImage } from 'cdk-sagemaker-algorithm';

/** One image, which SageMaker starts with `train` or `serve`. */
export const images = AlgorithmImages.combined(ContainerImage.fromAsset('{{image}}', { exclude: ['{{folder}}'] }));
