import { CfnOutput, Size, Stack, type StackProps } from 'aws-cdk-lib';
import { ByoAlgorithm, Endpoint, EndpointConfig, ProductionVariant } from 'cdk-sagemaker-algorithm';
import type { Construct } from 'constructs';
import { algorithm } from './algorithm';

/** Trains the algorithm, registers the model, and hosts it on a serverless endpoint. */
export class AlgorithmStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const { model } = new ByoAlgorithm(this, 'Lifecycle', algorithm);
    const main = ProductionVariant.serverless('main', {
      model: model!,
      memory: Size.gibibytes(2),
      maxConcurrency: 5,
    });
    const endpoint = new Endpoint(this, 'Endpoint', {
      endpointConfig: new EndpointConfig(this, 'Config', { variants: [main] }),
    });
    new CfnOutput(this, 'EndpointName', { value: endpoint.endpointName });
  }
}
