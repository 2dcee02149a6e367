import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { ByoAlgorithm, InstanceType } from 'cdk-sagemaker-algorithm';
import type { Construct } from 'constructs';
import { algorithm } from './algorithm';

/** Trains the algorithm, registers the model, and hosts it on a real-time endpoint. */
export class AlgorithmStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const { endpoint } = new ByoAlgorithm(this, 'Lifecycle', {
      ...algorithm,
      endpoint: { instanceType: InstanceType.ML_M5_LARGE, instanceCount: 1 },
    });
    new CfnOutput(this, 'EndpointName', { value: endpoint!.endpointName });
  }
}
