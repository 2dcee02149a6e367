/** An endpoint whose requests are compared with the training data every day, and a workflow that trains again when they have drifted. */
import {
  App,
  CfnOutput,
  Duration,
  Stack,
  aws_s3 as s3,
  aws_s3_deployment as deployment,
  aws_scheduler as scheduler,
} from 'aws-cdk-lib';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import {
  ContainerImage,
  Endpoint,
  EndpointConfig,
  InstanceType,
  Model,
  ProcessingResources,
  ProductionVariant,
  S3Location,
  TrainingInput,
  TrainingJob,
  TrainingResources,
  TrainingWorkflow,
} from '../../lib';

const ASSETS = path.join(__dirname, '..', '..', 'assets', 'breast-cancer');
const dataOf = (channel: string): string => path.join(ASSETS, 'data', channel, `${channel}.csv`);

const app = new App();
const stack = new Stack(app, 'Monitoring');
const data = new s3.Bucket(stack, 'Data', { blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL, enforceSSL: true });

const image = ContainerImage.fromAsset(ASSETS);
const training = {
  image,
  inputs: {
    train: TrainingInput.fromAsset(dataOf('train'), { contentType: 'text/csv' }),
    validation: TrainingInput.fromAsset(dataOf('validation'), { contentType: 'text/csv' }),
  },
  resources: TrainingResources.of(InstanceType.ML_M5_LARGE),
  maxRuntime: Duration.hours(1),
};
const { modelData } = new TrainingJob(stack, 'Train', training);
const model = new Model(stack, 'Model', { image, modelData });
const endpoint = new Endpoint(stack, 'Endpoint', {
  endpointConfig: new EndpointConfig(stack, 'Config', {
    variants: [ProductionVariant.instances('main', { model, instanceType: InstanceType.ML_C7I_LARGE })],
    dataCapture: { destination: S3Location.fromBucket(data, 'captured'), csvContentTypes: ['text/csv'] },
  }),
});

// The baseline is the training data as requests have it, without labels, and with a header.
const rows = readFileSync(dataOf('train'), 'utf8')
  .trim()
  .split('\n')
  .map((row) => row.split(',').slice(1));
const header = rows[0].map((_, index) => `feature${index + 1}`);
new deployment.BucketDeployment(stack, 'Baseline', {
  destinationBucket: data,
  destinationKeyPrefix: 'baseline',
  sources: [deployment.Source.data('baseline.csv', [header, ...rows].map((row) => `${row.join(',')}\n`).join(''))],
});

const monitor = endpoint.addMonitor('Drift', {
  image: ContainerImage.fromAsset(path.join(__dirname, 'container')),
  resources: ProcessingResources.of(InstanceType.ML_M5_LARGE),
  baseline: S3Location.fromBucket(data, 'baseline/'),
  schedule: scheduler.ScheduleExpression.cron({ hour: '4', minute: '0' }),
  maxRuntime: Duration.hours(1),
});
const workflow = new TrainingWorkflow(stack, 'Retraining', { training });
workflow.startOnAlarm('Drift', monitor.violationAlarm);
new CfnOutput(stack, 'EndpointName', { value: endpoint.endpointName });
