/** Training on a GPU and inference on CPUs, each in an image that extends an AWS Deep Learning Container. */
import { App, CfnOutput, Duration, Stack, aws_s3 as s3 } from 'aws-cdk-lib';
import * as path from 'node:path';
import {
  ContainerImage,
  DeepLearningFramework,
  Endpoint,
  EndpointConfig,
  ImagePurpose,
  InstanceType,
  MetricDefinition,
  Model,
  ProductionVariant,
  Script,
  TrainingInput,
  TrainingJob,
  TrainingResources,
} from '../../lib';

const app = new App();
// The registry of the base images depends on the region, which the build requires.
const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region = 'eu-west-1' } = process.env;
const stack = new Stack(app, 'Gpu', { env: { account, region } });
const data = new s3.Bucket(stack, 'Data', { blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL, enforceSSL: true });

/** An image that extends the Deep Learning Container for an instance type. */
function extended(directory: string, purpose: ImagePurpose, instanceType: InstanceType): ContainerImage {
  return ContainerImage.fromAsset(path.join(__dirname, directory), {
    baseImage: ContainerImage.fromDeepLearningContainer(DeepLearningFramework.PYTORCH, {
      purpose,
      version: '2.3.0',
      instanceType,
    }),
    verify: true,
  });
}

const gpu = InstanceType.ML_G5_XLARGE;
const training = new TrainingJob(stack, 'Train', {
  image: extended('training', ImagePurpose.TRAINING, gpu),
  hyperparameters: { epochs: '20' },
  metrics: [
    MetricDefinition.of('train:loss', 'train:loss=([0-9.]+);'),
    MetricDefinition.of('train:accuracy', 'train:accuracy=([0-9.]+);'),
  ],
  inputs: { train: TrainingInput.fromBucket(data, 'train/', { contentType: 'text/csv' }) },
  resources: TrainingResources.of(gpu),
  maxRuntime: Duration.hours(1),
});

const cpu = InstanceType.ML_C7I_LARGE;
const model = new Model(stack, 'Model', {
  image: extended('inference', ImagePurpose.INFERENCE, cpu),
  modelData: training.modelData,
  script: Script.fromDirectory(path.join(__dirname, 'script'), 'inference.py'),
});
const variants = [ProductionVariant.instances('main', { model, instanceType: cpu })];
const endpoint = new Endpoint(stack, 'Endpoint', { endpointConfig: new EndpointConfig(stack, 'Config', { variants }) });
new CfnOutput(stack, 'EndpointName', { value: endpoint.endpointName });
