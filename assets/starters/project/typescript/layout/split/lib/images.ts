import { AlgorithmImages, ContainerImage } from 'cdk-sagemaker-algorithm';

/** The training image and the inference image, which are stages of one Dockerfile. */
export const images = AlgorithmImages.split({
  training: ContainerImage.fromAsset('algorithm', { target: 'training' }),
  inference: ContainerImage.fromAsset('algorithm', { target: 'inference' }),
});
