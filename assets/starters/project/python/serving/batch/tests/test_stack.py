from aws_cdk import App
from aws_cdk.assertions import Template

from infrastructure.stack import AlgorithmStack


def test_the_stack_scores_a_file_without_an_endpoint():
    template = Template.from_stack(AlgorithmStack(App(), "Test"))
    template.resource_count_is("AWS::SageMaker::Endpoint", 0)
    template.resource_count_is("Custom::SageMakerTransformJob", 1)
