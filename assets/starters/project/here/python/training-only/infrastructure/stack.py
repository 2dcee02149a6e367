from aws_cdk import CfnOutput, Stack
from cdk_sagemaker_algorithm import Algorithm, InstanceType, TrainingJob, TrainingResources
from constructs import Construct

from infrastructure.algorithm import ALGORITHM


class AlgorithmStack(Stack):
    """Trains the algorithm."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        definition = {name: value for name, value in ALGORITHM.items() if name != "inputs"}
        instance_type = InstanceType.ML_M5_XLARGE
        job = TrainingJob(
            self,
            "Training",
            algorithm=Algorithm(self, "Algorithm", **definition, training_instance_types=[instance_type]),
            inputs=ALGORITHM["inputs"],
            resources=TrainingResources.of(instance_type),
        )
        CfnOutput(self, "TrainingJobName", value=job.job_name)
