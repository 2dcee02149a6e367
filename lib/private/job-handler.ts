import {
  Duration,
  Names,
  Stack,
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
import { KINDS } from './job-kinds';

const ID = 'SageMakerJobs';

const POLL_INTERVAL = Duration.seconds(30);

/** A round of the waiter has nine events, and an execution at most 25000. */
const LONGEST_WATCH = Duration.hours(13);

/**
 * What starts, watches and stops the jobs of a stack: one function, and one state machine if anybody waits. There is none
 * of both in a stack without jobs.
 */
export class JobHandler extends Construct {
  public static of(scope: Construct): JobHandler {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild(ID) as JobHandler | undefined) ?? new JobHandler(stack);
  }

  public readonly function: lambda.Function;

  /** Rights that are not in the role's own policy: the function depends on that one, and the waiter on the function. */
  public readonly policy: iam.Policy;
  private stateMachine?: sfn.StateMachine;

  private constructor(private readonly stack: Stack) {
    super(stack, ID);
    const { function: made, role } = handlerFunction(this, {
      name: 'jobs',
      description: 'Starts, watches and stops the SageMaker jobs of this stack',
      // A Delete waits until its job is over. An event that is older than a minute is dropped: a Delete that overtook its
      // Create waits no longer than that.
      timeout: Duration.minutes(15),
      maxEventAge: Duration.minutes(1),
    });
    this.function = made;
    this.policy = new iam.Policy(this, 'Policy', { roles: [role] });
    this.policy.addStatements(this.watch());
  }

  /** What the names of all jobs of the stack start with, in lower case, as their ARNs are. */
  public get prefix(): string {
    const name = this.stack.stackName
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
      .slice(0, 8);
    return `${/^[a-z0-9]/.test(name) ? name : 'jobs'}-${sha256(Names.nodeUniqueId(this.stack.node)).slice(0, 4)}`;
  }

  public jobArn(resource: string, name: string): string {
    return this.stack.formatArn({ service: 'sagemaker', resource, resourceName: name });
  }

  /**
   * All names of jobs of this stack start alike; which they are is known to the jobs' resources only. One that is removed
   * must still be ended, even if it was the last of its kind.
   */
  private watch(): iam.PolicyStatement {
    const kinds = Object.values(KINDS);
    return new iam.PolicyStatement({
      actions: [...JOB.tag, ...kinds.flatMap(({ apiNoun, endVerb }) => JOB.watch(apiNoun, endVerb))],
      resources: kinds.map(({ arn }) => this.jobArn(arn, `${this.prefix}-*`)),
    });
  }

  /** The state machine that waits for the end of a job. */
  public waiter(): sfn.StateMachine {
    if (this.stateMachine === undefined) {
      this.stateMachine = new sfn.StateMachine(this, 'Waiter', {
        definitionBody: sfn.DefinitionBody.fromChainable(this.waiterDefinition()),
        timeout: LONGEST_WATCH,
      });
      this.policy.addStatements(
        new iam.PolicyStatement({ actions: [...JOB.startWaiter], resources: [this.stateMachine.stateMachineArn] }),
      );
    }
    return this.stateMachine;
  }

  /** Waits and describes the job until it has finished. The handler signals the wait condition. */
  private waiterDefinition(): sfn.IChainable {
    const wait = new sfn.Wait(this, 'Wait', { time: sfn.WaitTime.duration(POLL_INTERVAL) });
    const describe = this.invocation('DescribeJob', {
      resultSelector: { 'Over.$': '$.Payload.Over' satisfies `$.Payload.${keyof PollOutput}` },
      resultPath: '$.Round',
    });
    // The handler reports the error to the wait condition: the deployment fails now instead of when its time is up.
    describe.addCatch(this.invocation('TimedOut'), { errors: [sfn.Errors.ALL], resultPath: '$.Error' });
    const isFinished = new sfn.Choice(this, 'IsFinished')
      .when(sfn.Condition.booleanEquals('$.Round.Over', true), new sfn.Succeed(this, 'Finished'))
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
