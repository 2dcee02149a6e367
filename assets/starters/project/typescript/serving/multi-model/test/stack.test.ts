import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AlgorithmStack } from '../lib/stack';

test('The stack hosts all models below a key prefix on one endpoint', () => {
  const template = Template.fromStack(new AlgorithmStack(new App(), 'Test'));
  template.resourceCountIs('AWS::SageMaker::Endpoint', 1);
  template.hasResourceProperties('AWS::SageMaker::Model', {
    PrimaryContainer: { Mode: 'MultiModel' },
  });
});
