from aws_cdk import CfnOutput, Stack
from cdk_sagemaker_algorithm import ByoAlgorithm, ByoEndpointOptions, InstanceType
from constructs import Construct

from infrastructure.algorithm import ALGORITHM


class AlgorithmStack(Stack):
    """Trains the algorithm, registers the model, and hosts it on a real-time endpoint."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        lifecycle = ByoAlgorithm(
            self,
            "Lifecycle",
            **ALGORITHM,
            endpoint=ByoEndpointOptions(instance_type=InstanceType.ML_M5_LARGE, instance_count=1),
        )
        CfnOutput(self, "EndpointName", value=lifecycle.endpoint.endpoint_name)
