"""Calls the assertions about jobs as the unit test of a user does, and prints the error of one that fails."""

from aws_cdk import App, CfnParameter, Stack
from aws_cdk.assertions import Capture, Match, Template
from cdk_sagemaker_algorithm import ContainerImage, InstanceType, TrainingJob, TrainingResources
from cdk_sagemaker_algorithm.testing import JobRequests

stack = Stack(App(), "Stack")
TrainingJob(
    stack,
    "Train",
    image=ContainerImage.from_registry("111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn:1"),
    resources=TrainingResources.of(
        InstanceType.ML_M5_XLARGE,
        instance_count=CfnParameter(stack, "Count", type="Number").value_as_number,
    ),
    hyperparameters={"max_depth": "8"},
)

requests = JobRequests.from_template(Template.from_stack(stack))
depth = Capture()
requests.has_training_job(
    {
        "HyperParameters": Match.object_equals({"max_depth": depth}),
        "ResourceConfig": {"InstanceCount": {"Ref": "Count"}},
        "VpcConfig": Match.absent(),
    }
)
assert depth.as_string() == "8"
requests.training_job_count_is(1)
[found] = requests.find_training_jobs().values()
assert found["HyperParameters"] == {"max_depth": "8"}
try:
    requests.has_training_job({"HyperParameters": {"max_depth": "9"}})
except Exception as error:
    print(error)
