import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AlgorithmStack } from '../lib/stack';

test('The stack scores a file line by line, without an endpoint', () => {
  const template = Template.fromStack(new AlgorithmStack(new App(), 'Test'));
  template.resourceCountIs('AWS::SageMaker::Endpoint', 0);
  template.hasResourceProperties('Custom::SageMakerTransformJob', {
    Request: Match.objectLike({ TransformInput: Match.objectLike({ SplitType: 'Line' }) }),
  });
});
