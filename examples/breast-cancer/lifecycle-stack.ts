import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps, aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import * as path from 'node:path';
import {
  Algorithm,
  AlgorithmImages,
  Channel,
  ContainerImage,
  Endpoint,
  EndpointConfig,
  Hyperparameter,
  InstanceType,
  MetricDefinition,
  Model,
  ModelApprovalStatus,
  ModelPackage,
  ModelPackageGroup,
  Objective,
  Processor,
  ProductionVariant,
  TrainingInput,
  TrainingJob,
  TrainingOutput,
  TrainingResources,
} from '../../lib';

const DIRECTORY = path.join(__dirname, '..', '..', 'assets', 'breast-cancer');

export type Layout = 'combined' | 'split';

export interface LifecycleStackProps extends StackProps {
  /** One image for training and inference, or a training image and a small inference image. */
  readonly layout: Layout;
}

/** The lifecycle of an algorithm: algorithm, training job, model package, model, endpoint. */
export class LifecycleStack extends Stack {
  public readonly algorithm: Algorithm;
  public readonly trainingJob: TrainingJob;
  public readonly modelPackage: ModelPackage;
  public readonly model: Model;
  public readonly endpoint: Endpoint;

  constructor(scope: Construct, id: string, props: LifecycleStackProps) {
    super(scope, id, props);
    this.algorithm = this.createAlgorithm(props.layout);
    this.trainingJob = this.train();
    this.modelPackage = this.register();
    this.model = new Model(this, 'Model', { modelPackage: this.modelPackage });
    this.endpoint = this.deploy();
    new CfnOutput(this, 'TrainingJobName', { value: this.trainingJob.jobName });
    new CfnOutput(this, 'EndpointName', { value: this.endpoint.endpointName });
  }

  private createAlgorithm(layout: Layout): Algorithm {
    return new Algorithm(this, 'Algorithm', {
      description: 'Tells benign from malignant breast tumours by measurements of cell nuclei',
      images: images(layout),
      hyperparameters: [
        Hyperparameter.continuous('alpha', { min: 1e-6, max: 10, defaultValue: 0.001, tunable: true }),
        Hyperparameter.integer('epochs', { min: 1, max: 1000, defaultValue: 20, tunable: true }),
        Hyperparameter.categorical('penalty', {
          values: ['l2', 'l1', 'elasticnet'],
          defaultValue: 'l2',
          tunable: true,
        }),
        Hyperparameter.continuous('pause_seconds', { min: 0, max: 60, defaultValue: 0 }),
      ],
      channels: [
        Channel.file('train', { contentTypes: ['text/csv'] }),
        Channel.file('validation', { contentTypes: ['text/csv'], required: false }),
      ],
      metrics: [
        MetricDefinition.of('train:loss', 'train:loss=([0-9.]+);'),
        MetricDefinition.of('validation:accuracy', 'validation:accuracy=([0-9.]+);'),
        MetricDefinition.of('validation:auc', 'validation:auc=([0-9.]+);'),
      ],
      objectives: [Objective.maximize('validation:auc'), Objective.minimize('train:loss')],
      trainingInstanceTypes: [InstanceType.ML_M5_LARGE, InstanceType.ML_M5_XLARGE],
      inference: {
        contentTypes: ['text/csv', 'application/json'],
        responseMimeTypes: ['application/json', 'text/csv'],
        realtimeInstanceTypes: [InstanceType.ML_C7I_LARGE, InstanceType.ML_M5_LARGE],
        transformInstanceTypes: [InstanceType.ML_M5_LARGE],
      },
    });
  }

  private train(): TrainingJob {
    const artifacts = new s3.Bucket(this, 'Artifacts', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    return new TrainingJob(this, 'Train', {
      algorithm: this.algorithm,
      inputs: { train: this.input('train'), validation: this.input('validation') },
      hyperparameters: { epochs: '30' },
      resources: TrainingResources.of(InstanceType.ML_M5_LARGE),
      output: TrainingOutput.toBucket(artifacts, 'breast-cancer'),
      maxRuntime: Duration.hours(1),
    });
  }

  /** A local file as the input of a channel: a changed file starts a new training job. */
  protected input(channel: string): TrainingInput {
    const file = path.join(DIRECTORY, 'data', channel, `${channel}.csv`);
    return TrainingInput.fromAsset(file, { contentType: 'text/csv' });
  }

  private register(): ModelPackage {
    return new ModelPackage(this, 'Version', {
      group: new ModelPackageGroup(this, 'Group', { modelPackageGroupName: 'breast-cancer' }),
      algorithm: this.algorithm,
      modelData: this.trainingJob.modelData,
      approvalStatus: ModelApprovalStatus.APPROVED,
    });
  }

  private deploy(): Endpoint {
    const main = ProductionVariant.instances('main', {
      model: this.model,
      instanceType: InstanceType.ML_C7I_LARGE,
      instanceCount: 2,
    });
    return new Endpoint(this, 'Endpoint', { endpointConfig: new EndpointConfig(this, 'Config', { variants: [main] }) });
  }
}

/** The only part of the app that depends on the layout. */
function images(layout: Layout): AlgorithmImages {
  const processor = Processor.CPU;
  if (layout === 'combined')
    return AlgorithmImages.combined(ContainerImage.fromAsset(DIRECTORY, { processor, verify: true }));
  return AlgorithmImages.split({
    training: ContainerImage.fromAsset(DIRECTORY, { target: 'training', processor, verify: true }),
    inference: ContainerImage.fromAsset(DIRECTORY, { target: 'inference', processor, verify: true }),
  });
}
