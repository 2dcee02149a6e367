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
import { listInputs } from './input-listing';
import { JobHandler, stackJobPrefix } from './job-handler';
import { KINDS } from './job-kinds';
import type { JobRequest } from './job-request';
import { RequestOverrides } from './request-overrides';
import { warnAboutDeployTimeValues } from './physical-name';
import { tagsWithStackTags, validateTags } from './tags';
import { type ValidationErrors, isKnown, quote } from './validation';

/** The handler appends a hash and the number of the attempt to the prefix of a name. */
export const SUFFIX_LENGTH = '--0123456789-99'.length;

/** The minimum length of a readable name that is derived from the construct path. */
const MIN_DERIVED_NAME_LENGTH = 16;

/**
 * The number of tags that the handler adds to a job: its identity, the event that created it, the record of its inputs, and its owners,
 * of which it has several while resources replace each other.
 */
export const HANDLER_TAGS = 6;

/** Longer than the deadlines of the handler. CloudFormation fails the resource if there is no response by then. */
const SERVICE_TIMEOUT = Duration.minutes(17);

interface JobResourceBaseProps {
  /** The name of the job that the user specified, if any. */
  readonly name?: string;

  /** The complete name, for resources that can be deleted and created again under the same name. */
  readonly exactName?: string;

  /** The job identity: two jobs with the same identity have the same result. */
  readonly identity: object;

  /** The execution role that is passed to the job. A transform job has none: it uses the role of its model. */
  readonly role?: iam.IRole;

  /** The timeout of the wait for the completion of the job. The deployment does not wait if it is undefined. */
  readonly wait?: Duration;
  readonly allowMaxRuntimeExceeded?: boolean;
  readonly tags: TagManager;
}

/** The properties of a job of any kind, with the request that creates it. */
export type JobResourceProps = {
  [Kind in JobKind]: JobResourceBaseProps & { readonly kind: Kind; readonly request: JobRequest<Kind> };
}[JobKind];

/**
 * A job as CloudFormation resources: a custom resource that starts the job, and a wait condition that is signaled when the job has
 * ended. Their logical ids contain the job identity, so that another job is another resource, and a rollback deletes it instead of
 * starting the previous job again.
 */
export class JobResource extends Construct {
  /** The name of the job, which the handler generates. */
  public readonly jobName: string;

  /** The dependency that is complete when the job has ended, or when it was started if the deployment does not wait. */
  public readonly completion: IDependable;

  /** The prefix of the names of all attempts to run the job. */
  public readonly prefix: string;
  private readonly overrides: RequestOverrides;
  private readonly start: CustomResource;
  private readonly signal?: IResolvable;

  constructor(scope: Construct, id: string, props: JobResourceProps) {
    super(scope, id);
    this.overrides = new RequestOverrides(scope.node.path);
    const handler = JobHandler.of(this);
    const { resourceType, maxNameLength } = KINDS[props.kind];
    this.prefix = props.exactName ?? jobNamePrefix(this, props.name ?? scope, maxNameLength - SUFFIX_LENGTH);
    const createPolicy = this.grantCreate(handler, props);

    const handle = props.wait && new CfnWaitConditionHandle(this, 'Handle');
    this.start = new CustomResource(this, 'Start', {
      serviceToken: handler.function.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      resourceType,
      properties: this.properties(props, handler, handle),
    });
    this.start.node.addDependency(createPolicy, handler.policy, handler.function);
    if (props.role !== undefined) this.start.node.addDependency(props.role);
    this.jobName = this.attribute('JobName');
    const resources = [this.start.node.defaultChild as CfnResource];
    this.completion = this.start;
    if (props.wait !== undefined && handle !== undefined) {
      const condition = new CfnWaitCondition(this, 'Condition', {
        handle: handle.ref,
        timeout: Tokenization.stringifyNumber(props.wait.toSeconds()),
        count: 1,
      });
      condition.node.addDependency(this.start);
      this.completion = condition;
      this.signal = condition.attrData;
      resources.push(handle, condition);
    }
    const identity = (): object => this.overrides.identify(props.identity);
    resources.forEach((resource) => this.addIdentityToLogicalId(resource, identity));
    validateTags(this, props.tags, HANDLER_TAGS);
    // The caller has hashed an exact name already, with a warning of its own.
    if (props.exactName === undefined) warnAboutDeployTimeValues(this, identity);
  }

