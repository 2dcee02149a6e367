from aws_cdk import CfnOutput, Stack, aws_s3 as s3, aws_s3_assets as s3_assets
from cdk_sagemaker_algorithm import (
    AssembleWith,
    ByoAlgorithm,
    InstanceType,
    SplitType,
    TransformInput,
    TransformJob,
    TransformOutput,
    TransformResources,
)
from constructs import Construct

from infrastructure.algorithm import ALGORITHM


class AlgorithmStack(Stack):
    """Trains the algorithm, registers the model, and scores a file with a batch transform job."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        lifecycle = ByoAlgorithm(self, "Lifecycle", **ALGORITHM)
        rows = s3_assets.Asset(self, "Rows", path="requests/rows.csv")
        bucket = s3.Bucket(
            self,
            "Predictions",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
        )
        TransformJob(
            self,
            "Transform",
            model=lifecycle.model,
            input=TransformInput.from_bucket(
                rows.bucket, rows.s3_object_key, content_type="text/csv", split_type=SplitType.LINE
            ),
            output=TransformOutput.to_bucket(
                bucket, "predictions", accept="text/csv", assemble_with=AssembleWith.LINE
            ),
            resources=TransformResources.of(InstanceType.ML_M5_XLARGE),
        )
        CfnOutput(self, "BucketName", value=bucket.bucket_name)
        CfnOutput(self, "ObjectKey", value=f"predictions/{rows.s3_object_key}.out")
