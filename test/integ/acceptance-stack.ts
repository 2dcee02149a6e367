import { CfnOutput, Duration, RemovalPolicies, aws_s3 as s3, aws_s3_assets as assets } from 'aws-cdk-lib';
import type { CfnModel } from 'aws-cdk-lib/aws-sagemaker';
import type { Construct } from 'constructs';
import * as path from 'node:path';
import { LifecycleStack } from '../../examples/breast-cancer/lifecycle-stack';
import {
  HyperparameterRange,
  InstanceType,
  Model,
  Objective,
  TrainingOutput,
  TrainingResources,
  TransformInput,
  TransformJob,
  TransformOutput,
  TransformResources,
  TuningJob,
} from '../../lib';

const REQUESTS = path.join(__dirname, '..', '..', 'assets', 'breast-cancer', 'data', 'request.csv');

export interface AcceptanceStackProps {
  /** Environment variables of the model server. A change of them updates the endpoint, and requires no training. */
  readonly serverEnvironment: Record<string, string>;
}

/** The example, with a tuning job and a transform job. Nothing of it remains when it is destroyed. */
export class AcceptanceStack extends LifecycleStack {
  public readonly tuningJob: TuningJob;
  public readonly transformJob: TransformJob;

  constructor(scope: Construct, id: string, { serverEnvironment }: AcceptanceStackProps) {
    super(scope, id, { layout: 'split' });
    const results = new s3.Bucket(this, 'Results', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
    });
    this.tuningJob = this.tune(results);
    this.transformJob = this.transform(results);
    // The example does not need this property.
    const model = this.model.node.defaultChild as CfnModel;
    model.addPropertyOverride('PrimaryContainer.Environment', serverEnvironment);
    new CfnOutput(this, 'TuningJobName', { value: this.tuningJob.jobName });
    new CfnOutput(this, 'TransformJobName', { value: this.transformJob.jobName });
    RemovalPolicies.of(this).destroy();
  }

  private tune(results: s3.IBucket): TuningJob {
    return new TuningJob(this, 'Tune', {
      definitions: [
        {
          algorithm: this.algorithm,
          inputs: { train: this.input('train'), validation: this.input('validation') },
          objective: Objective.maximize('validation:auc'),
          ranges: [HyperparameterRange.continuous('alpha', { min: 1e-4, max: 1e-2 })],
          resources: TrainingResources.of(InstanceType.ML_M5_LARGE),
          maxRuntime: Duration.hours(1),
        },
      ],
      maxTrainingJobs: 2,
      maxParallelTrainingJobs: 2,
      output: TrainingOutput.toBucket(results, 'tuned'),
    });
  }

  private transform(results: s3.IBucket): TransformJob {
    const requests = new assets.Asset(this, 'Requests', { path: REQUESTS });
    return new TransformJob(this, 'Score', {
      // With the model of the endpoint, each update of it would require a new transform job.
      model: new Model(this, 'BatchModel', { modelPackage: this.modelPackage }),
      input: TransformInput.fromBucket(requests.bucket, requests.s3ObjectKey, { contentType: 'text/csv' }),
      output: TransformOutput.toBucket(results, 'scores'),
      resources: TransformResources.of(InstanceType.ML_M5_LARGE),
    });
  }
}
