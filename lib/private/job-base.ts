import { type ITaggableV2, Resource, TagManager, TagType, aws_events as events } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { JobKind } from '../handlers/contract';
import type { JobResource } from './job-resource';
import { KINDS, type KindOfJob } from './job-kinds';

/**
 * The base class of training, tuning, transform and processing jobs.
 *
 * @internal
 */
export abstract class JobBase extends Resource implements ITaggableV2 {
  /**
   * The name of the job, which is generated at deployment.
   *
   * @attribute
   */
  public abstract readonly jobName: string;

  /** The tags of the job. */
  public readonly cdkTagManager: TagManager;

  /** @internal */
  protected abstract readonly _job: JobResource;

  private readonly kind: KindOfJob;

  protected constructor(scope: Construct, id: string, kind: Exclude<JobKind, 'algorithm'>) {
    super(scope, id);
    this.kind = KINDS[kind];
    this.cdkTagManager = new TagManager(TagType.KEY_VALUE, this.kind.resourceType);
  }

  /**
   * Sets a member of the request that creates the job, for members that have no property in this library. The override is part of
   * the job identity: a new job runs when it changes. Permissions that it requires are not granted.
   *
   * If the path contains structures that the request lacks, they are created. A number in the path refers to an item of a list.
   *
   * @param path the names of the members from the top of the request, with a period between them, for example
   * `ResourceConfig.InstancePlacementConfig.EnableMultipleJobs`. Within a name, write periods as
   * `\.`; in a string literal, the backslash itself must be escaped: `'HyperParameters.my\\.name'`
   * @param value the value, with the member names of the API; `undefined` deletes the member
   * @throws an error if the path is empty, or if it is the name or the tags of the job
   */
  public addRequestOverride(path: string, value: unknown): void {
    this._job.override(path, value);
  }

  /**
   * Creates an Amazon EventBridge rule that matches when the status of the job changes.
   *
   * @param id the construct id of the rule
   * @param options the target and further options of the rule
   */
  public onStateChange(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.rule(id, options, undefined);
  }

  /**
   * Creates an Amazon EventBridge rule that matches when the job has completed.
   *
   * @param id the construct id of the rule
   * @param options the target and further options of the rule
   */
  public onCompleted(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.rule(id, options, ['Completed']);
  }

  /**
   * Creates an Amazon EventBridge rule that matches when the job has failed.
   *
   * @param id the construct id of the rule
   * @param options the target and further options of the rule
   */
  public onFailed(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.rule(id, options, ['Failed']);
  }

  /** Matches by the prefix of the name, since the rule must exist before the job and its name. */
  private rule(id: string, options: events.OnEventOptions, states?: string[]): events.Rule {
    const { eventName, apiNoun } = this.kind;
    const rule = new events.Rule(this, id, options);
    rule.addTarget(options.target);
    rule.addEventPattern({
      source: ['aws.sagemaker'],
      detailType: [`SageMaker ${eventName} State Change`],
      detail: {
        [`${apiNoun}Name`]: events.Match.prefix(`${this._job.prefix}--`),
        ...(states === undefined ? {} : { [`${apiNoun}Status`]: states }),
      },
    });
    this._job.startAfter(rule);
    return rule;
  }
}
