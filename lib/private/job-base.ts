import {
  type ITaggableV2,
  RemovalPolicy,
  Resource,
  TagManager,
  TagType,
  aws_events as events,
  aws_s3 as s3,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { JobResource } from './job-resource';
import { KINDS, type KindOfJob } from './job-kinds';

/**
 * What jobs of all kinds have in common.
 *
 * @internal
 */
export abstract class JobBase extends Resource implements ITaggableV2 {
  /**
   * The name that the job gets at deployment.
   *
   * @attribute
   */
  public abstract readonly jobName: string;

  /** The tags of the job. */
  public readonly cdkTagManager: TagManager;

  /** @internal */
  protected abstract readonly _job: JobResource;

  private readonly kind: KindOfJob;

  protected constructor(scope: Construct, id: string, kind: 'training' | 'tuning' | 'transform') {
    super(scope, id);
    this.kind = KINDS[kind];
    this.cdkTagManager = new TagManager(TagType.KEY_VALUE, this.kind.resourceType);
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

  /**
   * A bucket for what the job makes, which outlives it.
   *
   * @internal
   */
  protected _newArtifactBucket(): s3.Bucket {
    return new s3.Bucket(this, 'Artifacts', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** The name is known at deployment only, and the rule must be there before the job: it goes by the prefix. */
  private rule(id: string, options: events.OnEventOptions, states?: string[]): events.Rule {
    const { eventName, apiNoun } = this.kind;
    const rule = new events.Rule(this, id, options);
    rule.addTarget(options.target);
    rule.addEventPattern({
      source: ['aws.sagemaker'],
      detailType: [`SageMaker ${eventName} State Change`],
      detail: {
        [`${apiNoun}Name`]: events.Match.prefix(`${this._job.prefix}-`),
        ...(states === undefined ? {} : { [`${apiNoun}Status`]: states }),
      },
    });
    this._job.startAfter(rule);
    return rule;
  }
}
