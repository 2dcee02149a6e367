import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Algorithm, InstanceType, TrainingJob, TrainingResources } from 'cdk-sagemaker-algorithm';
import type { Construct } from 'constructs';
import { algorithm } from './algorithm';

/** Trains the algorithm. */
export class AlgorithmStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const { inputs, ...definition } = algorithm;
    const instanceType = InstanceType.ML_M5_XLARGE;
    const job = new TrainingJob(this, 'Training', {
      algorithm: new Algorithm(this, 'Algorithm', { ...definition, trainingInstanceTypes: [instanceType] }),
      inputs,
      resources: TrainingResources.of(instanceType),
    });
    new CfnOutput(this, 'TrainingJobName', { value: job.jobName });
  }
}
