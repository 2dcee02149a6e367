import { AlgorithmImages, ContainerImage } from 'cdk-sagemaker-algorithm';

const exclude = ['{{folder}}'];

/** The training image and the inference image, which are stages of one Dockerfile. */
export const images = AlgorithmImages.split({
  training: ContainerImage.fromAsset('{{image}}', { target: '{{trainingTarget}}', exclude }),
  inference: ContainerImage.fromAsset('{{image}}', { target: '{{inferenceTarget}}', exclude }),
});
