"""The training image and the inference image, which are stages of one Dockerfile."""

from cdk_sagemaker_algorithm import AlgorithmImages, ContainerImage

IMAGES = AlgorithmImages.split(
    training=ContainerImage.from_asset("{{image}}", target="{{trainingTarget}}", exclude=["{{folder}}"]),
    inference=ContainerImage.from_asset("{{image}}", target="{{inferenceTarget}}", exclude=["{{folder}}"]),
)
