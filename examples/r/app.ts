/** An algorithm in R, which forecasts a monthly series: one container that trains, and serves a serverless endpoint and a batch transform job. */
import { App, CfnOutput, Duration, Size, Stack, aws_s3 as s3, aws_s3_assets as assets } from 'aws-cdk-lib';
import * as path from 'node:path';
import {
  AlgorithmImages,
  ByoAlgorithm,
  Channel,
  ContainerImage,
  Endpoint,
  EndpointConfig,
  Hyperparameter,
  InstanceType,
  MetricDefinition,
  ProductionVariant,
  SplitType,
  TrainingInput,
  TransformInput,
  TransformJob,
  TransformOutput,
  TransformResources,
} from '../../lib';

const app = new App();
const stack = new Stack(app, 'Forecast');
const data = new s3.Bucket(stack, 'Data', { blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL, enforceSSL: true });

const { model, trainingJob } = new ByoAlgorithm(stack, 'Passengers', {
  images: AlgorithmImages.combined(
    ContainerImage.fromAsset(path.join(__dirname, 'container'), { serverlessCompatible: true }),
  ),
  channels: [Channel.file('train', { contentTypes: ['text/csv'] })],
  hyperparameters: [Hyperparameter.integer('period', { min: 2, max: 24, defaultValue: 12 })],
  metrics: [MetricDefinition.of('validation:mape', 'validation:mape=([0-9.]+);')],
  inputs: {
    train: TrainingInput.fromAsset(path.join(__dirname, 'data', 'train', 'passengers.csv'), {
      contentType: 'text/csv',
    }),
  },
  training: { maxRuntime: Duration.hours(1) },
  inference: {
    contentTypes: ['text/csv'],
    responseMimeTypes: ['text/csv'],
    transformInstanceTypes: [InstanceType.ML_M5_LARGE],
  },
});

const variants = [
  ProductionVariant.serverless('main', { model: model!, memory: Size.gibibytes(2), maxConcurrency: 5 }),
];
const endpoint = new Endpoint(stack, 'Endpoint', { endpointConfig: new EndpointConfig(stack, 'Config', { variants }) });
new CfnOutput(stack, 'EndpointName', { value: endpoint.endpointName });

// Each row of the input is a number of months, and each row of the output the forecast for that month.
const months = new assets.Asset(stack, 'Months', { path: path.join(__dirname, 'data', 'months.csv') });
const scores = new TransformJob(stack, 'NextYears', {
  model: model!,
  input: TransformInput.fromBucket(months.bucket, months.s3ObjectKey, {
    contentType: 'text/csv',
    splitType: SplitType.LINE,
  }),
  output: TransformOutput.toBucket(data, 'forecasts'),
  resources: TransformResources.of(InstanceType.ML_M5_LARGE),
});
new CfnOutput(stack, 'TrainingJobName', { value: trainingJob!.jobName });
new CfnOutput(stack, 'TransformJobName', { value: scores.jobName });
