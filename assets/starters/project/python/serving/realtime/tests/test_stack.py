from aws_cdk import App
from aws_cdk.assertions import Template

from infrastructure.stack import AlgorithmStack


def test_the_stack_hosts_the_trained_model_on_one_instance():
    template = Template.from_stack(AlgorithmStack(App(), "Test"))
    template.resource_count_is("AWS::SageMaker::Endpoint", 1)
    template.has_resource_properties(
        "AWS::SageMaker::EndpointConfig",
        {"ProductionVariants": [{"InstanceType": "ml.m5.large", "InitialInstanceCount": 1}]},
    )
