"""The image, which SageMaker starts with `train`."""

from cdk_sagemaker_algorithm import AlgorithmImages, ContainerImage

IMAGES = AlgorithmImages.training_only(ContainerImage.from_asset("{{image}}", exclude=["{{folder}}"]))
