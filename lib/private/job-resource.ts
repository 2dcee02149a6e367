import {
  type CfnResource,
  CfnWaitCondition,
  CfnWaitConditionHandle,
  CustomResource,
  Duration,
  Lazy,
  Names,
  Stack,
  type TagManager,
  aws_iam as iam,
} from 'aws-cdk-lib';
import { Construct, type IDependable } from 'constructs';
import type { JobKind, StartAttributes, StartProperties } from '../handlers/contract';
import { fingerprint, identifyBy } from './fingerprint';
import { JobHandler } from './job-handler';
import { warnOfDeployTimeValues } from './physical-name';

/** Prefix, two hyphens, the hash of the handler and the number of an attempt make a name. */
const SUFFIX_LENGTH = '-0123456789-99'.length;

/** The handler's own deadlines, and the time until CloudFormation gives a lost answer up. */
const SERVICE_TIMEOUT = Duration.minutes(17);

interface KindOptions {
  readonly arn: string;
  readonly createAction: string;
  readonly maxNameLength: number;
}

const KINDS: Record<JobKind, KindOptions> = {
  training: { arn: 'training-job', createAction: 'sagemaker:CreateTrainingJob', maxNameLength: 63 },
};

export interface JobResourceProps {
  readonly kind: JobKind;

  /** The user's own name for the job, if any. */
  readonly name?: string;

  /** What the API is sent, without name and tags. */
  readonly request: Record<string, unknown>;

  /** What decides the artifact: two jobs of one identity would make the same. */
  readonly identity: Record<string, unknown>;
  readonly role: iam.IRole;

  /** How long the deployment waits for the end of the job. */
  readonly wait?: Duration;
  readonly acceptMaxRuntime?: boolean;
  readonly tags: TagManager;
}

/**
 * A job as a resource: a start resource that makes sure the job exists, and a wait condition that a waiter signals. All of
 * them have the identity of the job in their logical ids, so that another job is another resource, and a rollback removes
 * it instead of starting the old one again.
 */
export class JobResource extends Construct {
  /** The name that the handler gives. */
  public readonly jobName: string;

  /** What has happened when the job is over. */
  public readonly ended: IDependable;

  /** What the names of all attempts at the job start with. */
  public readonly prefix: string;
  private readonly start: CustomResource;

  constructor(scope: Construct, id: string, props: JobResourceProps) {
    super(scope, id);
    const handler = JobHandler.of(this);
    const { arn, createAction, maxNameLength } = KINDS[props.kind];
    this.prefix = namePrefix(handler, props.name ?? scope, maxNameLength - SUFFIX_LENGTH);
    const rights = this.grantCreate(handler, createAction, handler.jobArn(arn, `${this.prefix}-*`), props.role);

    const handle = props.wait && new CfnWaitConditionHandle(this, 'Handle');
    this.start = new CustomResource(this, 'Start', {
      serviceToken: handler.function.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      resourceType: `Custom::SageMaker${props.kind.charAt(0).toUpperCase()}${props.kind.slice(1)}Job`,
      properties: this.properties(props, handler, handle),
    });
    this.start.node.addDependency(rights, handler.policy, handler.function, props.role);
    this.jobName = this.attribute('JobName');
    const resources = [this.start.node.defaultChild as CfnResource];
    this.ended = this.start;
    if (props.wait !== undefined && handle !== undefined) {
      const condition = new CfnWaitCondition(this, 'Condition', {
        handle: handle.ref,
        timeout: String(props.wait.toSeconds()),
        count: 1,
      });
      condition.node.addDependency(this.start);
      this.ended = condition;
      resources.push(handle, condition);
    }
    resources.forEach((resource) => this.carryIdentity(resource, props.identity));
    warnOfDeployTimeValues(this, () => props.identity);
  }

  /** Has something in place before the job starts. */
  public startAfter(dependency: IDependable): void {
    this.start.node.addDependency(dependency);
  }

  public attribute(name: keyof StartAttributes): string {
    return this.start.getAttString(name);
  }

  private properties(
    props: JobResourceProps,
    handler: JobHandler,
    handle?: CfnWaitConditionHandle,
  ): Record<keyof StartProperties, unknown> {
    const stack = Stack.of(this);
    return {
      Kind: props.kind,
      Prefix: this.prefix,
      Request: stack.toJsonString(props.request),
      Identity: stack.toJsonString(props.identity),
      Tags: Lazy.string({ produce: () => stack.toJsonString(tagList(props.tags)) }),
      StateMachineArn: handle && handler.waiter().stateMachineArn,
      WaitHandle: handle?.ref,
      AcceptMaxRuntime: props.acceptMaxRuntime ? 'true' : undefined,
    };
  }

  /** Creating, and passing the role on, is granted for each job. */
  private grantCreate(handler: JobHandler, createAction: string, jobArn: string, role: iam.IRole): iam.Policy {
    return new iam.Policy(this, 'Rights', {
      roles: handler.function.role ? [handler.function.role] : [],
      statements: [
        // The hash of the job, and the number of the attempt, are known to the handler only.
        new iam.PolicyStatement({ actions: [createAction, 'sagemaker:AddTags'], resources: [jobArn] }),
        new iam.PolicyStatement({
          actions: ['iam:PassRole'],
          resources: [role.roleArn],
          conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
        }),
      ],
    });
  }

  private carryIdentity(resource: CfnResource, identity: object): void {
    const original = Stack.of(this).resolve(resource.logicalId) as string;
    resource.overrideLogicalId(
      Lazy.uncachedString({
        produce: () => `${original}${fingerprint(this, identity).hash.slice(0, 8).toUpperCase()}`,
      }),
    );
    identifyBy(resource, () => identity);
  }
}

/** Names start with what all jobs of the stack have in common, which is what the handler may watch and stop. */
function namePrefix(handler: JobHandler, own: string | Construct, maxLength: number): string {
  const length = maxLength - handler.prefix.length - 1;
  const name = typeof own === 'string' ? own : Names.uniqueResourceName(own, { maxLength: length, separator: '-' });
  return `${handler.prefix}-${name}`.toLowerCase();
}

function tagList(tags: TagManager): { Key: string; Value: string }[] {
  return Object.entries(tags.tagValues()).map(([Key, Value]) => ({ Key, Value }));
}
