from aws_cdk import CfnOutput, Duration, Stack, aws_s3 as s3
from cdk_sagemaker_algorithm import (
    AsyncInferenceOptions,
    ByoAlgorithm,
    ByoEndpointOptions,
    InstanceType,
    S3Location,
)
from constructs import Construct

from infrastructure.algorithm import ALGORITHM


class AlgorithmStack(Stack):
    """Trains the algorithm, registers the model, and hosts it on an endpoint for asynchronous inference."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        bucket = s3.Bucket(
            self,
            "Bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(7))],
        )
        lifecycle = ByoAlgorithm(
            self,
            "Lifecycle",
            **ALGORITHM,
            endpoint=ByoEndpointOptions(
                instance_type=InstanceType.ML_M5_LARGE,
                instance_count=1,
                async_inference=AsyncInferenceOptions(
                    input=S3Location.from_bucket(bucket, "requests/"),
                    output=S3Location.from_bucket(bucket, "responses/"),
                    failure=S3Location.from_bucket(bucket, "failures/"),
                ),
            ),
        )
        CfnOutput(self, "EndpointName", value=lifecycle.endpoint.endpoint_name)
        CfnOutput(self, "BucketName", value=bucket.bucket_name)
