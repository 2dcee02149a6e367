/** Several models on one endpoint: a training job for each penalty of the example algorithm, and your own multi-model container. */
import { App, CfnOutput, Duration, Stack, aws_s3 as s3 } from 'aws-cdk-lib';
import * as path from 'node:path';
import {
  ContainerImage,
  Endpoint,
  EndpointConfig,
  InstanceType,
  Model,
  ModelData,
  ProductionVariant,
  TrainingInput,
  TrainingJob,
  TrainingOutput,
  TrainingResources,
} from '../../lib';

const ALGORITHM = path.join(__dirname, '..', '..', 'assets', 'breast-cancer');
const TRAINING_DATA = path.join(ALGORITHM, 'data', 'train', 'train.csv');

const app = new App();
const stack = new Stack(app, 'MultiModel');
const models = new s3.Bucket(stack, 'Models', { blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL, enforceSSL: true });

const image = ContainerImage.fromAsset(ALGORITHM, { target: 'training', verify: true });
for (const penalty of ['l1', 'l2']) {
  const training = new TrainingJob(stack, `Train-${penalty}`, {
    image,
    hyperparameters: { penalty, alpha: '0.01', epochs: '30' },
    inputs: { train: TrainingInput.fromAsset(TRAINING_DATA, { contentType: 'text/csv' }) },
    resources: TrainingResources.of(InstanceType.ML_M5_LARGE),
    output: TrainingOutput.toBucket(models, 'models'),
    maxRuntime: Duration.hours(1),
  });
  new CfnOutput(stack, `TrainingJobName${penalty.toUpperCase()}`, { value: training.jobName });
}

// The endpoint hosts every artifact below the key prefix, also those that are added later.
const model = new Model(stack, 'Model', {
  image: ContainerImage.fromAsset(path.join(__dirname, 'container'), { verify: true }),
  modelData: ModelData.fromUncompressedPrefix(models, 'models/'),
  multiModel: {},
});
const variants = [ProductionVariant.instances('main', { model, instanceType: InstanceType.ML_M5_LARGE })];
const endpoint = new Endpoint(stack, 'Endpoint', { endpointConfig: new EndpointConfig(stack, 'Config', { variants }) });
new CfnOutput(stack, 'EndpointName', { value: endpoint.endpointName });
