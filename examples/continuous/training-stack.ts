import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps, aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import {
  Algorithm,
  AlgorithmImages,
  Channel,
  ContinuousDeployment,
  Evaluation,
  Hyperparameter,
  InstanceType,
  MetricDefinition,
  ModelApprovalStatus,
  ModelPackageGroup,
  Objective,
  type S3Location,
  TrainingInput,
  TrainingOutput,
  TrainingResources,
  TrainingWorkflow,
} from '../../lib';
import { RELEASE_PARAMETER, newImage } from './algorithm-images';

export interface TrainingStackProps extends StackProps {
  /** The name of the stack that hosts the released version. */
  readonly hostingStackName: string;
}

/** Trains a model whenever there is new data, registers it if it is good enough, and releases what is approved. */
export class TrainingStack extends Stack {
  /** The S3 location of the model artifacts. */
  public readonly artifacts: S3Location;

  /** The bucket with the data. */
  public readonly data: s3.Bucket;

  constructor(scope: Construct, id: string, props: TrainingStackProps) {
    super(scope, id, props);
    this.data = this.newBucket('Data');
    const output = TrainingOutput.toBucket(this.newBucket('Artifacts'), 'breast-cancer');
    this.artifacts = output.location;
    const group = new ModelPackageGroup(this, 'Group', { modelPackageGroupName: 'breast-cancer-continuous' });

    const workflow = new TrainingWorkflow(this, 'Retraining', {
      stateMachineName: 'breast-cancer-retraining',
      training: {
        algorithm: this.newAlgorithm(),
        inputs: {
          train: TrainingInput.fromBucket(this.data, 'train/', { contentType: 'text/csv' }),
          validation: TrainingInput.fromBucket(this.data, 'validation/', { contentType: 'text/csv' }),
        },
        hyperparameters: { epochs: '30' },
        resources: TrainingResources.of(InstanceType.ML_M5_LARGE),
        output,
        maxRuntime: Duration.hours(1),
      },
      evaluation: Evaluation.trainingMetric(Objective.maximize('validation:auc')),
      gate: { threshold: 0.9, tolerance: 0.005 },
      // Without this line, each version waits for a person.
      registration: { group, approvalStatus: ModelApprovalStatus.APPROVED },
    });
    workflow.startOnNewData('NewData', { bucket: this.data, prefix: 'train/', settle: Duration.minutes(5) });

    new ContinuousDeployment(this, 'Release', {
      stateMachineName: 'breast-cancer-release',
      group,
      stackName: props.hostingStackName,
      parameterName: RELEASE_PARAMETER,
    });
    new CfnOutput(this, 'DataBucket', { value: this.data.bucketName });
    new CfnOutput(this, 'StateMachine', { value: workflow.stateMachine.stateMachineArn });
  }

  private newBucket(id: string): s3.Bucket {
    return new s3.Bucket(this, id, {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  private newAlgorithm(): Algorithm {
    return new Algorithm(this, 'Algorithm', {
      images: AlgorithmImages.combined(newImage()),
      hyperparameters: [Hyperparameter.integer('epochs', { min: 1, max: 1000, defaultValue: 20 })],
      channels: [
        Channel.file('train', { contentTypes: ['text/csv'] }),
        Channel.file('validation', { contentTypes: ['text/csv'] }),
      ],
      metrics: [MetricDefinition.of('validation:auc', 'validation:auc=([0-9.]+);')],
      trainingInstanceTypes: [InstanceType.ML_M5_LARGE],
      inference: {
        contentTypes: ['text/csv', 'application/json'],
        responseMimeTypes: ['application/json', 'text/csv'],
        realtimeInstanceTypes: [InstanceType.ML_C7I_LARGE],
        transformInstanceTypes: [InstanceType.ML_M5_LARGE],
      },
    });
  }
}
