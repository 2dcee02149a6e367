/** Training with your own container, and inference with a script in a container that SageMaker provides. */
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import * as path from 'node:path';
import {
  BuiltInAlgorithm,
  ContainerImage,
  Endpoint,
  EndpointConfig,
  ImagePurpose,
  InstanceType,
  Model,
  ProductionVariant,
  Script,
  TrainingInput,
  TrainingJob,
  TrainingResources,
} from '../../lib';

const OWN_TRAINING = path.join(__dirname, '..', '..', 'assets', 'breast-cancer');
const TRAINING_DATA = path.join(OWN_TRAINING, 'data', 'train', 'train.csv');

const app = new App();
const stack = new Stack(app, 'ProvidedInference');

const training = new TrainingJob(stack, 'Train', {
  image: ContainerImage.fromAsset(OWN_TRAINING, { target: 'training', verify: true }),
  inputs: { train: TrainingInput.fromAsset(TRAINING_DATA, { contentType: 'text/csv' }) },
  hyperparameters: { epochs: '30' },
  resources: TrainingResources.of(InstanceType.ML_M5_LARGE),
  maxRuntime: Duration.hours(1),
});

const instanceType = InstanceType.ML_C7I_LARGE;
const model = new Model(stack, 'Model', {
  image: ContainerImage.fromBuiltInAlgorithm(BuiltInAlgorithm.SCIKIT_LEARN, {
    purpose: ImagePurpose.INFERENCE,
    version: '1.2-1',
    instanceType,
  }),
  script: Script.fromDirectory(path.join(__dirname, 'script'), 'inference.py'),
  modelData: training.modelData,
});
const variants = [ProductionVariant.instances('main', { model, instanceType })];
const endpoint = new Endpoint(stack, 'Endpoint', { endpointConfig: new EndpointConfig(stack, 'Config', { variants }) });
new CfnOutput(stack, 'TrainingJobName', { value: training.jobName });
new CfnOutput(stack, 'EndpointName', { value: endpoint.endpointName });
