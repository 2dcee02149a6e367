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

/** The model that a job trains. What uses it depends on the end of the job. */
export class TrainedModelData extends ModelData {
  constructor(private readonly trained: Trained) {
    super(trained.output.compression === TrainingOutputCompression.NONE ? { isPrefix: true } : undefined);
  }

  public bind(_scope: Construct, grantee?: iam.IGrantable): ModelDataConfig {
    if (grantee !== undefined) this.trained.output.grantRead(grantee);
    return this._reference();
  }

  /**
   * The URI of the model, and the end of the job.
   *
   * @internal
   */
  public _reference(): ModelDataConfig {
    const { job, isWaitedFor, ended, modelDataUrl } = this.trained;
    if (!isWaitedFor) {
      throw new Error(
        `The model of job ${job.node.path} cannot be used in its stack: with JobWait.none() it does not exist when the stack is ` +
          'deployed. Wait for the job, or deploy what uses the model separately.',
      );
    }
    return { modelDataUrl: modelDataUrl(), dependency: ended };
  }
}
