"""The algorithm: its images, what they accept, and the data of the training job."""

import cdk_sagemaker_algorithm as sagemaker

from infrastructure.images import IMAGES

ALGORITHM = {
    "images": IMAGES,
    "hyperparameters": [{{hyperparameters}}],
    "channels": [{{channels}}],
    # A job starts again when the content of these files changes. Use TrainingInput.from_bucket() for data in S3.
    "inputs": {{{inputs}}},
}
