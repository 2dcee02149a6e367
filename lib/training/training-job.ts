import {
  type Duration,
  type ITaggableV2,
  RemovalPolicy,
  Resource,
  TagManager,
  TagType,
  aws_cloudwatch as cloudwatch,
  type aws_ec2 as ec2,
  aws_events as events,
  type aws_iam as iam,
  aws_s3 as s3,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { IAlgorithm } from '../algorithm/algorithm';
import type { MetricDefinition } from '../algorithm/metric-definition';
import type { JobWait } from '../common/job-wait';
import { ModelData, type ModelDataConfig } from '../common/model-data';
import type { TrainingInput } from '../common/training-input';
import { TrainingOutput } from '../common/training-output';
import type { TrainingResources } from '../common/training-resources';
import type { ContainerImage } from '../image/container-image';
import { executionRole } from '../private/execution-role';
import { JobResource } from '../private/job-resource';
import { renderTrainingJob } from './training-request';
import { checkTrainingJob, waitFor } from './training-validation';

/** Where a job keeps its checkpoints. */
export interface CheckpointOptions {
  /** The bucket. */
  readonly bucket: s3.IBucket;

  /** What the keys start with. */
  readonly prefix: string;

  /**
   * Where the container finds them.
   *
   * @default '/opt/ml/checkpoints/'
   */
  readonly localPath?: string;
}

/** The definition of a training job. */
export interface TrainingJobProps {
  /** What the job runs on. */
  readonly resources: TrainingResources;

  /**
   * The algorithm to run. Either this or `image`.
   *
   * @default - `image` is given
   */
  readonly algorithm?: IAlgorithm;

  /**
   * The image to run with `train`. Either this or `algorithm`.
   *
   * @default - `algorithm` is given
   */
  readonly image?: ContainerImage;

  /**
   * The data, by the name of its channel, at most 20.
   *
   * @default - no data
   */
  readonly inputs?: { [channel: string]: TrainingInput };

  /**
   * The hyperparameters, as text, at most 100. With an algorithm that is known here, each is checked against it.
   *
   * @default - the defaults of the algorithm
   */
  readonly hyperparameters?: { [name: string]: string };

  /**
   * Where the job puts what it makes.
   *
   * @default - a new bucket, which is retained
   */
  readonly output?: TrainingOutput;

  /**
   * The start of the job's name. What the stack's jobs have in common precedes it, and a hash of the job follows.
   *
   * @default - made of the construct's path
   */
  readonly trainingJobName?: string;

  /**
   * The longest time that the job may run, at most 28 days.
   *
   * @default - the time that the deployment waits, less 30 minutes for start, download and upload
   */
  readonly maxRuntime?: Duration;

  /**
   * Whether the deployment waits for the end of the job.
   *
   * @default - it waits for as long as the job may run; `maxRuntime` must leave that within 12 hours
   */
  readonly wait?: JobWait;

  /**
   * Whether what the job has saved when its time was over is good enough.
   *
   * @default false - the deployment fails
   */
  readonly acceptMaxRuntime?: boolean;

  /**
   * Spot instances: the longest time to wait for them and to run, at least `maxRuntime`.
   *
   * @default - instances on demand
   */
  readonly spotMaxWait?: Duration;

  /**
   * Where checkpoints are kept, which an interrupted job goes on from.
   *
   * @default - no checkpoints
   */
  readonly checkpoints?: CheckpointOptions;

  /**
   * How often the service tries again after a fault of its own, 1 to 30.
   *
   * @default - not at all
   */
  readonly maxRetryAttempts?: number;

  /**
   * Environment variables, at most 100. With `image` only.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };

  /**
   * What is run instead of the image's entrypoint, without the argument `train`. With `image` only.
   *
   * @default - the image's own
   */
  readonly entrypoint?: string[];

  /**
   * What is passed instead of the argument `train`. With `image` only.
   *
   * @default - `train`
   */
  readonly arguments?: string[];

  /**
   * The metrics that training prints, at most 40. With `image` only.
   *
   * @default - those of the algorithm
   */
  readonly metrics?: MetricDefinition[];

  /**
   * The network that the containers reach.
   *
   * @default - the service's own
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Which subnets of the network.
   *
   * @default - private ones with egress
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the containers, at most 5.
   *
   * @default - a new one
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Whether the containers have no network at all.
   *
   * @default false
   */
  readonly networkIsolation?: boolean;

  /**
   * Whether what instances say to each other is encrypted.
   *
   * @default false
   */
  readonly encryptInterContainerTraffic?: boolean;

  /**
   * The role that the containers run with. It is granted what the job needs.
   *
   * @default - a role that may do nothing but what the job needs
   */
  readonly role?: iam.IRole;

  /**
   * Any text. Changing it starts a new job, which is needed when only the data, or a value known at deployment, has
   * changed.
   *
   * @default - none
   */
  readonly revision?: string;
}

/**
 * A training job that belongs to a stack. It runs when it is new, and again when something that decides its result has
 * changed: algorithm or image, hyperparameters, inputs, resources, environment, output, or `revision`. Role, network and
 * tags do not.
 *
 * When the job fails, so does the deployment, with the reason that the job gave. Artifacts are never deleted.
 *
 * @resource AWS::CloudFormation::CustomResource
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
 */
export class TrainingJob extends Resource implements ec2.IConnectable, iam.IGrantable, ITaggableV2 {
  /**
   * The name that the job gets at deployment.
   *
   * @attribute
   */
  public readonly jobName: string;

  /** The trained model. Whoever uses it waits for the job. */
  public readonly modelData: ModelData;

  /** The role that the containers run with. */
  public readonly role: iam.IRole;

  /** Where the job puts what it makes. */
  public readonly output: TrainingOutput;

  /** The tags of the job. */
  public readonly cdkTagManager = new TagManager(TagType.KEY_VALUE, 'Custom::SageMakerTrainingJob');

  private readonly job: JobResource;
  private readonly vpcConnections?: ec2.Connections;

  constructor(scope: Construct, id: string, props: TrainingJobProps) {
    super(scope, id);
    const maxRuntime = checkTrainingJob(this, props);
    const wait = waitFor(props, maxRuntime);
    this.role = executionRole(this, props.role, ['TrainingJobs']);
    this.output = props.output ?? TrainingOutput.toBucket(this.newBucket(), 'training');

    const { request, identity, connections } = renderTrainingJob(this, props, {
      role: this.role,
      output: this.output,
      maxRuntime,
    });
    this.vpcConnections = connections;
    this.job = new JobResource(this, 'Job', {
      kind: 'training',
      name: props.trainingJobName,
      request,
      identity,
      role: this.role,
      wait,
      acceptMaxRuntime: props.acceptMaxRuntime,
      tags: this.cdkTagManager,
    });
    if (props.algorithm !== undefined) this.job.startAfter(props.algorithm);
    this.jobName = this.job.attribute('JobName');
    this.modelData = new TrainedModelData(this, this.job, wait !== undefined);
  }

  public get grantPrincipal(): iam.IPrincipal {
    return this.role.grantPrincipal;
  }

  public get connections(): ec2.Connections {
    if (this.vpcConnections === undefined)
      throw new Error(`Training job ${this.node.path} has no connections: give it a \`vpc\`.`);
    return this.vpcConnections;
  }

  /**
   * A metric that the job prints.
   *
   * @param metricName the name of one of the metrics of the algorithm or of the job
   * @param options how to look at it
   */
  public metric(metricName: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: '/aws/sagemaker/TrainingJobs',
      metricName,
      dimensionsMap: { TrainingJobName: this.jobName },
      ...options,
    });
  }

  /**
   * What happens whenever the state of the job changes.
   *
   * @param id the id of the rule
   * @param options target and description
   */
  public onStateChange(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.rule(id, options, undefined);
  }

  /**
   * What happens when the job is completed.
   *
   * @param id the id of the rule
   * @param options target and description
   */
  public onCompleted(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.rule(id, options, ['Completed']);
  }

  /**
   * What happens when the job has failed.
   *
   * @param id the id of the rule
   * @param options target and description
   */
  public onFailed(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.rule(id, options, ['Failed']);
  }

  /** The name is known at deployment only, and the rule must be there before the job: it goes by the prefix. */
  private rule(id: string, options: events.OnEventOptions, states?: string[]): events.Rule {
    const rule = new events.Rule(this, id, options);
    rule.addTarget(options.target);
    rule.addEventPattern({
      source: ['aws.sagemaker'],
      detailType: ['SageMaker Training Job State Change'],
      detail: {
        TrainingJobName: events.Match.prefix(`${this.job.prefix}-`),
        ...(states === undefined ? {} : { TrainingJobStatus: states }),
      },
    });
    this.job.startAfter(rule);
    return rule;
  }

  private newBucket(): s3.Bucket {
    return new s3.Bucket(this, 'Artifacts', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}

class TrainedModelData extends ModelData {
  constructor(
    private readonly trainingJob: TrainingJob,
    private readonly job: JobResource,
    private readonly isWaitedFor: boolean,
  ) {
    super();
  }

  public bind(_scope: Construct, grantee?: iam.IGrantable): ModelDataConfig {
    if (!this.isWaitedFor) {
      throw new Error(
        `The model of training job ${this.trainingJob.node.path} cannot be used in its stack: with JobWait.none() it is not ` +
          'there when the stack is deployed. Wait for the job, or deploy what uses the model separately.',
      );
    }
    if (grantee !== undefined) this.trainingJob.output.grantRead(grantee);
    return { modelDataUrl: this.job.attribute('ModelDataUrl'), dependency: this.job.ended };
  }
}
