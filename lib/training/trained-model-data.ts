import type { aws_iam as iam } from 'aws-cdk-lib';
import type { Construct, IConstruct, IDependable } from 'constructs';
import { ModelData, type ModelDataConfig } from '../common/model-data';
import { TrainingOutputCompression, type TrainingOutput } from '../common/training-output';

interface Trained {
  readonly job: IConstruct;
  readonly output: TrainingOutput;
  readonly isWaitedFor: boolean;
  readonly ended: IDependable;
  readonly modelDataUrl: () => string;
}

/** The model that a job makes; whoever uses it waits for the job. */
export class TrainedModelData extends ModelData {
  constructor(private readonly trained: Trained) {
    super();
  }

  public bind(_scope: Construct, grantee?: iam.IGrantable): ModelDataConfig {
    const { job, output, isWaitedFor, ended, modelDataUrl } = this.trained;
    if (!isWaitedFor) {
      throw new Error(
        `The model of job ${job.node.path} cannot be used in its stack: with JobWait.none() it is not ` +
          'there when the stack is deployed. Wait for the job, or deploy what uses the model separately.',
      );
    }
    if (grantee !== undefined) output.grantRead(grantee);
    return {
      modelDataUrl: modelDataUrl(),
      uncompressed: output.compression === TrainingOutputCompression.NONE ? { isPrefix: true } : undefined,
      dependency: ended,
    };
  }
}
