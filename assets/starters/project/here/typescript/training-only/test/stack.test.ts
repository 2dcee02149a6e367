import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AlgorithmStack } from '../lib/stack';

test('The stack trains the algorithm', () => {
  const template = Template.fromStack(new AlgorithmStack(new App(), 'Test'));
  template.resourceCountIs('Custom::SageMakerTrainingJob', 1);
});
