import {
  Duration,
  Names,
  Stack,
  Token,
  aws_iam as iam,
  type aws_lambda as lambda,
  aws_stepfunctions as sfn,
  aws_stepfunctions_tasks as tasks,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { PollOutput } from '../handlers/contract';
import { sha256 } from './fingerprint';
import { JOB } from './grants';
import { handlerFunction } from './handler-function';
import { handlerSettings } from './handler-settings';
import { KINDS } from './job-kinds';

const ID = 'SageMakerJobs';

const POLL_INTERVAL = Duration.seconds(30);

/** An iteration of the waiter has nine events, and an execution can have 25,000 events. */
const WAITER_TIMEOUT = Duration.hours(13);

/**
 * The Lambda function that starts and stops the jobs of a stack, and the state machine that waits for their completion. The
 * function is only created in stacks with jobs, the state machine only if a deployment waits for one of them.
 */
export class JobHandler extends Construct {
  public static of(scope: Construct): JobHandler {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild(ID) as JobHandler | undefined) ?? new JobHandler(stack);
  }

  public readonly function: lambda.Function;

  /**
   * The permissions of the function. They are not in the default policy of its role, on which the function depends: permission
   * to start the state machine, which depends on the function, would make the dependency circular.
   */
  public readonly policy: iam.Policy;
  private stateMachine?: sfn.StateMachine;

  private constructor(private readonly stack: Stack) {
    super(stack, ID);
    const handler = handlerFunction(this, {
      name: 'jobs',
      description: 'Starts, monitors and stops the SageMaker jobs of this stack',
      // A Delete event waits until its job has ended. Events that are older than a minute are dropped, so that a Delete event
      // that arrives before its Create event knows how long the Create event can still arrive.
      timeout: Duration.minutes(15),
      maxEventAge: Duration.minutes(1),
      // The responses to CloudFormation are objects in Amazon S3.
      services: ['sagemaker.api', 'states', 's3'],
    });
    this.function = handler.function;
    this.policy = new iam.Policy(this, 'Policy', { roles: [handler.role] });
    this.policy.addStatements(this.watchStatement());
  }

  /** The prefix of the names of all jobs of the stack. */
  public get prefix(): string {
    return stackJobPrefix(this.stack);
  }

  public jobArn(resource: string, name: string): string {
    return this.stack.formatArn({ service: 'sagemaker', resource, resourceName: name });
  }

  /**
   * Allows all kinds of jobs, so that a job can be stopped after it was removed from the stack, even if it was the last of its
   * kind. The prefix restricts the permission to jobs of this stack.
   */
  private watchStatement(): iam.PolicyStatement {
    const kinds = Object.values(KINDS);
    return new iam.PolicyStatement({
      actions: [...JOB.tag, ...kinds.flatMap(({ apiNoun, endVerb }) => JOB.watch(apiNoun, endVerb))],
      resources: kinds.map(({ arn }) => this.jobArn(arn, `${this.prefix}-*`)),
    });
  }

  /** The state machine that waits for the completion of jobs. */
  public waiter(): sfn.StateMachine {
    if (this.stateMachine === undefined) {
      this.stateMachine = new sfn.StateMachine(this, 'Waiter', {
        definitionBody: sfn.DefinitionBody.fromChainable(this.waiterDefinition()),
        timeout: WAITER_TIMEOUT,
        ...this.waiterEncryption(),
      });
      this.policy.addStatements(
        new iam.PolicyStatement({ actions: [...JOB.startWaiter], resources: [this.stateMachine.stateMachineArn] }),
      );
    }
    return this.stateMachine;
  }

  private waiterEncryption(): Pick<sfn.StateMachineProps, 'stateMachineName' | 'encryptionConfiguration'> {
    const { encryptionKey } = handlerSettings(this);
    if (encryptionKey === undefined) return {};
    return {
      // The CDK grants the use of the key for the specified name only.
      stateMachineName: Names.uniqueResourceName(this, { maxLength: 80, separator: '-' }),
      encryptionConfiguration: new sfn.CustomerManagedEncryptionConfiguration(encryptionKey),
    };
  }

  /** Polls the job until it has ended. The handler then signals the wait condition. */
  private waiterDefinition(): sfn.IChainable {
    const wait = new sfn.Wait(this, 'Wait', { time: sfn.WaitTime.duration(POLL_INTERVAL) });
    const describe = this.invocation('DescribeJob', {
      resultSelector: { 'IsFinished.$': '$.Payload.IsFinished' satisfies `$.Payload.${keyof PollOutput}` },
      resultPath: '$.Poll',
    });
    // The handler signals the error, so that the deployment fails immediately instead of when the wait condition times out.
    describe.addCatch(this.invocation('TimedOut'), { errors: [sfn.Errors.ALL], resultPath: '$.Error' });
    const isFinished = new sfn.Choice(this, 'IsFinished')
      .when(sfn.Condition.booleanEquals('$.Poll.IsFinished', true), new sfn.Succeed(this, 'Finished'))
      .otherwise(wait);
    return wait.next(describe).next(isFinished);
  }

  private invocation(id: string, props: Partial<tasks.LambdaInvokeProps> = {}): tasks.LambdaInvoke {
    const invocation = new tasks.LambdaInvoke(this, id, {
      lambdaFunction: this.function,
      retryOnServiceExceptions: false,
      ...props,
    });
    invocation.addRetry({
      errors: [sfn.Errors.ALL],
      interval: POLL_INTERVAL,
      maxAttempts: 12,
      backoffRate: 2,
      maxDelay: Duration.minutes(10),
      jitterStrategy: sfn.JitterType.FULL,
    });
    return invocation;
  }
}

/**
 * The prefix of the names of all jobs of a stack, in lower case as in ARNs. Names of stacks are unique in an account and region, but can
 * begin in the same way.
 */
export function stackJobPrefix({ stackName, node }: Stack): string {
  if (!Token.isUnresolved(stackName)) return `${readable(stackName, 7)}-${shortHash(stackName, 4)}`;
  // CloudFormation generates the name of a nested stack. Its siblings can begin in the same way, and other deployments of the
  // parent have the same paths: the hash, which is longer for that reason, tells both apart.
  const parents = node.scopes.filter((scope) => Stack.isStack(scope)).map((stack) => stack.stackName);
  const names = parents.filter((name) => !Token.isUnresolved(name));
  return `${readable(node.id, 4)}-${shortHash([...names, Names.nodeUniqueId(node)].join(' '), 7)}`;
}

/** A hash in letters and digits, of which fewer are required than of hexadecimal digits. */
function shortHash(text: string, length: number): string {
  return BigInt(`0x${sha256(text)}`)
    .toString(36)
    .slice(-length);
}

/** The beginning of a name in the characters of job names. */
function readable(name: string, length: number): string {
  const text = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  return text === '' ? 'jobs' : text.slice(0, length);
}
