from aws_cdk import CfnOutput, Size, Stack
from cdk_sagemaker_algorithm import ByoAlgorithm, Endpoint, EndpointConfig, ProductionVariant
from constructs import Construct

from infrastructure.algorithm import ALGORITHM


class AlgorithmStack(Stack):
    """Trains the algorithm, registers the model, and hosts it on a serverless endpoint."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        lifecycle = ByoAlgorithm(self, "Lifecycle", **ALGORITHM)
        main = ProductionVariant.serverless(
            "main",
            model=lifecycle.model,
            memory=Size.gibibytes(2),
            max_concurrency=5,
        )
        endpoint = Endpoint(self, "Endpoint", endpoint_config=EndpointConfig(self, "Config", variants=[main]))
        CfnOutput(self, "EndpointName", value=endpoint.endpoint_name)
