import type { aws_iam as iam } from 'aws-cdk-lib';
import type { Construct, IConstruct, IDependable } from 'constructs';
import { ModelData, type ModelDataConfig } from '../common/model-data';
import { TrainingOutputCompression, type TrainingOutput } from '../common/training-output';

interface TrainedModelDataProps {
  readonly job: IConstruct;
  readonly output: TrainingOutput;
  readonly isAwaited: boolean;
  readonly ended: IDependable;
  readonly modelDataUrl: () => string;
}

/** The model artifact of a job. Resources that use it depend on the end of the job. */
export class TrainedModelData extends ModelData {
  constructor(private readonly props: TrainedModelDataProps) {
    super(props.output.compression === TrainingOutputCompression.NONE ? { isPrefix: true } : undefined);
  }

  public bind(_scope: Construct, grantee?: iam.IGrantable): ModelDataConfig {
    if (grantee !== undefined) this.props.output.grantRead(grantee);
    return this._reference();
  }

  /**
   * The URI of the model artifact, and the dependency on the end of the job.
   *
   * @internal
   */
  public _reference(): ModelDataConfig {
    const { job, isAwaited, ended, modelDataUrl } = this.props;
    if (!isAwaited) {
      throw new Error(
        `The model artifact of job ${job.node.path} must not be used in its stack: with JobWait.none() it does not exist when ` +
          'the stack is deployed. Wait for the job, or use the model artifact in another stack that is deployed later.',
      );
    }
    return { modelDataUrl: modelDataUrl(), dependency: ended };
  }
}
