import { Stack, type aws_iam as iam } from 'aws-cdk-lib';
import type { Construct, IConstruct, IDependable } from 'constructs';
import { ModelData, type ModelDataConfig } from '../common/model-data';
import { isInOtherAccount, regionConflict } from '../private/environment';
import { TrainingOutputCompression, type TrainingOutput } from '../common/training-output';
import { RuleError } from '../private/rules';

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

  /**
   * The output of the job.
   *
   * @internal
   */
  public get _output(): TrainingOutput {
    return this.props.output;
  }

  public bind(scope: Construct, grantee?: iam.IGrantable): ModelDataConfig {
    this.checkEnvironment(scope);
    if (grantee !== undefined) this.props.output.grantRead(grantee);
    return this._reference();
  }

  /** The CDK cannot pass the URI, which is only known at deployment, to a stack of another environment. */
  private checkEnvironment(scope: Construct): void {
    const { job } = this.props;
    const { account, region } = Stack.of(job);
    if (regionConflict(scope, region) === undefined && !isInOtherAccount(scope, account)) return;
    throw new RuleError(
      'training-and-tuning',
      `The model artifact of job ${job.node.path} (account ${account}, region ${region}) cannot be used by ${scope.node.path}, which is in ` +
        `another environment (account ${Stack.of(scope).account}, region ${Stack.of(scope).region}): SageMaker reads the model data of ` +
        'a model from its own region, and a stack only knows the jobs of its own account. Copy the artifact to a bucket of that ' +
        'environment after the deployment, and use it with ModelData.fromObject(), or run the job in that environment.',
    );
  }

  /**
   * The URI of the model artifact, and the dependency on the end of the job.
   *
   * @internal
   */
  public _reference(): ModelDataConfig {
    const { job, isAwaited, ended, modelDataUrl } = this.props;
    if (!isAwaited) {
      throw new RuleError(
        'training-and-tuning',
        `The model artifact of job ${job.node.path} must not be used in its stack: with JobWait.none() it does not exist when ` +
          'the stack is deployed. Wait for the job, or use the model artifact in another stack that is deployed later.',
      );
    }
    return { modelDataUrl: modelDataUrl(), dependency: ended };
  }
}
