from aws_cdk import App
from aws_cdk.assertions import Template

from infrastructure.stack import AlgorithmStack


def test_the_stack_trains_the_algorithm():
    template = Template.from_stack(AlgorithmStack(App(), "Test"))
    template.resource_count_is("Custom::SageMakerTrainingJob", 1)
