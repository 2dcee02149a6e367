import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AlgorithmStack } from '../lib/stack';

test('The stack scores a file without an endpoint', () => {
  const template = Template.fromStack(new AlgorithmStack(new App(), 'Test'));
  template.resourceCountIs('AWS::SageMaker::Endpoint', 0);
  template.resourceCountIs('Custom::SageMakerTransformJob', 1);
});
