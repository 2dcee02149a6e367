/** The stack of the notebooks: the example algorithm, and a batch transform job with its model. `-c layout=split` selects split images. */
import { CfnOutput, aws_s3 as s3, aws_s3_assets as assets } from 'aws-cdk-lib';
import * as path from 'node:path';
import { exampleApp } from '../../bin/app';
import {
  AssembleWith,
  InstanceType,
  SplitType,
  TransformInput,
  TransformJob,
  TransformOutput,
  TransformResources,
} from '../../lib';
import type { LifecycleStack } from '../breast-cancer/lifecycle-stack';

const stack = exampleApp().node.findChild('BreastCancer') as LifecycleStack;

// The job runs with the execution role of the model, which receives the permissions on these locations. A notebook can start further jobs.
const rows = new assets.Asset(stack, 'Rows', {
  path: path.join(__dirname, '..', '..', 'assets', 'breast-cancer', 'data', 'request.csv'),
});
const scores = new s3.Bucket(stack, 'Scores', { blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL, enforceSSL: true });
const job = new TransformJob(stack, 'Score', {
  model: stack.model,
  input: TransformInput.fromBucket(rows.bucket, rows.s3ObjectKey, {
    contentType: 'text/csv',
    splitType: SplitType.LINE,
  }),
  output: TransformOutput.toBucket(scores, 'scores', { accept: 'text/csv', assembleWith: AssembleWith.LINE }),
  resources: TransformResources.of(InstanceType.ML_M5_LARGE),
});
new CfnOutput(stack, 'TransformJobName', { value: job.jobName });
