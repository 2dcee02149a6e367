import { RemovalPolicy, Stack, type StackProps, aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import * as path from 'node:path';
import {
  Algorithm,
  AlgorithmImages,
  Channel,
  ContainerImage,
  Hyperparameter,
  InstanceType,
  MetricDefinition,
  Objective,
  Processor,
} from '../../lib';

const DIRECTORY = path.join(__dirname, '..', '..', 'assets', 'breast-cancer');

export type Layout = 'combined' | 'split';

export interface AlgorithmStackProps extends StackProps {
  /** One image for everything, or one for training and a small one for inference. */
  readonly layout: Layout;
}

/** The algorithm, and the bucket for what it reads and writes. */
export class AlgorithmStack extends Stack {
  public readonly algorithm: Algorithm;
  public readonly bucket: s3.Bucket;

  constructor(scope: Construct, id: string, props: AlgorithmStackProps) {
    super(scope, id, props);
    this.bucket = new s3.Bucket(this, 'Data', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.algorithm = new Algorithm(this, 'Algorithm', {
      description: 'Tells benign from malignant breast tumours by measurements of cell nuclei',
      images: images(props.layout),
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
}

/** Going from one image to two changes this, and nothing else. */
function images(layout: Layout): AlgorithmImages {
  const processor = Processor.CPU;
  if (layout === 'combined') return AlgorithmImages.combined(ContainerImage.fromAsset(DIRECTORY, { processor }));
  return AlgorithmImages.split({
    training: ContainerImage.fromAsset(DIRECTORY, { target: 'training', processor }),
    inference: ContainerImage.fromAsset(DIRECTORY, { target: 'inference', processor }),
  });
}
