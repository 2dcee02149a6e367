import {
  Duration,
  Names,
  Stack,
  aws_iam as iam,
  type aws_lambda as lambda,
  aws_stepfunctions as sfn,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { sha256 } from './fingerprint';
import { handlerFunction } from './handler-function';
import { KINDS } from './job-kinds';

const ID = 'SageMakerJobs';

const POLL_SECONDS = 30;

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
      actions: [
        'sagemaker:AddTags',
        'sagemaker:ListTags',
        ...kinds.flatMap(({ apiNoun, endAction }) => [`sagemaker:Describe${apiNoun}`, endAction]),
      ],
      resources: kinds.map(({ arn }) => this.jobArn(arn, `${this.prefix}-*`)),
    });
  }

  /** The state machine that watches a job until it is over. */
  public waiter(): sfn.StateMachine {
    if (this.stateMachine === undefined) {
      this.stateMachine = new sfn.StateMachine(this, 'Waiter', {
        definitionBody: sfn.DefinitionBody.fromString(
          this.stack.toJsonString(waiterDefinition(this.function.functionArn, this.stack.partition)),
        ),
        timeout: LONGEST_WATCH,
      });
      this.function.grantInvoke(this.stateMachine);
      this.policy.addStatements(
        new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [this.stateMachine.stateMachineArn] }),
      );
    }
    return this.stateMachine;
  }
}

/** Wait, look, and so on until the job is over. The look itself tells the wait condition. */
function waiterDefinition(functionName: string, partition: string): object {
  const invoke = {
    Type: 'Task',
    Resource: `arn:${partition}:states:::lambda:invoke`,
    Parameters: { FunctionName: functionName, 'Payload.$': '$' },
    Retry: [
      {
        ErrorEquals: ['States.ALL'],
        IntervalSeconds: 30,
        MaxAttempts: 12,
        BackoffRate: 2,
        MaxDelaySeconds: 600,
        JitterStrategy: 'FULL',
      },
    ],
  };
  return {
    StartAt: 'Wait',
    TimeoutSeconds: LONGEST_WATCH.toSeconds(),
    States: {
      Wait: { Type: 'Wait', Seconds: POLL_SECONDS, Next: 'Look' },
      Look: {
        ...invoke,
        ResultSelector: { 'Over.$': '$.Payload.Over' },
        ResultPath: '$.Round',
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.Error', Next: 'Give up' }],
        Next: 'Is it over?',
      },
      'Is it over?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.Round.Over', BooleanEquals: true, Next: 'Over' }],
        Default: 'Wait',
      },
      'Give up': { ...invoke, End: true },
      Over: { Type: 'Succeed' },
    },
  };
}
