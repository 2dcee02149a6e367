import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AlgorithmStack } from '../lib/stack';

test('The stack hosts the trained model for asynchronous inference', () => {
  const template = Template.fromStack(new AlgorithmStack(new App(), 'Test'));
  template.resourceCountIs('AWS::SageMaker::Endpoint', 1);
  template.hasResourceProperties('AWS::SageMaker::EndpointConfig', {
    AsyncInferenceConfig: { OutputConfig: Match.objectLike({ S3OutputPath: Match.anyValue() }) },
  });
});