  /** Adds a dependency that must exist before the job is started. */
  public startAfter(dependency: IDependable): void {
    this.start.node.addDependency(dependency);
  }

  /** Sets a member of the request, which becomes part of the job identity. */
  public override(path: string, value: unknown): void {
    this.overrides.add(path, value);
  }

  /** An identity with the overrides of the request, or with those that begin with a member. */
  public identify(identity: object, member?: string): object {
    return this.overrides.identify(identity, member);
  }

  public attribute(name: keyof StartAttributes): string {
    return this.start.getAttString(name);
  }

  /**
   * A result that is only known when the job has ended. The data of the wait condition is `{"<id>":"<value>|<value>"}`, and no
   * value contains a quotation mark.
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
      Request: stack.toJsonString(this.overrides.applyTo(props.request)),
      Identity: stack.toJsonString(Lazy.any({ produce: () => this.overrides.identify(props.identity) })),
      Tags: Lazy.string({ produce: () => stack.toJsonString(tagList(tagsWithStackTags(this, props.tags))) }),
      StateMachineArn: handle && handler.waiter().stateMachineArn,
      WaitHandle: handle?.ref,
      AllowMaxRuntimeExceeded: props.allowMaxRuntimeExceeded ? 'true' : undefined,
    };
  }

  /** Grants the handler permission to create this job, to record its inputs and to pass the execution role. */
  private grantCreate(handler: JobHandler, { kind, exactName, role, request }: JobResourceProps): iam.Policy {
    const { arn, apiNoun } = KINDS[kind];
    const policy = new iam.Policy(this, 'Rights', { roles: handler.function.role ? [handler.function.role] : [] });
    policy.addStatements(
      new iam.PolicyStatement({
        actions: JOB.create(apiNoun),
        // The handler appends the hash of the job and the number of the attempt.
        resources: [handler.jobArn(arn, exactName ?? `${this.prefix}--*`)],
      }),
      ...listInputs(this, request),
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

  private addIdentityToLogicalId(resource: CfnResource, identity: () => object): void {
    const original = Stack.of(this).resolve(resource.logicalId) as string;
    resource.overrideLogicalId(
      Lazy.uncachedString({
        produce: () => `${original}${fingerprint(this, identity()).hash.slice(0, 8).toUpperCase()}`,
      }),
    );
    identifyBy(resource, identity);
  }
}

/** The prefix of a job's name. It starts with the prefix of the stack's jobs, to which the permissions of the handler are restricted. */
export function jobNamePrefix(scope: Construct, nameOrJob: string | Construct, maxLength: number): string {
  const prefix = stackJobPrefix(Stack.of(scope));
  const length = maxLength - prefix.length - 1;
  const name = typeof nameOrJob === 'string' ? nameOrJob : derivedName(nameOrJob, length);
  return `${prefix}-${name}`.toLowerCase();
}

/** Of the 63 characters of a name, the rest is for the prefix of the stack and the hash of the job. */
const MAX_NAME_LENGTH = 35;

/** Validates the name of a job that the user specified. */
export function checkJobName(errors: ValidationErrors, property: string, name: string | undefined): void {
  errors.check(property, 'EntityName', name);
  errors.when(
    isKnown(name) && name.includes('--'),
    `\`${property}\` must not contain consecutive hyphens, which separate it from a hash of the job, got: ${quote(name ?? '')}. Use single hyphens`,
  );
  errors.when(
    (name?.length ?? 0) > MAX_NAME_LENGTH,
    `\`${property}\` must have at most ${MAX_NAME_LENGTH} characters, since a prefix of the stack and a hash of the job are added ` +
      `to it, got ${name?.length}: "${name}"`,
  );
}

/** A name that is derived from the construct path, or the hash of the path if the name would be too short to be unique. */
function derivedName(job: Construct, maxLength: number): string {
  if (maxLength < MIN_DERIVED_NAME_LENGTH) return sha256(Names.nodeUniqueId(job.node)).slice(0, maxLength);
  return Names.uniqueResourceName(job, { maxLength, separator: '-' }).replace(/-+/g, '-');
}

export function tagList(tags: Record<string, string>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
