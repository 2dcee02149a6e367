"""One image, which SageMaker starts with `train` or `serve`."""

from cdk_sagemaker_algorithm import AlgorithmImages, ContainerImage

IMAGES = AlgorithmImages.combined(ContainerImage.from_asset("{{image}}", exclude=["{{folder}}"]))
