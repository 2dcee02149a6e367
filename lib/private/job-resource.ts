import {
  type CfnResource,
  CfnWaitCondition,
  CfnWaitConditionHandle,
  CustomResource,
  Duration,
  Fn,
  type IResolvable,
  Lazy,
  Names,
  Stack,
  type TagManager,
  Token,
  Tokenization,
  aws_iam as iam,
} from 'aws-cdk-lib';
import { Construct, type IDependable } from 'constructs';
import type { JobKind, StartAttributes, StartProperties } from '../handlers/contract';
import { fingerprint, identifyBy, sha256 } from './fingerprint';
import { JOB, PASSED_TO_SAGEMAKER } from './grants';
import { JobHandler } from './job-handler';
import { KINDS } from './job-kinds';
import type { JobRequest } from './job-request';
import { warnOfDeployTimeValues } from './physical-name';
import type { ValidationErrors } from './validation';

/** Prefix, two hyphens, the hash of the handler and the number of an attempt make a name. */
const SUFFIX_LENGTH = '-0123456789-99'.length;

/** What a name made of a path needs to be one. */
const SHORTEST_NAME = 16;

/** The handler's own deadlines, and the time until CloudFormation gives a lost answer up. */
const SERVICE_TIMEOUT = Duration.minutes(17);

interface JobResourceBaseProps {
  /** The user's own name for the job, if any. */
  readonly name?: string;

  /** The whole name, for what is deleted and can so be made again under its name. */
  readonly exactName?: string;

  /** What decides the artifact: two jobs of one identity would make the same. */
  readonly identity: object;

  /** The role that is passed on; a transform job runs with the role of its model. */
  readonly role?: iam.IRole;

  /** How long the deployment waits for the end of the job. */
  readonly wait?: Duration;
  readonly allowMaxRuntimeExceeded?: boolean;
  readonly tags: TagManager;
}

/** A job of any kind, with the request that creates it. */
export type JobResourceProps = {
  [Kind in JobKind]: JobResourceBaseProps & { readonly kind: Kind; readonly request: JobRequest<Kind> };
}[JobKind];

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
  private readonly signal?: IResolvable;

  constructor(scope: Construct, id: string, props: JobResourceProps) {
    super(scope, id);
    const handler = JobHandler.of(this);
    const { resourceType, maxNameLength } = KINDS[props.kind];
    this.prefix = props.exactName ?? jobNamePrefix(this, props.name ?? scope, maxNameLength - SUFFIX_LENGTH);
    const rights = this.grantCreate(handler, props);

    const handle = props.wait && new CfnWaitConditionHandle(this, 'Handle');
    this.start = new CustomResource(this, 'Start', {
      serviceToken: handler.function.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      resourceType,
      properties: this.properties(props, handler, handle),
    });
    this.start.node.addDependency(rights, handler.policy, handler.function);
    if (props.role !== undefined) this.start.node.addDependency(props.role);
    this.jobName = this.attribute('JobName');
    const resources = [this.start.node.defaultChild as CfnResource];
    this.ended = this.start;
    if (props.wait !== undefined && handle !== undefined) {
      const condition = new CfnWaitCondition(this, 'Condition', {
        handle: handle.ref,
        timeout: Tokenization.stringifyNumber(props.wait.toSeconds()),
        count: 1,
      });
      condition.node.addDependency(this.start);
      this.ended = condition;
      this.signal = condition.attrData;
      resources.push(handle, condition);
    }
    resources.forEach((resource) => this.carryIdentity(resource, props.identity));
    // An exact name was hashed, and warned of, by whoever made it.
    if (props.exactName === undefined) warnOfDeployTimeValues(this, () => props.identity);
  }

  /** Has something in place before the job starts. */
  public startAfter(dependency: IDependable): void {
    this.start.node.addDependency(dependency);
  }

  public attribute(name: keyof StartAttributes): string {
    return this.start.getAttString(name);
  }

  /**
   * Something that only the end of the job tells. The condition has it as `{"<id>":"<value>|<value>"}`, and no value holds
   * a quote.
   */
  public result(index: number): string {
    return Fn.select(index, Fn.split('|', Fn.select(3, Fn.split('"', Token.asString(this.signal)))));
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
      IsExactName: props.exactName === undefined ? undefined : 'true',
      Request: stack.toJsonString(props.request),
      Identity: stack.toJsonString(props.identity),
      Tags: Lazy.string({ produce: () => stack.toJsonString(tagList(props.tags)) }),
      StateMachineArn: handle && handler.waiter().stateMachineArn,
      WaitHandle: handle?.ref,
      AcceptMaxRuntime: props.allowMaxRuntimeExceeded ? 'true' : undefined,
    };
  }

  /** Creating, and passing the role on, is granted for each job. */
  private grantCreate(handler: JobHandler, { kind, exactName, role }: JobResourceProps): iam.Policy {
    const { arn, apiNoun } = KINDS[kind];
    const policy = new iam.Policy(this, 'Rights', { roles: handler.function.role ? [handler.function.role] : [] });
    policy.addStatements(
      new iam.PolicyStatement({
        actions: JOB.create(apiNoun),
        // The hash of the job, and the number of the attempt, are known to the handler only.
        resources: [handler.jobArn(arn, exactName ?? `${this.prefix}-*`)],
      }),
    );
    if (role === undefined) return policy;
    policy.addStatements(
      new iam.PolicyStatement({
        actions: [...JOB.passRole],
        resources: [role.roleArn],
        conditions: PASSED_TO_SAGEMAKER,
      }),
    );
    return policy;
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

/** Names start with what all jobs of the stack have in common, which is what the handler may watch and end. */
export function jobNamePrefix(scope: Construct, own: string | Construct, maxLength: number): string {
  const handler = JobHandler.of(scope);
  const length = maxLength - handler.prefix.length - 1;
  const name = typeof own === 'string' ? own : ownName(own, length);
  return `${handler.prefix}-${name}`.toLowerCase();
}

/** What is left of 63 characters between the prefix of the stack and the hash of the job. */
const MAX_NAME_LENGTH = 35;

/** Checks a name that the user gave to a job. */
export function checkJobName(errors: ValidationErrors, property: string, name: string | undefined): void {
  errors.check(property, 'EntityName', name);
  errors.when(
    (name?.length ?? 0) > MAX_NAME_LENGTH,
    `\`${property}\` must have at most ${MAX_NAME_LENGTH} characters: what the jobs of the stack have in common precedes it, ` +
      `and a hash of the job follows. Got ${name?.length}`,
  );
}

/** A name made of the path, or, where there is no room for one, a hash of it: rules go by what names start with. */
function ownName(job: Construct, maxLength: number): string {
  if (maxLength < SHORTEST_NAME) return sha256(Names.nodeUniqueId(job.node)).slice(0, maxLength);
  return Names.uniqueResourceName(job, { maxLength, separator: '-' });
}

function tagList(tags: TagManager): { Key: string; Value: string }[] {
  return Object.entries(tags.tagValues()).map(([Key, Value]) => ({ Key, Value }));
}
