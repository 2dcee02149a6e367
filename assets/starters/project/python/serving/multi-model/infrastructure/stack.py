from aws_cdk import CfnOutput, Stack, aws_s3 as s3
from cdk_sagemaker_algorithm import (
    ByoAlgorithm,
    ByoTrainingOptions,
    Endpoint,
    EndpointConfig,
    InstanceType,
    Model,
    ModelData,
    MultiModelOptions,
    ProductionVariant,
    TrainingOutput,
)
from constructs import Construct

from infrastructure.algorithm import ALGORITHM
from infrastructure.images import IMAGES


class AlgorithmStack(Stack):
    """Trains the algorithm, and hosts all models below a key prefix on one endpoint."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        models = s3.Bucket(
            self,
            "Models",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
        )
        lifecycle = ByoAlgorithm(
            self,
            "Lifecycle",
            **ALGORITHM,
            training=ByoTrainingOptions(output=TrainingOutput.to_bucket(models, "models")),
        )
        model = Model(
            self,
            "MultiModel",
            image=IMAGES.inference,
            model_data=ModelData.from_uncompressed_prefix(models, "models/"),
            multi_model=MultiModelOptions(),
        )
        main = ProductionVariant.instances("main", model=model, instance_type=InstanceType.ML_M5_LARGE)
        endpoint = Endpoint(self, "Endpoint", endpoint_config=EndpointConfig(self, "Config", variants=[main]))
        CfnOutput(self, "EndpointName", value=endpoint.endpoint_name)
        # Each training job adds a model. A request names it by its object key below the prefix.
        CfnOutput(self, "TargetModel", value=f"{lifecycle.training_job.job_name}/output/model.tar.gz")
