from aws_cdk import App
from aws_cdk.assertions import Match, Template

from infrastructure.stack import AlgorithmStack


def test_the_stack_scores_a_file_line_by_line_without_an_endpoint():
    template = Template.from_stack(AlgorithmStack(App(), "Test"))
    template.resource_count_is("AWS::SageMaker::Endpoint", 0)
    template.has_resource_properties(
        "Custom::SageMakerTransformJob",
        {"Request": Match.object_like({"TransformInput": Match.object_like({"SplitType": "Line"})})},
    )
