"""The algorithm: its images, what they accept and print, and the data of the training job."""

from cdk_sagemaker_algorithm import Channel, Hyperparameter, MetricDefinition, TrainingInput

from infrastructure.images import IMAGES

CSV = "text/csv"

ALGORITHM = {
    "images": IMAGES,
    "hyperparameters": [
        Hyperparameter.integer("epochs", min=1, max=10000, default_value=20),
        Hyperparameter.continuous("learning_rate", min=0.000001, max=1, default_value=0.1),
    ],
    "channels": [
        Channel.file("train", content_types=[CSV]),
        Channel.file("validation", content_types=[CSV], required=False),
    ],
    "metrics": [
        MetricDefinition.of("train:loss", "train:loss=([0-9.]+);"),
        MetricDefinition.of("validation:accuracy", "validation:accuracy=([0-9.]+);"),
    ],
    # A job starts again when the content of these files changes. Use TrainingInput.from_bucket() for data in S3.
    "inputs": {
        "train": TrainingInput.from_asset("data/train/train.csv", content_type=CSV),
        "validation": TrainingInput.from_asset("data/validation/validation.csv", content_type=CSV),
    },
}
