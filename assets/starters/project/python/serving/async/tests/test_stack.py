from aws_cdk import App
from aws_cdk.assertions import Match, Template

from infrastructure.stack import AlgorithmStack


def test_the_stack_hosts_the_trained_model_for_asynchronous_inference():
    template = Template.from_stack(AlgorithmStack(App(), "Test"))
    template.resource_count_is("AWS::SageMaker::Endpoint", 1)
    template.has_resource_properties(
        "AWS::SageMaker::EndpointConfig",
        {"AsyncInferenceConfig": {"OutputConfig": Match.object_like({"S3OutputPath": Match.any_value()})}},
    )
