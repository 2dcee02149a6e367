/**
 * Training with an algorithm that SageMaker provides, and inference with your own code: in a real-time endpoint, and on devices
 * that download the model artifact.
 */
import {
  App,
  CfnOutput,
  Duration,
  Stack,
  aws_events_targets as targets,
  aws_iam as iam,
  aws_s3 as s3,
  aws_sns as sns,
} from 'aws-cdk-lib';
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
  TrainingInput,
  TrainingJob,
  TrainingOutput,
  TrainingResources,
} from '../../lib';

const TRAINING_DATA = path.join(__dirname, '..', '..', 'assets', 'breast-cancer', 'data', 'train', 'train.csv');

const app = new App();
const stack = new Stack(app, 'ProvidedAlgorithm');
const data = new s3.Bucket(stack, 'Data', { blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL, enforceSSL: true });

const instanceType = InstanceType.ML_M5_XLARGE;
const training = new TrainingJob(stack, 'Train', {
  image: ContainerImage.fromBuiltInAlgorithm(BuiltInAlgorithm.XGBOOST, {
    purpose: ImagePurpose.TRAINING,
    version: '1.7-1',
    instanceType,
  }),
  hyperparameters: { num_round: '100', objective: 'binary:logistic' },
  inputs: { train: TrainingInput.fromAsset(TRAINING_DATA, { contentType: 'text/csv' }) },
  resources: TrainingResources.of(instanceType),
  // The devices read models/<job>/output/model.tar.gz.
  output: TrainingOutput.toBucket(data, 'models'),
  maxRuntime: Duration.hours(1),
});

// Each new model is published to the topic, and the devices can read all model artifacts.
const models = new sns.Topic(stack, 'Models', { enforceSSL: true });
training.onCompleted('Trained', { target: new targets.SnsTopic(models) });
const devices = new iam.Role(stack, 'Devices', {
  assumedBy: new iam.ServicePrincipal('credentials.iot.amazonaws.com'),
});
training.output.grantRead(devices);

const model = new Model(stack, 'Model', {
  // The model of XGBoost requires a container that reads it.
  image: ContainerImage.fromAsset(path.join(__dirname, 'container'), { verify: true }),
  modelData: training.modelData,
});
const variants = [ProductionVariant.instances('main', { model, instanceType: InstanceType.ML_C7I_LARGE })];
const endpoint = new Endpoint(stack, 'Endpoint', { endpointConfig: new EndpointConfig(stack, 'Config', { variants }) });
new CfnOutput(stack, 'TrainingJobName', { value: training.jobName });
new CfnOutput(stack, 'EndpointName', { value: endpoint.endpointName });
