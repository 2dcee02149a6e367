"""The example app in Python, which synthesizes the same templates as bin/app.ts."""

from pathlib import Path

from aws_cdk import App, CfnOutput, Duration, RemovalPolicy, Stack, aws_s3 as s3
from cdk_sagemaker_algorithm import (
    Algorithm,
    AlgorithmImages,
    AlgorithmInferenceSpecification,
    Channel,
    ContainerImage,
    Endpoint,
    EndpointConfig,
    Hyperparameter,
    InstanceType,
    MetricDefinition,
    Model,
    ModelApprovalStatus,
    ModelPackage,
    ModelPackageGroup,
    Objective,
    Processor,
    ProductionVariant,
    TrainingInput,
    TrainingJob,
    TrainingOutput,
    TrainingResources,
)

DIRECTORY = str(Path(__file__).resolve().parents[2] / "assets" / "breast-cancer")


def images(layout: str) -> AlgorithmImages:
    cpu = Processor.CPU
    if layout == "combined":
        return AlgorithmImages.combined(ContainerImage.from_asset(DIRECTORY, processor=cpu, verify=True))
    return AlgorithmImages.split(
        training=ContainerImage.from_asset(DIRECTORY, target="training", processor=cpu, verify=True),
        inference=ContainerImage.from_asset(DIRECTORY, target="inference", processor=cpu, verify=True),
    )


class LifecycleStack(Stack):
    def __init__(self, scope, construct_id: str, *, layout: str) -> None:
        super().__init__(scope, construct_id)
        self.algorithm = self.create_algorithm(layout)
        self.training_job = self.train()
        self.endpoint = self.deploy()
        CfnOutput(self, "TrainingJobName", value=self.training_job.job_name)
        CfnOutput(self, "EndpointName", value=self.endpoint.endpoint_name)

    def create_algorithm(self, layout: str) -> Algorithm:
        return Algorithm(
            self,
            "Algorithm",
            description="Tells benign from malignant breast tumours by measurements of cell nuclei",
            images=images(layout),
            hyperparameters=[
                Hyperparameter.continuous("alpha", min=1e-6, max=10, default_value=0.001, tunable=True),
                Hyperparameter.integer("epochs", min=1, max=1000, default_value=20, tunable=True),
                Hyperparameter.categorical("penalty", values=["l2", "l1", "elasticnet"], default_value="l2", tunable=True),
                Hyperparameter.continuous("pause_seconds", min=0, max=60, default_value=0),
            ],
            channels=[
                Channel.file("train", content_types=["text/csv"]),
                Channel.file("validation", content_types=["text/csv"], required=False),
            ],
            metrics=[
                MetricDefinition.of("train:loss", "train:loss=([0-9.]+);"),
                MetricDefinition.of("validation:accuracy", "validation:accuracy=([0-9.]+);"),
                MetricDefinition.of("validation:auc", "validation:auc=([0-9.]+);"),
            ],
            objectives=[Objective.maximize("validation:auc"), Objective.minimize("train:loss")],
            training_instance_types=[InstanceType.ML_M5_LARGE, InstanceType.ML_M5_XLARGE],
            inference=AlgorithmInferenceSpecification(
                content_types=["text/csv", "application/json"],
                response_mime_types=["application/json", "text/csv"],
                realtime_instance_types=[InstanceType.ML_C7_I_LARGE, InstanceType.ML_M5_LARGE],
                transform_instance_types=[InstanceType.ML_M5_LARGE],
            ),
        )

    def train(self) -> TrainingJob:
        artifacts = s3.Bucket(
            self,
            "Artifacts",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        return TrainingJob(
            self,
            "Train",
            algorithm=self.algorithm,
            inputs={"train": self.input("train"), "validation": self.input("validation")},
            hyperparameters={"epochs": "30"},
            resources=TrainingResources.of(InstanceType.ML_M5_LARGE),
            output=TrainingOutput.to_bucket(artifacts, "breast-cancer"),
            max_runtime=Duration.hours(1),
        )

    def input(self, channel: str) -> TrainingInput:
        path = str(Path(DIRECTORY) / "data" / channel / f"{channel}.csv")
        return TrainingInput.from_asset(path, content_type="text/csv")

    def deploy(self) -> Endpoint:
        model_package = ModelPackage(
            self,
            "Version",
            group=ModelPackageGroup(self, "Group", model_package_group_name="breast-cancer"),
            algorithm=self.algorithm,
            model_data=self.training_job.model_data,
            approval_status=ModelApprovalStatus.APPROVED,
        )
        main = ProductionVariant.instances(
            "main",
            model=Model(self, "Model", model_package=model_package),
            instance_type=InstanceType.ML_C7_I_LARGE,
            instance_count=2,
        )
        return Endpoint(self, "Endpoint", endpoint_config=EndpointConfig(self, "Config", variants=[main]))


app = App()
LifecycleStack(app, "BreastCancer", layout=app.node.try_get_context("layout") or "combined")
app.synth()
