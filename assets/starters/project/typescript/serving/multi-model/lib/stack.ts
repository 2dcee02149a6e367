import { CfnOutput, Stack, type StackProps, aws_s3 as s3 } from 'aws-cdk-lib';
import {
  ByoAlgorithm,
  Endpoint,
  EndpointConfig,
  InstanceType,
  Model,
  ModelData,
  ProductionVariant,
  TrainingOutput,
} from 'cdk-sagemaker-algorithm';
import type { Construct } from 'constructs';
import { algorithm } from './algorithm';
import { images } from './images';

/** Trains the algorithm, and hosts all models below a key prefix on one endpoint. */
export class AlgorithmStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const models = new s3.Bucket(this, 'Models', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
    });
    const { trainingJob } = new ByoAlgorithm(this, 'Lifecycle', {
      ...algorithm,
      training: { output: TrainingOutput.toBucket(models, 'models') },
    });
    const model = new Model(this, 'MultiModel', {
      image: images.inference,
      modelData: ModelData.fromUncompressedPrefix(models, 'models/'),
      multiModel: {},
    });
    const main = ProductionVariant.instances('main', { model, instanceType: InstanceType.ML_M5_LARGE });
    const endpoint = new Endpoint(this, 'Endpoint', {
      endpointConfig: new EndpointConfig(this, 'Config', { variants: [main] }),
    });
    new CfnOutput(this, 'EndpointName', { value: endpoint.endpointName });
    // Each training job adds a model. A request names it by its object key below the prefix.
    new CfnOutput(this, 'TargetModel', { value: `${trainingJob!.jobName}/output/model.tar.gz` });
  }
}
