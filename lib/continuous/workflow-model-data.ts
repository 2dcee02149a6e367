import type { aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ModelData, type ModelDataConfig } from '../common/model-data';
import { type TrainingOutput, TrainingOutputCompression } from '../common/training-output';
import { placeholder } from '../private/placeholder';

/** The model artifact of the training job of an execution. */
export class WorkflowModelData extends ModelData {
  constructor(private readonly output: TrainingOutput) {
    super(output.compression === TrainingOutputCompression.NONE ? { isPrefix: true } : undefined);
  }

  public bind(_scope: Construct, grantee?: iam.IGrantable): ModelDataConfig {
    if (grantee !== undefined) this.output.grantRead(grantee);
    return { modelDataUrl: placeholder('ModelData') };
  }
}
