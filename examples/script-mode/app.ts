/** Training with your own script in a container that SageMaker provides, and inference with your own container. */
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
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

const OWN_CODE = path.join(__dirname, '..', '..', 'assets', 'breast-cancer');
const TRAINING_DATA = path.join(OWN_CODE, 'data', 'train', 'train.csv');

const app = new App();
const stack = new Stack(app, 'ScriptMode');

const instanceType = InstanceType.ML_G5_XLARGE;
const training = new TrainingJob(stack, 'Train', {
  image: ContainerImage.fromDeepLearningContainer(DeepLearningFramework.PYTORCH, {
    purpose: ImagePurpose.TRAINING,
    version: '2.3.0',
    instanceType,
  }),
  script: Script.fromDirectory(path.join(__dirname, 'script'), 'train.py'),
  hyperparameters: { epochs: '50' },
  metrics: [MetricDefinition.of('train:loss', 'train:loss=([0-9.]+);')],
  inputs: { train: TrainingInput.fromAsset(TRAINING_DATA, { contentType: 'text/csv' }) },
  resources: TrainingResources.of(instanceType),
  maxRuntime: Duration.hours(1),
});

const model = new Model(stack, 'Model', {
  image: ContainerImage.fromAsset(OWN_CODE, { target: 'inference', verify: true }),
  modelData: training.modelData,
});
const variants = [ProductionVariant.instances('main', { model, instanceType: InstanceType.ML_C7I_LARGE })];
const endpoint = new Endpoint(stack, 'Endpoint', { endpointConfig: new EndpointConfig(stack, 'Config', { variants }) });
new CfnOutput(stack, 'TrainingJobName', { value: training.jobName });
new CfnOutput(stack, 'EndpointName', { value: endpoint.endpointName });
