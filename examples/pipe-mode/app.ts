/** Training that streams its data from Amazon S3 in Pipe mode, and inference with another image. */
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import * as path from 'node:path';
import {
  ContainerImage,
  Endpoint,
  EndpointConfig,
  InputMode,
  InstanceType,
  MetricDefinition,
  Model,
  ProductionVariant,
  TrainingInput,
  TrainingJob,
  TrainingResources,
} from '../../lib';

const ALGORITHM = path.join(__dirname, '..', '..', 'assets', 'breast-cancer');
const TRAINING_DATA = path.join(ALGORITHM, 'data', 'train', 'train.csv');

const app = new App();
const stack = new Stack(app, 'PipeMode');

const training = new TrainingJob(stack, 'Train', {
  image: ContainerImage.fromAsset(path.join(__dirname, 'container'), { verify: true }),
  hyperparameters: { epochs: '3' },
  metrics: [MetricDefinition.of('train:loss', 'train:loss=([0-9.]+);')],
  // The container reads each epoch from a FIFO. The data is never stored on the instance.
  inputs: { train: TrainingInput.fromAsset(TRAINING_DATA, { contentType: 'text/csv', inputMode: InputMode.PIPE }) },
  resources: TrainingResources.of(InstanceType.ML_M5_LARGE),
  maxRuntime: Duration.hours(1),
});

const model = new Model(stack, 'Model', {
  image: ContainerImage.fromAsset(ALGORITHM, { target: 'inference', verify: true }),
  modelData: training.modelData,
});
const variants = [ProductionVariant.instances('main', { model, instanceType: InstanceType.ML_C7I_LARGE })];
const endpoint = new Endpoint(stack, 'Endpoint', { endpointConfig: new EndpointConfig(stack, 'Config', { variants }) });
new CfnOutput(stack, 'TrainingJobName', { value: training.jobName });
new CfnOutput(stack, 'EndpointName', { value: endpoint.endpointName });
