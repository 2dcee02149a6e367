from aws_cdk import App
from aws_cdk.assertions import Template

from infrastructure.stack import AlgorithmStack


def test_the_stack_hosts_all_models_below_a_key_prefix_on_one_endpoint():
    template = Template.from_stack(AlgorithmStack(App(), "Test"))
    template.resource_count_is("AWS::SageMaker::Endpoint", 1)
    template.has_resource_properties("AWS::SageMaker::Model", {"PrimaryContainer": {"Mode": "MultiModel"}})
