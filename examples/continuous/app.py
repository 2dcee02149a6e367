"""The example of the continuous lifecycle in Python, which synthesizes the same templates as app.ts."""

from pathlib import Path

from aws_cdk import App, CfnOutput, Duration, RemovalPolicy, Stack, aws_s3 as s3, aws_scheduler as scheduler
from cdk_sagemaker_algorithm import (
    Algorithm,
    AlgorithmImages,
    AlgorithmInferenceSpecification,
    Channel,
    ContainerImage,
    ContinuousDeployment,
    Endpoint,
    EndpointConfig,
    Evaluation,
    Expectation,
    GateOptions,
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
    S3Location,
    SmokeTest,
    SmokeTestRequest,
    SplitType,
    TrainingInput,
    TrainingJobDefinition,
    TrainingOutput,
    TrainingResources,
    TrainingWorkflow,
    TransformInput,
    TransformOutput,
    TransformResources,
    TransformSchedule,
    WorkflowRegistrationOptions,
)

DIRECTORY = Path(__file__).resolve().parents[2] / "assets" / "breast-cancer"
RELEASE_PARAMETER = "/breast-cancer/released"


def new_image() -> ContainerImage:
    """The image that trains and serves."""
    return ContainerImage.from_asset(str(DIRECTORY), processor=Processor.CPU)


class TrainingStack(Stack):
    """Trains a model whenever there is new data, registers it if it is good enough, and releases what is approved."""

    def __init__(self, scope, construct_id: str, *, hosting_stack_name: str) -> None:
        super().__init__(scope, construct_id)
        self.data = self.new_bucket("Data")
        output = TrainingOutput.to_bucket(self.new_bucket("Artifacts"), "breast-cancer")
        self.artifacts = output.location
        group = ModelPackageGroup(self, "Group", model_package_group_name="breast-cancer-continuous")
        workflow = TrainingWorkflow(
            self,
            "Retraining",
            state_machine_name="breast-cancer-retraining",
            training=TrainingJobDefinition(
                algorithm=self.new_algorithm(),
                inputs={
                    "train": TrainingInput.from_bucket(self.data, "train/", content_type="text/csv"),
                    "validation": TrainingInput.from_bucket(self.data, "validation/", content_type="text/csv"),
                },
                hyperparameters={"epochs": "30"},
                resources=TrainingResources.of(InstanceType.ML_M5_LARGE),
                output=output,
                max_runtime=Duration.hours(1),
            ),
            evaluation=Evaluation.training_metric(Objective.maximize("validation:auc")),
            gate=GateOptions(threshold=0.9, tolerance=0.005),
            # Without this line, each version waits for a person.
            registration=WorkflowRegistrationOptions(group=group, approval_status=ModelApprovalStatus.APPROVED),
        )
        workflow.start_on_new_data("NewData", bucket=self.data, prefix="train/", settle=Duration.minutes(5))
        ContinuousDeployment(
            self,
            "Release",
            state_machine_name="breast-cancer-release",
            group=group,
            stack_name=hosting_stack_name,
            parameter_name=RELEASE_PARAMETER,
        )
        CfnOutput(self, "DataBucket", value=self.data.bucket_name)
        CfnOutput(self, "StateMachine", value=workflow.state_machine.state_machine_arn)

    def new_bucket(self, construct_id: str) -> s3.Bucket:
        return s3.Bucket(
            self,
            construct_id,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            removal_policy=RemovalPolicy.RETAIN,
        )

    def new_algorithm(self) -> Algorithm:
        return Algorithm(
            self,
            "Algorithm",
            images=AlgorithmImages.combined(new_image()),
            hyperparameters=[Hyperparameter.integer("epochs", min=1, max=1000, default_value=20)],
            channels=[
                Channel.file("train", content_types=["text/csv"]),
                Channel.file("validation", content_types=["text/csv"]),
            ],
            metrics=[MetricDefinition.of("validation:auc", "validation:auc=([0-9.]+);")],
            training_instance_types=[InstanceType.ML_M5_LARGE],
            inference=AlgorithmInferenceSpecification(
                content_types=["text/csv", "application/json"],
                response_mime_types=["application/json", "text/csv"],
                realtime_instance_types=[InstanceType.ML_C7_I_LARGE],
                transform_instance_types=[InstanceType.ML_M5_LARGE],
            ),
        )


class HostingStack(Stack):
    """Hosts the released version, and scores data with it every night. Until there is one, the stack contains no model and no endpoint."""

    def __init__(self, scope, construct_id: str, *, artifacts: S3Location, data: s3.IBucket) -> None:
        super().__init__(scope, construct_id)
        version = ModelPackage.from_release_parameter(
            self, "Version", RELEASE_PARAMETER, images=[new_image()], model_data=[artifacts]
        )
        model = Model(self, "Model", model_package=version)
        main = ProductionVariant.instances("main", model=model, instance_type=InstanceType.ML_C7_I_LARGE)
        endpoint = Endpoint(
            self,
            "Endpoint",
            endpoint_config=EndpointConfig(self, "Config", variants=[main]),
            smoke_test=SmokeTest(
                request=SmokeTestRequest.from_file(str(DIRECTORY / "data" / "request.csv")),
                content_type="text/csv",
                accept="application/json",
                expect=[Expectation.json_path("$.predictions[0]").exists()],
            ),
        )
        TransformSchedule(
            self,
            "Nightly",
            state_machine_name="breast-cancer-scoring",
            model=model,
            input=TransformInput.from_bucket(
                data, "unlabeled/", content_type="text/csv", split_type=SplitType.LINE
            ),
            output=TransformOutput.to_bucket(data, "scores", accept="text/csv"),
            resources=TransformResources.of(InstanceType.ML_M5_LARGE),
            schedule=scheduler.ScheduleExpression.cron(hour="2", minute="0"),
        )
        CfnOutput(self, "EndpointName", value=endpoint.endpoint_name)


app = App()
training = TrainingStack(app, "ContinuousTraining", hosting_stack_name="ContinuousHosting")
hosting = HostingStack(app, "ContinuousHosting", artifacts=training.artifacts, data=training.data)
hosting.add_stack_dependency(training)
app.synth()
